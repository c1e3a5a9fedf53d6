import type { tf } from "../backend/index.js";

/** What whoever uses a trained model has to know beside its weights. */
export interface ModelUse {
  /** In the order of the logits [K]. */
  readonly classNames: readonly string[];
  /** Mean of pixels in 0 to 1: one number, or one a channel. */
  readonly mean: number | readonly number[];
  /** Standard deviation of pixels in 0 to 1, above 0: one number, or one a channel. */
  readonly std: number | readonly number[];
}

const KEY = "saccadeUse"; // beside "saccadeModel", which says how createModel made it

/** What is noted with a model, in tfjs' user-defined metadata; undefined where nothing is. */
export function notedUse(model: tf.LayersModel): ModelUse | undefined {
  return (model.getUserDefinedMetadata() as Record<string, ModelUse> | undefined)?.[KEY];
}

/** Notes it in place of what was. */
export function noteUse(model: tf.LayersModel, use: ModelUse): void {
  model.setUserDefinedMetadata({ ...model.getUserDefinedMetadata(), [KEY]: use });
}
