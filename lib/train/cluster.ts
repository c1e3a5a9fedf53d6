import { flattened, shapedAs } from "../backend/cluster/flat.js";
import { joinedGroup } from "../backend/cluster/joined.js";
import type { ProcessGroup } from "../backend/cluster/process-group.js";
import { tf } from "../backend/index.js";
import { aTensor, checkArguments, listOf, oneOf } from "../checks.js";

/** The processes that train together, by TensorFlow's own distributed runtime; this one alone where there are none. */
export interface Cluster {
  /** This process' place among them, from 0. */
  readonly rank: number;
  /** How many they are, 1 or more. */
  readonly size: number;
  /** Whether this is the first of them, which writes what is to be written once. */
  readonly isChief: boolean;
  /**
   * The sums or means of tensors over all processes, in as few messages as there are dtypes: the same numbers
   * everywhere, to the last bit. The caller disposes of them.
   *
   * @param tensors float32 or int32, of the same shapes in all processes
   * @param reduction "mean" of float32 only
   * @throws TypeError for another dtype; Error where the processes ask for different things, or one has ended
   */
  allReduce(tensors: readonly tf.Tensor[], reduction?: "sum" | "mean"): Promise<tf.Tensor[]>;
  /**
   * The tensors that the first process has, in all of them. The caller disposes of them.
   *
   * @param tensors float32 or int32, of the same shapes in all processes
   * @throws TypeError for another dtype; Error where the processes ask for different things, or one has ended
   */
  broadcast(tensors: readonly tf.Tensor[]): Promise<tf.Tensor[]>;
  /** Waits until all processes have come so far. @throws Error where one of them asks for something else, or ended */
  barrier(): Promise<void>;
}

/**
 * Data-parallel training by hand: joins the processes that the environment variable `TF_CONFIG` names, as TensorFlow's
 * MultiWorkerMirroredStrategy reads it, and waits for those that are not there yet. All of them call the same functions
 * in the same order. Without `TF_CONFIG` it is a cluster of one process.
 *
 * @throws SyntaxError, TypeError or RangeError for a `TF_CONFIG` that is none
 * @throws Error where the processes cannot be joined, or are of different versions
 * @example
 * const { rank, size, allReduce } = await train.cluster();
 * const [mean] = await allReduce([tf.scalar(rank)], "mean"); // (size − 1) / 2 in all of them
 */
export async function cluster(): Promise<Cluster> {
  const group = await joinedGroup();
  const [rank, size] = group ? [group.config.rank, group.size] : [0, 1];
  return {
    rank,
    size,
    isChief: rank === 0,
    async allReduce(tensors, reduction = "sum") {
      const rules = { tensors: listOf(aTensor), reduction: oneOf(["sum", "mean"]) };
      checkArguments("allReduce", { tensors, reduction }, rules);
      const whole = tensors.find(({ dtype }) => dtype !== "float32");
      if (reduction === "mean" && whole)
        throw new TypeError(`allReduce: tensors must be float32 for a mean, got ${whole.dtype}`);
      const final = reduction === "mean" ? "Div" : "Id";
      return together("allReduce", `allReduce (${reduction})`, tensors, group, (x) =>
        group!.reduce("allReduce", x, final),
      );
    },
    async broadcast(tensors) {
      checkArguments("broadcast", { tensors }, { tensors: listOf(aTensor) });
      return together("broadcast", "broadcast", tensors, group, (x) => group!.broadcast("broadcast", x));
    },
    async barrier() {
      await group?.agree("cluster", "what is asked for", "barrier");
    },
  };
}

const DTYPES = ["float32", "int32"] as const;

/** Sends the tensors of each dtype as one. @param asked what is done with them, for an error */
async function together(
  fn: string,
  asked: string,
  tensors: readonly tf.Tensor[],
  group: ProcessGroup | undefined,
  send: (x: tf.Tensor) => Promise<tf.Tensor>,
): Promise<tf.Tensor[]> {
  const other = tensors.find(({ dtype }) => !DTYPES.includes(dtype as "int32"));
  if (other) throw new TypeError(`${fn}: tensors must be float32 or int32, got ${other.dtype}`);
  if (!group) return tensors.map((tensor) => tf.clone(tensor));
  for (const tensor of tensors) group.typeOf(fn, tensor);
  const shapes = tensors.map(({ dtype, shape }) => `${dtype} [${shape.join(", ")}]`);
  await group.agree("cluster", "what is asked for", `${asked} of ${shapes.join(", ") || "nothing"}`);
  const results = tensors.map((tensor) => (tensor.size === 0 ? tf.clone(tensor) : tensor));
  for (const dtype of DTYPES) {
    const at = tensors.flatMap((tensor, i) => (tensor.dtype === dtype && tensor.size > 0 ? [i] : []));
    if (at.length === 0) continue;
    const same = at.map((i) => tensors[i]!);
    const flat = flattened(same);
    const sent = await send(flat).finally(() => flat.dispose());
    const parts = shapedAs(sent, same);
    sent.dispose();
    at.forEach((i, part) => (results[i] = parts[part]!));
  }
  return results;
}
