import { countMacs } from "../../analysis/index.js";
import { createModel, type ModelName } from "../../models/index.js";

/** How large a network is. */
export interface NetworkSizes {
  /** Of its weights. */
  readonly shapes: readonly (readonly number[])[];
  readonly parameters: number;
  /** Of one image's training step: two for each multiply-add, three times those of the forward pass. */
  readonly flops: number;
}

/** Makes the network and looks. */
export function sizeOf(name: ModelName): NetworkSizes {
  const model = createModel(name);
  try {
    const shapes = model.trainableWeights.map(({ shape }) => shape as number[]);
    const parameters = shapes.reduce((sum, shape) => sum + shape.reduce((product, side) => product * side, 1), 0);
    return { shapes, parameters, flops: 6 * countMacs(model).total };
  } finally {
    model.dispose();
  }
}
