import { setTimeout as sleep } from "node:timers/promises"; // a kernel lets no other timer of an interrupted cell fire
import { cellSignal } from "../../host.js";
import type { Context } from "../context.js";
import { withDeepStack } from "../deep-stack.js";
import { Status } from "../status.js";
import { taskName } from "./server-def.js";
import { nameOf, type ClusterConfig, type Task } from "./tf-config.js";

/** TensorFlow's codes of a process that is there, one that cannot be reached, and one that was started anew. */
const [OK, UNAVAILABLE, FAILED_PRECONDITION] = [0, 14, 9];
/** How long one question may take, and what lies between two rounds of them. */
const [ANSWER_MS, PAUSE_MS] = [1000, 200];
/** From when on it is said for whom one waits. */
const PATIENCE_MS = 1000;

/** The processes of a cluster, and how long they wait for one another. */
export interface GroupConfig extends ClusterConfig {
  /** After so many seconds one that does not come, does not answer or does not go on is given up. */
  readonly timeoutSeconds: number;
}

/** While it is held the other processes are looked after. */
export interface Guard {
  /** Aborts, with an error that names them, where some have ended or hang. */
  readonly signal: AbortSignal;
  release(): void;
}

/** The other processes of a cluster. */
export class Peers {
  readonly #context: Context;
  readonly #others: readonly Task[];
  readonly #timeoutSeconds: number;
  readonly #gone = new AbortController();
  /** Since when those that do not answer are silent, by performance.now(). */
  readonly #silent = new Map<Task, number>();
  /** What has happened to those that are gone. */
  #why: string | undefined;
  #guards = 0;
  #looks = false;

  constructor(context: Context, { tasks, rank, timeoutSeconds }: GroupConfig) {
    this.#context = context;
    this.#others = tasks.filter((_, other) => other !== rank);
    this.#timeoutSeconds = timeoutSeconds;
  }

  /**
   * Waits until every other process can be reached, and says for whom.
   *
   * @throws Error naming those that do not come in time
   * @throws the reason of `stop`, or of a cell that is interrupted
   */
  async wait(stop?: AbortSignal): Promise<void> {
    const since = performance.now();
    let told = "";
    for (let missing = this.#others; missing.length > 0;) {
      const reasons: string[] = [];
      missing = await this.#whose(missing, ({ code, message }) => {
        if (code !== OK) reasons.push(absence(message));
        return code !== OK;
      });
      const names = missing
        .map((task, i) => nameOf(task) + reasons[i]!)
        .join(" and ")
        .replace(/,$/, "");
      const waited = performance.now() - since;
      if (missing.length > 0 && names !== told && waited > PATIENCE_MS)
        console.warn(`saccade: waiting for ${(told = names)}`);
      if (missing.length > 0 && waited > 1000 * this.#timeoutSeconds)
        throw new Error(`cluster: every worker must come within ${this.#timeoutSeconds} s, got none of ${names}`);
      if (missing.length > 0) await sleep(PAUSE_MS);
      stop?.throwIfAborted();
      cellSignal()?.throwIfAborted();
    }
  }

  /** Waits for a collective op; where another process has ended or hangs the op fails, and the error names it. */
  async watch<Result>(work: Promise<Result>): Promise<Result> {
    const { signal, release } = this.guard();
    try {
      return await work;
    } catch (error) {
      const { message } = error as Error;
      if (!/[Cc]ollective/.test(message)) throw error;
      const late = /timed out/.test(message);
      if (/joining a group/.test(message)) throw faultOf(message.split("\n")[0]!, error); // whoever has ended meanwhile
      const why = signal.aborted ? this.#why : await this.#whyGone(late ? 0 : this.#timeoutSeconds);
      const hint = late ? `one that did not come to the same step within ${this.#timeoutSeconds} s` : undefined;
      // what is known of the others says all that TensorFlow's error does
      throw withDeepStack(() => (why === undefined ? faultOf(hint ?? message.split("\n")[0]!, error) : faultOf(why)));
    } finally {
      release();
    }
  }

  /** Looks after the other processes until it is released; once some are gone their collective ops fail, too. */
  guard(): Guard {
    this.#guards++;
    if (!this.#looks) void this.#look();
    let held = true;
    const release = (): void => {
      this.#guards -= Number(held);
      held = false;
    };
    return { signal: this.#gone.signal, release };
  }

  /** TensorFlow itself tells only those that wait for bytes of the one that ended. */
  async #look(): Promise<void> {
    this.#looks = true;
    for (let suspects: string | undefined; !this.#gone.signal.aborted;) {
      await sleep(PAUSE_MS, undefined, { ref: false });
      if (this.#guards === 0) break;
      const found = await this.#whyGone(this.#timeoutSeconds);
      // One that has done its part may end a moment before the others have theirs.
      if (found !== undefined && suspects !== undefined && this.#guards > 0) this.#giveUp(found);
      suspects = found;
    }
    this.#looks = false;
  }

  #giveUp(why: string): void {
    this.#why = why;
    this.#gone.abort(faultOf(why));
    const { c, pointer } = this.#context;
    const status = new Status(c);
    c.TF_SetStatus(status.pointer, UNAVAILABLE, why);
    c.TFE_AbortCollectiveOps(pointer, status.pointer);
    status.delete();
  }

  /**
   * Which of them have ended, or do not answer any more; undefined where all are there.
   *
   * @param silentSeconds how long one may be silent
   */
  async #whyGone(silentSeconds: number): Promise<string | undefined> {
    const ended = await this.#whose(this.#others, ({ code }, task) => {
      if (code === OK) this.#silent.delete(task);
      else if (!this.#silent.has(task)) this.#silent.set(task, performance.now());
      return code === UNAVAILABLE || code === FAILED_PRECONDITION;
    });
    if (ended.length > 0) return `${listed(ended)} ${ended.length === 1 ? "has" : "have"} ended`;
    const longest = performance.now() - 1000 * silentSeconds;
    const silent = this.#others.filter((task) => (this.#silent.get(task) ?? Infinity) <= longest);
    return silent.length === 0 ? undefined : `no answer from ${listed(silent)}`;
  }

  async #whose(tasks: readonly Task[], wanted: (answer: Answer, task: Task) => boolean): Promise<readonly Task[]> {
    const found: Task[] = [];
    for (const task of tasks) if (wanted(await this.#ask(task), task)) found.push(task);
    return found;
  }

  async #ask(task: Task): Promise<Answer> {
    const { c, pointer } = this.#context;
    const status = new Status(c);
    try {
      await new Promise<void>((resolve, reject) =>
        c.TFE_CollectiveOpsCheckPeerHealth.async(pointer, taskName(task), ANSWER_MS, status.pointer, (error: unknown) =>
          error ? reject(error as Error) : resolve(),
        ),
      );
      return { code: c.TF_GetCode(status.pointer) as number, message: c.TF_Message(status.pointer) as string };
    } finally {
      status.delete();
    }
  }
}

/** TensorFlow's: code 0 of a process that is there. */
interface Answer {
  readonly code: number;
  readonly message: string;
}

/** Why a process does not come, where that is not because it has not been started yet. */
function absence(message: string): string {
  if (/resolving|lookup/.test(message)) return ", whose name is not known here,";
  return /http1/.test(message) ? ", where another server answers," : "";
}

function listed(tasks: readonly Task[]): string {
  return tasks.map(nameOf).join(" and ");
}

function faultOf(got: string, cause?: unknown): Error {
  return new Error(`cluster: every worker must go on to the end, got: ${got}`, cause === undefined ? {} : { cause });
}
