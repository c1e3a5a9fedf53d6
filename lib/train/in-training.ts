import type { tf } from "../backend/index.js";

/** Models that a fit trains, and whether a callback of it runs just now, in which they may be evaluated. */
const inTraining = new WeakMap<tf.LayersModel, { inCallback: boolean }>();

/** @throws RangeError for a model that another fit trains: its weights would change meanwhile */
export function refuseInTraining(fn: "fit" | "evaluate", model: tf.LayersModel): void {
  const state = inTraining.get(model);
  if (state === undefined || (fn === "evaluate" && state.inCallback)) return;
  const rule = fn === "fit" ? "must not be in training already" : "must not be in training";
  throw new RangeError(`${fn}: the model ${rule}, got one that another fit trains: was its await forgotten?`);
}

/** Runs `work` while it is known that it trains the model. */
export async function whileTraining<Result>(model: tf.LayersModel, work: () => Promise<Result>): Promise<Result> {
  inTraining.set(model, { inCallback: false });
  try {
    return await work();
  } finally {
    inTraining.delete(model);
  }
}

/** Runs a callback of the fit that trains the model, and waits for it. */
export async function calledBack(model: tf.LayersModel, callback: () => unknown): Promise<void> {
  const state = inTraining.get(model)!;
  state.inCallback = true;
  try {
    await callback();
  } finally {
    state.inCallback = false;
  }
}
