import { compile, tf, type CompiledFunction } from "../backend/index.js";
import { logitsOf } from "../layers/forward.js";

/** How a model's logits were asked for, one image at a time. */
interface Asked {
  times: number;
  /** null where the model cannot be traced: then it is called as it is. */
  program: CompiledFunction<[tf.Tensor4D], tf.Tensor2D> | null | undefined;
}

/** So many times op by op: tracing takes as long as a few of them. */
const AS_IT_IS = 3;

const asked = new WeakMap<tf.LayersModel, Asked>();

/**
 * The logits [B, K] of images [B, H, W, C] in evaluation mode, for a caller who asks again and again: the first times
 * op by op, then compiled. The caller's to dispose.
 */
export async function repeatedLogits(model: tf.LayersModel, images: tf.Tensor4D): Promise<tf.Tensor2D> {
  const logits = (given: tf.Tensor4D): tf.Tensor2D => logitsOf(model, given, { training: false });
  const known = asked.get(model) ?? { times: 0, program: undefined };
  asked.set(model, known);
  const isFixed = !model.inputs[0]!.shape.slice(1).includes(null); // else each size would be traced
  if (known.times++ < AS_IT_IS || known.program === null || !isFixed) return tf.tidy(() => logits(images));
  known.program ??= compile(logits, { name: "predict" });
  const { traces } = known.program;
  try {
    return await known.program(images);
  } catch (error) {
    if (!(error instanceof TypeError) || traces > 0) throw error;
    known.program = null; // a layer of one's own that reads values, for one
    return tf.tidy(() => logits(images));
  }
}
