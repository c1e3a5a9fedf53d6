import { tf } from "../backend/index.js";
import { allWeights } from "../models/weights/freeze.js";
import type { SharedRun } from "./shared-run.js";

/** What training moves beside the trained weights, as a batch norm's mean and variance over all batches. */
export function movedVariables(model: tf.LayersModel): tf.Variable[] {
  const trained = new Set<tf.LayerVariable>(model.trainableWeights);
  return allWeights(model).flatMap((weight) => (trained.has(weight) ? [] : [weight.read() as tf.Variable]));
}

/** Averages what several processes move, after each step. */
export interface StatisticsOfStep {
  /** Inside the compiled step, when its forward pass has moved them. */
  average(): void;
  dispose(): void;
}

/**
 * Moving statistics that are the same in all processes after each step: the mean of what each process makes of them.
 * What none of them changes stays as it is to the last bit.
 *
 * @param shared of which all processes have the same statistics now
 */
export function statisticsOfStep(model: tf.LayersModel, shared: SharedRun): StatisticsOfStep {
  const moved = movedVariables(model).filter(({ size }) => size > 0);
  const agreed = moved.map((one) => tf.tidy(() => tf.variable(tf.clone(one), false)));
  return {
    average() {
      if (moved.length === 0) return;
      const changes = moved.map((one, i) => tf.sub(one, agreed[i]!));
      const sums = shared.summedChanges(changes);
      moved.forEach((one, i) => {
        one.assign(tf.add(agreed[i]!, tf.div(sums[i]!, shared.share.of)));
        agreed[i]!.assign(one);
      });
    },
    dispose: () => tf.dispose(agreed),
  };
}
