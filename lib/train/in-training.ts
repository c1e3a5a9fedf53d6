import type { tf } from "../backend/index.js";

interface Training {
  /** Aborted where the run is to end: one that never comes back from a callback holds its model no longer. */
  readonly stop: AbortSignal;
  /** A callback of the run runs just now, in which the model may be evaluated. */
  inCallback: boolean;
}

/** The run of `fit` that trains a model. */
const inTraining = new WeakMap<tf.LayersModel, Training>();

/** @throws RangeError for a model that another fit trains: its weights would change meanwhile */
export function refuseInTraining(fn: "fit" | "evaluate", model: tf.LayersModel): void {
  const training = inTraining.get(model);
  if (training === undefined || training.stop.aborted || (fn === "evaluate" && training.inCallback)) return;
  const rule = fn === "fit" ? "must not be in training already" : "must not be in training";
  throw new RangeError(`${fn}: the model ${rule}, got one that another fit trains: was its await forgotten?`);
}

/** Runs `work` while it is known that it trains the model. */
export async function whileTraining<Result>(
  model: tf.LayersModel,
  stop: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  const training = { stop, inCallback: false };
  inTraining.set(model, training);
  try {
    return await work();
  } finally {
    if (inTraining.get(model) === training) inTraining.delete(model);
  }
}

/** Runs a callback of the fit that trains the model, and waits for it. */
export async function calledBack(model: tf.LayersModel, callback: () => unknown): Promise<void> {
  const training = inTraining.get(model);
  if (training) training.inCallback = true;
  try {
    await callback();
  } finally {
    if (training) training.inCallback = false;
  }
}
