/** `fit` and `fitDataset` of TensorFlow.js' own layers, as a notebook and a terminal need them. */
import * as tf from "@tensorflow/tfjs";
import { cellSignal, endsOnSignal } from "../host.js";
import { requireTfjsNode } from "./tfjs-node.js";

type Callbacks = typeof import("@tensorflow/tfjs-node-gpu/dist/callbacks.js");

type EpochCallback = Parameters<typeof tf.registerCallbackConstructor>[1];

/** What of a model says that it trains, and keeps a second training out. */
interface Training {
  isTraining: boolean;
  stopTraining: boolean;
}

/** The signal of the cell in which a model was last trained. */
const signals = new WeakMap<object, AbortSignal>();

/**
 * An interrupt ends `model.fit` after its batch, as `stopTraining` does: the model can be trained on, where its fit
 * would be "ongoing" for ever. With `verbose` 1, the default, a line for each epoch is printed, as Keras and tfjs-node
 * do.
 */
export function prepareLayersFit(): void {
  const { prototype } = tf.LayersModel;
  const { fit, fitDataset } = prototype;
  prototype.fit = function (...args) {
    return interruptible(this, () => fit.apply(this, args));
  };
  prototype.fitDataset = function (...args) {
    return interruptible(this, () => fitDataset.apply(this, args)) as ReturnType<typeof fitDataset>;
  };
  tf.registerCallbackConstructor(1, EpochLines as unknown as EpochCallback);
}

async function interruptible(model: tf.LayersModel, fit: () => Promise<tf.History>): Promise<tf.History> {
  const training = model as unknown as Training;
  if (signals.get(model)?.aborted) training.isTraining = false; // it was terminated, and could not say so itself
  const signal = cellSignal();
  if (signal === undefined) return fit();
  signals.set(model, signal);
  const stop = (): void => void (training.stopTraining = true);
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await endsOnSignal(fit);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** tfjs-node's lines and bar, read where a model first trains. */
function EpochLines(): InstanceType<Callbacks["ProgbarLogger"]> {
  const { ProgbarLogger } = requireTfjsNode<Callbacks>("callbacks.js");
  return new ProgbarLogger();
}
