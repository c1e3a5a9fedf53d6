import { scalarsOfLastPart } from "../read-run.js";
import type { RunStart, ScalarsEntry } from "../run-log.js";

/** Entries that are kept in memory; later ones are read from the run's record when their turn comes. */
const MOST_KEPT = 50_000;

/** Entries that are to be sent, in order: the first in memory, the rest in the run's record. */
export class ScalarsBacklog {
  readonly #run: RunStart;
  #kept: ScalarsEntry[] = [];
  /** Entries that were sent, and that lie in the record alone. */
  #sent = 0;
  #spilled = 0;
  /** Entries that the record should have had, and has not. */
  lost = 0;
  /** How many of the kept ones were given out. */
  #given = 0;

  constructor(run: RunStart) {
    this.#run = run;
  }

  /** Entries that are to be sent. */
  get waiting(): number {
    return this.#kept.length + this.#spilled;
  }

  add(entry: ScalarsEntry): void {
    const hasRoom = this.#kept.length < MOST_KEPT || this.#run.record === null;
    if (this.#spilled === 0 && hasRoom) this.#kept.push(entry);
    else this.#spilled++;
  }

  /** The next ones, of at most so many numbers or one entry; the same again until {@link shift} takes them. */
  async next(most: number): Promise<readonly ScalarsEntry[]> {
    if (this.#kept.length === 0 && this.#spilled > 0) await this.#readAgain();
    let numbers = 0;
    this.#given = 0;
    for (const { values } of this.#kept) {
      numbers += Object.keys(values).length;
      if (numbers > most && this.#given > 0) break;
      this.#given++;
    }
    return this.#kept.slice(0, this.#given);
  }

  /** Takes what was given out. */
  shift(): void {
    this.#kept.splice(0, this.#given);
    this.#sent += this.#given;
    this.#given = 0;
  }

  async #readAgain(): Promise<void> {
    const { id, record } = this.#run;
    const most = Math.min(this.#spilled, MOST_KEPT);
    this.#kept = await scalarsOfLastPart(record!, id, this.#sent, most);
    if (this.#kept.length === 0) [this.lost, this.#spilled] = [this.lost + this.#spilled, 0];
    else this.#spilled -= this.#kept.length;
  }
}
