/**
 * tfjs as the library and its users see it: all of `@tensorflow/tfjs`, with random functions that compiled functions
 * can trace, and `tf.node`; and with the types of what a layer gives for what it takes.
 */
import type { ModelPredictConfig, Scalar, Tensor, Variable } from "@tensorflow/tfjs";
import type { SymbolicTensor } from "@tensorflow/tfjs-layers/dist/engine/topology.js";
import type { Kwargs } from "@tensorflow/tfjs-layers/dist/types.js";

export * from "@tensorflow/tfjs";
export {
  dropout,
  multinomial,
  randomGamma,
  randomNormal,
  randomStandardNormal,
  randomUniform,
  randomUniformInt,
  truncatedNormal,
} from "./compile/random-ops.js";
export { node } from "./node.js";

declare module "@tensorflow/tfjs-layers/dist/engine/topology.js" {
  interface Layer {
    /** Of a layer with several outputs: `apply<tf.SymbolicTensor[]>(inputs)`. */
    apply<Output extends SymbolicTensor | SymbolicTensor[] = SymbolicTensor>(
      inputs: SymbolicTensor | SymbolicTensor[],
      kwargs?: Kwargs,
    ): Output;
    /** Of a layer or model with several outputs: `apply<tf.Tensor[]>(inputs)`; of a known rank: `<tf.Tensor2D>`. */
    apply<Output extends Tensor | Tensor[] = Tensor>(inputs: Tensor | Tensor[], kwargs?: Kwargs): Output;
  }
}

declare module "@tensorflow/tfjs-layers/dist/engine/training.js" {
  interface LayersModel {
    /** Of a model with several outputs: `predict<tf.Tensor[]>(x)`; of a known rank: `predict<tf.Tensor2D>(x)`. */
    predict<Output extends Tensor | Tensor[] = Tensor>(x: Tensor | Tensor[], args?: ModelPredictConfig): Output;
  }
}

declare module "@tensorflow/tfjs-layers/dist/models.js" {
  interface Sequential {
    /** Of a model with several outputs: `predict<tf.Tensor[]>(x)`; of a known rank: `predict<tf.Tensor2D>(x)`. */
    predict<Output extends Tensor | Tensor[] = Tensor>(x: Tensor | Tensor[], args?: ModelPredictConfig): Output;
  }
}

declare module "@tensorflow/tfjs-core/dist/optimizers/optimizer.js" {
  interface Optimizer {
    /** The loss of the step. */
    minimize(f: () => Scalar, returnCost: true, varList?: Variable[]): Scalar;
  }
}
