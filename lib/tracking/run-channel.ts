import type { EndEntry, RunLog, RunStart, RunWriter } from "./run-log.js";

/** How long a run waits at its end for one log: a log that ends later is left behind. */
const END_MS = 1_800_000;
/** Entries that wait for a log that is slow: more are left out, and told. */
const MOST_WAITING = 100_000;

type Method = Exclude<keyof RunWriter, "record">;

/** One log of one run. No error of it, and no slowness, reaches the run. */
export class RunChannel {
  readonly #name: string;
  readonly #run: RunStart;
  #writer: RunWriter | undefined;
  /** Resolves, never rejects, once all that was sent is done; undefined where it is. */
  #pending: Promise<void> | undefined;
  #waiting = 0;
  #lost = 0;
  #first: unknown;

  constructor(log: RunLog, run: RunStart) {
    this.#name = log.name;
    this.#run = run;
    this.#do(async () => (this.#writer = await log.start(run)));
  }

  /** Resolves when the log has begun, or could not. @returns its record's path, where it writes one */
  async begun(): Promise<string | undefined> {
    await this.#pending;
    return this.#writer?.record;
  }

  send<M extends Method>(method: M, entry: Parameters<NonNullable<RunWriter[M]>>[0]): void {
    if (this.#waiting >= MOST_WAITING) return this.#lose(new Error(`more than ${MOST_WAITING} entries waited for it`));
    this.#do(() => {
      if (this.#writer === undefined) return this.#lose(this.#first);
      return (this.#writer[method] as ((given: typeof entry) => void | Promise<void>) | undefined)?.(entry);
    });
  }

  /** Ends the record, and tells what was lost. Never rejects. */
  async end(entry: EndEntry): Promise<void> {
    this.send("end", entry);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => (timer = setTimeout(resolve, END_MS, "late")));
    const how = await Promise.race([this.#pending, late]);
    clearTimeout(timer);
    if (how === "late") this.#lose(new Error(`it had not ended after ${END_MS / 1000} s`));
    if (this.#lost > 1) console.warn(`saccade: ${this.#name} lost ${this.#lost} entries of the run ${this.#run.id}`);
  }

  /** Does it now, or after what is being done. */
  #do(work: () => unknown): void {
    if (this.#pending !== undefined) {
      this.#waiting++;
      return this.#wait(
        this.#pending.then(() => {
          this.#waiting--;
          return work();
        }),
      );
    }
    try {
      const result = work();
      if (result instanceof Promise) this.#wait(result);
    } catch (error) {
      this.#lose(error);
    }
  }

  #wait(result: Promise<unknown>): void {
    const done: Promise<void> = result
      .then(
        () => undefined,
        (error: unknown) => this.#lose(error),
      )
      .finally(() => {
        if (this.#pending === done) this.#pending = undefined;
      });
    this.#pending = done;
  }

  /** Tells of the first; how many they were is told at the end. */
  #lose(error: unknown): void {
    if (this.#lost++ > 0) return;
    this.#first = error;
    const why = error instanceof Error ? error.message : String(error);
    const { record } = this.#run;
    const elsewhere = record === null || why.includes(record) ? "" : `; ${record} has what is recorded`;
    console.warn(`saccade: ${this.#name} does not record all of the run ${this.#run.id}: ${why}${elsewhere}`);
  }
}
