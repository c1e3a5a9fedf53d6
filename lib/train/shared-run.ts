import { createHash } from "node:crypto";
import { basename } from "node:path";
import { flattened, shapedAs } from "../backend/cluster/flat.js";
import { joinedGroup } from "../backend/cluster/joined.js";
import type { Guard } from "../backend/cluster/peers.js";
import type { ProcessGroup } from "../backend/cluster/process-group.js";
import { summedOverProcesses } from "../backend/cluster/sum-op.js";
import { tf } from "../backend/index.js";
import type { FileSet, ImageSet } from "../datasets/types.js";
import type { Share } from "../datasets/share.js";

/** What the steps of a run are told besides a batch, and tell: sums over all processes. */
export interface Told {
  /** Mean over the batch's images. */
  readonly loss: tf.Tensor;
  /** Images whose largest logit is their label's. */
  readonly correct: tf.Tensor;
  /** How many processes are to end early. */
  readonly stops: tf.Tensor;
}

let runs = 0;

/**
 * A run of `fit` that several processes share: each takes its part of every batch, and what they find is summed. Runs
 * are shared by all processes in the same order.
 */
export class SharedRun {
  readonly #group: ProcessGroup;
  readonly #name = `fit ${runs++}`;
  readonly #guard: Guard;

  private constructor(group: ProcessGroup) {
    this.#group = group;
    this.#guard = group.peers.guard();
  }

  /**
   * Undefined where this process trains alone. Whoever joins closes the run.
   *
   * @param stop ends the waiting for those that are not there yet
   * @throws what `cluster` throws, and the reason of `stop`
   */
  static async join(stop: AbortSignal): Promise<SharedRun | undefined> {
    const group = await joinedGroup(stop);
    return group && new SharedRun(group);
  }

  /** Looks after the other processes no longer. */
  close(): void {
    this.#guard.release();
  }

  /** Aborts where another process has ended or hangs, with an error that names it. */
  get lost(): AbortSignal {
    return this.#guard.signal;
  }

  /** Whether this process writes what is to be written once. */
  get isChief(): boolean {
    return this.rank === 0;
  }

  get rank(): number {
    return this.#group.config.rank;
  }

  /** This process' share of each batch. */
  get share(): Share {
    return { index: this.rank, of: this.#group.size };
  }

  /** Holds that all processes have the same: model, options, data, and where the run stands. */
  async agree(what: string, text: string): Promise<void> {
    await this.#group.agree("fit", what, text);
  }

  /** Gives all processes the variables that the first one has. */
  async begin(variables: readonly tf.Variable[]): Promise<void> {
    await this.#replace(variables, (flat) => this.#group.broadcast("fit", flat));
  }

  /**
   * Averages variables that each process has changed by itself, as a batch norm's moving statistics; those that are
   * equal stay as they are to the last bit.
   */
  async average(variables: readonly tf.Variable[]): Promise<void> {
    await this.#replace(variables, async (flat) => {
      const chiefs = await this.#group.broadcast("fit", flat);
      const apart = tf.sub(flat, chiefs);
      const mean = await this.#group.reduce("fit", apart, "Div");
      const averaged = tf.add(chiefs, mean);
      tf.dispose([chiefs, apart, mean]);
      return averaged;
    });
  }

  /** Sums of numbers over all processes. */
  async sum(numbers: readonly number[]): Promise<number[]> {
    return [...(await this.#group.sum("fit", Float64Array.from(numbers)))];
  }

  /** Whether any process is to end early. */
  async stopped(stop: AbortSignal): Promise<boolean> {
    const [stops] = await this.sum([Number(stop.aborted)]);
    return stops! > 0;
  }

  /** Waits for a step of all processes. @throws Error naming one that has ended meanwhile */
  watch<Result>(step: Promise<Result>): Promise<Result> {
    return this.#group.peers.watch(step);
  }

  /** The sums over all processes of gradients, and of what they tell; inside a compiled function. */
  summed(gradients: readonly tf.Tensor[], { loss, correct, stops }: Told): Told & { readonly gradients: tf.Tensor[] } {
    const told = tf.stack([loss, tf.cast(correct, "float32"), stops]);
    const sums = summedOverProcesses(this.#group, this.#name, [told, ...gradients]);
    const [sumOfLosses, sumOfCorrect, sumOfStops] = tf.unstack(sums[0]!);
    return { gradients: sums.slice(1), loss: sumOfLosses!, correct: sumOfCorrect!, stops: sumOfStops! };
  }

  /** The sums over all processes of what each of them has changed; inside a compiled function. */
  summedChanges(changes: readonly tf.Tensor[]): tf.Tensor[] {
    return summedOverProcesses(this.#group, `${this.#name} changes`, changes);
  }

  async #replace(variables: readonly tf.Variable[], replaced: (flat: tf.Tensor) => Promise<tf.Tensor>): Promise<void> {
    const some = variables.filter(({ size }) => size > 0);
    if (some.length === 0) return;
    const flat = flattened(some);
    const values = await replaced(flat).finally(() => flat.dispose());
    tf.tidy(() => shapedAs(values, some).forEach((part, i) => some[i]!.assign(part)));
    values.dispose();
  }
}

/** Bytes of the images that a digest looks at, evenly spaced. */
const LOOKED_AT = 1 << 16;

/** What tells one set from another: of its images a sample, of files their names. */
export function digestOf(set: ImageSet | FileSet): string {
  const hash = createHash("sha256").update(
    new Uint8Array(set.labels.buffer, set.labels.byteOffset, set.labels.byteLength),
  );
  if ("files" in set) hash.update(set.files.map((file) => basename(file)).join("\n"));
  else {
    const { images } = set;
    const count = Math.min(LOOKED_AT, images.length);
    hash.update(Uint8Array.from({ length: count }, (_, i) => images[Math.floor((i * images.length) / count)]!));
  }
  return hash.digest("hex").slice(0, 12);
}
