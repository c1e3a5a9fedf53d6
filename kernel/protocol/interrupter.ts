/**
 * Interrupts the main thread. It is first asked by message; a main thread that does not answer soon is busy, and
 * what runs there is terminated through the inspector. A termination can strike late, whatever runs next, so the
 * message is sent again until it is answered, and nothing new runs before the inspector is done.
 */
import { Session } from "node:inspector";
import type { Debugging } from "../contract.js";
import { clockMs, Slot, type Shared } from "../both/shared.js";

/** A main thread that answers later than this is taken to be busy, ms. */
const PATIENCE_MS = 8;

/**
 * The same for a cell one of whose `await`s came back within the last {@link LATELY_MS}: longer than a library's turn
 * between two awaits, as a termination within one leaves its work undone.
 */
const PATIENCE_WITH_AWAITS_MS = 50;
const LATELY_MS = 200;

/**
 * The same while work is under way that ends by itself once it hears: it should not be terminated in a turn of its own.
 */
const PATIENCE_WITH_WORK_MS = 5_000;

/** V8 has been told to terminate for so long, ms, and has not reported it: something else was struck. */
const LOST_MS = 200;

/** What a debugger does for interrupts. */
type Debugged = Pick<Debugging, "stopped" | "leave" | "strike" | "arm">;

/** Stops what the main thread does: asks first, then terminates the code that does not heed it. */
export class Interrupter {
  readonly #shared: Shared;
  readonly #ask: (number: number) => void;
  readonly #unblock: (again: boolean) => void;
  readonly #debugging: Debugged;
  #session: Session | undefined;
  #number = 0;
  #terminating = false;
  /** When V8 had been told to terminate. */
  #heardMs: number | undefined;
  #running: Promise<void> | undefined;

  /**
   * @param unblock interrupts the child process that the main thread waits for; `again` where one that was not heeded
   * has come before
   * @param debugging has a main thread that stands at a line go on
   */
  constructor(shared: Shared, ask: (number: number) => void, unblock: (again: boolean) => void, debugging: Debugged) {
    this.#shared = shared;
    this.#ask = ask;
    this.#unblock = unblock;
    this.#debugging = debugging;
  }

  /** Attaches the inspector; before the first interrupt needs it. */
  attach(): void {
    this.#session ??= new Session();
    try {
      this.#session.connectToMainThread();
    } catch {
      // already connected
    }
  }

  /** Node waits at its end for an inspector that is still attached. */
  detach(): void {
    this.#session?.disconnect();
  }

  /** Resolves when the main thread has dealt with the interrupt and is safe to run cells again. */
  interrupt(): Promise<void> {
    this.#number++;
    this.#running ??= this.#persist()
      .then(() => this.#debugging.arm())
      .finally(() => (this.#running = undefined));
    return this.#running;
  }

  /** Resolves when no interrupt is under way. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #persist(): Promise<void> {
    let patience = this.#patience();
    let until = performance.now() + patience;
    const first = this.#number;
    for (;;) {
      const number = this.#number;
      this.#ask(number);
      if (this.#debugging.stopped) {
        this.#terminate(); // first, so that no line behind the stop runs
        this.#debugging.leave();
      }
      if (await this.#taken(number, until)) {
        if (!this.#terminating && number === this.#number) return;
        until = performance.now() + patience;
      } else if (number !== this.#number) {
        patience = PATIENCE_MS; // asked again: it is to end at once, also where it is asked again and again
        until = Math.min(until, performance.now() + patience);
      } else {
        this.#terminate();
        if (Atomics.load(this.#shared, Slot.waitsForChild) === 1) this.#unblock(number > first);
        patience = Math.min(patience * 1.5, Math.max(patience, 500)); // a native call that returns only in its own time
        until = performance.now() + patience;
      }
    }
  }

  #patience(): number {
    if (Atomics.load(this.#shared, Slot.endsOnSignal) > 0) return PATIENCE_WITH_WORK_MS;
    const sinceMs = clockMs() - Atomics.load(this.#shared, Slot.resumedMs);
    return sinceMs >= 0 && sinceMs < LATELY_MS ? PATIENCE_WITH_AWAITS_MS : PATIENCE_MS;
  }

  #terminate(): void {
    if (this.#terminating) return this.#terminateAgain();
    this.attach();
    this.#terminating = true;
    this.#heardMs = undefined;
    Atomics.add(this.#shared, Slot.terminations, 1);
    this.#session!.post("Runtime.terminateExecution", () => (this.#terminating = false));
    this.#session!.post("Runtime.getIsolateId", () => (this.#heardMs = performance.now()));
  }

  /** A termination that has ended a call of the debugger's is over for V8, which takes no other until it reports. */
  #terminateAgain(): void {
    if (this.#heardMs === undefined || performance.now() - this.#heardMs < LOST_MS) return;
    this.#heardMs = performance.now();
    void this.#debugging.strike(() => this.#terminating);
  }

  /** @param until what performance.now() says when it is given up */
  async #taken(number: number, until: number): Promise<boolean> {
    for (;;) {
      if (!this.#terminating && Atomics.load(this.#shared, Slot.interruptsTaken) >= number) return true;
      const left = until - performance.now();
      if (number !== this.#number) return false;
      if (left <= 0) return Atomics.load(this.#shared, Slot.interruptsTaken) >= number;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}
