import { cellSignal } from "../../host.js";
import type { Context } from "../context.js";
import { Status } from "../status.js";
import { taskName } from "./server-def.js";
import { nameOf, type ClusterConfig, type Task } from "./tf-config.js";

/** TensorFlow's codes of a process that is there, one that cannot be reached, and one that was started anew. */
const [OK, UNAVAILABLE, FAILED_PRECONDITION] = [0, 14, 9];
/** How long one question may take, and what lies between two rounds of them. */
const [ANSWER_MS, PAUSE_MS] = [1000, 200];
/** From when on it is said for whom one waits. */
const PATIENCE_MS = 1000;

/** The other processes of a cluster. */
export class Peers {
  readonly #context: Context;
  readonly #others: readonly Task[];

  constructor(context: Context, { tasks, rank }: ClusterConfig) {
    this.#context = context;
    this.#others = tasks.filter((_, other) => other !== rank);
  }

  /** Waits until every other process can be reached, and says for whom. @throws the reason of an interrupted cell */
  async wait(): Promise<void> {
    const since = performance.now();
    let told = "";
    for (let missing = this.#others; missing.length > 0;) {
      missing = await this.#whose(missing, (code) => code !== OK);
      const names = listed(missing);
      if (missing.length > 0 && names !== told && performance.now() - since > PATIENCE_MS)
        console.warn(`saccade: waiting for ${(told = names)}`);
      if (missing.length > 0) await pause();
      cellSignal()?.throwIfAborted();
    }
  }

  /** Waits for a collective op; where another process has ended meanwhile the op fails, and the error names it. */
  async watch<Result>(work: Promise<Result>): Promise<Result> {
    const over = { yes: false };
    void this.#abortWhenLost(over);
    try {
      return await work;
    } catch (error) {
      const { message } = error as Error;
      if (!/[Cc]ollective/.test(message)) throw error;
      const lost = await this.lost();
      const told = lost.length === 0 ? [] : [`${listed(lost)} ${lost.length === 1 ? "has" : "have"} ended`];
      const reason = told[0] ?? message.split("\n")[0]!;
      throw new Error(`cluster: every worker must go on to the end, got: ${reason}`, { cause: error });
    } finally {
      over.yes = true;
    }
  }

  /** Those that cannot be reached any more. */
  lost(): Promise<readonly Task[]> {
    return this.#whose(this.#others, (code) => code === UNAVAILABLE || code === FAILED_PRECONDITION);
  }

  async #whose(tasks: readonly Task[], wanted: (code: number) => boolean): Promise<readonly Task[]> {
    const found: Task[] = [];
    for (const task of tasks) if (wanted(await this.#ask(task))) found.push(task);
    return found;
  }

  /** @returns TensorFlow's code, 0 for a process that is there */
  async #ask(task: Task): Promise<number> {
    const { c, pointer } = this.#context;
    const status = new Status(c);
    try {
      await new Promise<void>((resolve, reject) =>
        c.TFE_CollectiveOpsCheckPeerHealth.async(pointer, taskName(task), ANSWER_MS, status.pointer, (error: unknown) =>
          error ? reject(error as Error) : resolve(),
        ),
      );
      return c.TF_GetCode(status.pointer) as number;
    } finally {
      status.delete();
    }
  }

  /** TensorFlow itself tells only those that wait for bytes of the one that ended. */
  async #abortWhenLost(over: { readonly yes: boolean }): Promise<void> {
    for (;;) {
      await pause();
      if (over.yes) return;
      const lost = await this.lost();
      if (lost.length === 0 || over.yes) continue;
      const { c, pointer } = this.#context;
      const status = new Status(c);
      c.TF_SetStatus(status.pointer, UNAVAILABLE, `${listed(lost)} cannot be reached`);
      c.TFE_AbortCollectiveOps(pointer, status.pointer);
      return status.delete();
    }
  }
}

function listed(tasks: readonly Task[]): string {
  return tasks.map(nameOf).join(" and ");
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
