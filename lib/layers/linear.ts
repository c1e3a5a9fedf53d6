import { ops, tf } from "../backend/index.js";
import { aCount, type Rules } from "../checks.js";
import { KernelLayer, type KernelArgs } from "./kernel-layer.js";
import { single, singleShape, sizeOf } from "./support.js";

/** What {@link Linear} takes. */
export interface LinearArgs extends KernelArgs {
  /** Numbers that come out for each token or image. */
  readonly units: number;
}

const RULES: Rules = {
  units: aCount,
};

/**
 * x·kernel + bias over the last axis, as one matrix product: [..., in] → [..., units].
 * Weights: kernel [in, units], bias [units] (unless useBias is false). The same as `tf.layers.dense`, with TensorFlow's
 * BiasAdd, whose gradient is one op.
 */
export class Linear extends KernelLayer {
  /** Its name in a saved model. */
  static readonly className = "Linear";
  private readonly units: number;

  constructor(args: LinearArgs) {
    super("Linear", args, RULES);
    this.units = args.units;
  }

  protected override kernelShape(inputShape: tf.Shape | tf.Shape[]): readonly number[] {
    return [sizeOf("Linear", singleShape(inputShape), -1), this.units];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => ops.dense(single(inputs), this.kernel.read(), this.bias?.read()));
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return [...singleShape(inputShape).slice(0, -1), this.units];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), units: this.units, ...this.kernelConfig() };
  }
}
tf.serialization.registerClass(Linear);
