/**
 * Ends what cells have started: an interrupted cell's children, the one that the main thread waits for, and all of
 * them with the kernel. A signal goes to those in the kernel's own process group and below a child of it, as detached
 * ones are their author's; what does not heed it is killed.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { CellEvent } from "../contract.js";
import { below, processTable, type Entry } from "./process-table.js";

/** What has not ended so long after an interrupt is killed, ms. */
const INTERRUPT_GRACE_MS = 2_000;

/** The same at the kernel's end, which itself has two seconds. */
const END_GRACE_MS = 1_000;

const LOOK_MS = 10;

/** What cells have started, and how it is ended. */
export class Children {
  /** The worker thread's own. */
  readonly #own: ReadonlySet<number>;
  /** Those of the main thread that it does not wait for synchronously. */
  readonly #known = new Set<number>();
  /** Groups of their own that scripts of %%bash lead or have left behind. */
  readonly #groups = new Set<number>();
  /** Whom an interrupt of a blocked main thread has signalled. */
  readonly #unblocked = new Set<string>();

  constructor(own: ReadonlySet<number>) {
    this.#own = own;
  }

  /** The main thread started a child, or one has ended. */
  note({ pid, state }: Extract<CellEvent, { type: "child" }>): void {
    if (state === "over") {
      this.#known.delete(pid);
      this.#groups.delete(pid);
    } else this.#known.add(pid);
    if (state === "group") this.#groups.add(pid);
  }

  /** Ends these and what they have started, as Ctrl-C in a terminal would. */
  async interrupt({ pids, unnoted }: Extract<CellEvent, { type: "end_children" }>): Promise<void> {
    const table = processTable();
    const group = groupOf(table);
    const roots = unnoted ? [...pids, ...this.#unnoted(table)] : pids;
    const targets = below(table, roots).filter((entry) => entry.group === group);
    await end(() => targets, "SIGINT", INTERRUPT_GRACE_MS);
  }

  /**
   * Interrupts the child that the main thread waits for in `execSync` and its like; called again while it does.
   * @param again another interrupt has come: it is killed
   */
  unblock(again: boolean): void {
    const table = processTable();
    const targets = below(table, this.#unnoted(table));
    if (again) for (const entry of targets) signal(entry, "SIGKILL");
    if (targets.every((entry) => this.#unblocked.has(keyOf(entry)))) return;
    for (const entry of targets) this.#unblocked.add(keyOf(entry));
    void end(() => targets, "SIGINT", INTERRUPT_GRACE_MS);
  }

  /** Ends all of them, with the kernel. */
  async endAll(): Promise<void> {
    await end(() => this.#all(processTable()), "SIGTERM", END_GRACE_MS);
  }

  /** Children of this process that neither thread has told of. */
  #unnoted(table: readonly Entry[]): number[] {
    const isUnknown = ({ pid }: Entry): boolean => !this.#own.has(pid) && !this.#known.has(pid);
    return table.filter((entry) => entry.parent === process.pid && isUnknown(entry)).map(({ pid }) => pid);
  }

  /** Where the kernel leads its group, as under Jupyter, those too whose own parent has gone. */
  #all(table: readonly Entry[]): Entry[] {
    const group = groupOf(table);
    const family = new Set(below(table, [process.pid]));
    const isOurs = (entry: Entry): boolean => entry.group === group && (family.has(entry) || group === process.pid);
    const others = table.filter(({ pid }) => pid !== process.pid && !this.#own.has(pid));
    return others.filter((entry) => isOurs(entry) || this.#groups.has(entry.group));
  }
}

/** Signals each of the targets once, and kills those that are left after `graceMs`. */
async function end(targets: () => readonly Entry[], name: NodeJS.Signals, graceMs: number): Promise<void> {
  const signalled = new Set<string>();
  const until = performance.now() + graceMs;
  for (;;) {
    const wanted = new Set(targets().map(keyOf));
    const left = wanted.size === 0 ? [] : processTable().filter((entry) => wanted.has(keyOf(entry)));
    if (left.length === 0) return;
    const isLate = performance.now() > until;
    for (const entry of left) if (isLate || !signalled.has(keyOf(entry))) signal(entry, isLate ? "SIGKILL" : name);
    if (isLate) return;
    for (const entry of left) signalled.add(keyOf(entry));
    await delay(LOOK_MS);
  }
}

function signal({ pid }: Entry, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // it has ended meanwhile
  }
}

function keyOf({ pid, started }: Entry): string {
  return `${pid} ${started}`;
}

function groupOf(table: readonly Entry[]): number | undefined {
  return table.find(({ pid }) => pid === process.pid)?.group;
}
