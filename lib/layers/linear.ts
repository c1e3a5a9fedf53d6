import { ops, tf } from "../backend/index.js";
import { aCount, aFlag, optional, type Rules } from "../checks.js";
import {
  anInitializer,
  restoreInitializer,
  saveInitializer,
  type Initializer,
  type InitializerLike,
} from "./initializers.js";
import { layerArgs, single, singleShape, sizeOf, type LayerArgs } from "./support.js";

export interface LinearArgs extends LayerArgs {
  /** Numbers that come out for each token or image. */
  readonly units: number;
  /** Default true. */
  readonly useBias?: boolean;
  /** See createInitializer. */
  readonly kernelInitializer: InitializerLike;
  /** Default zeros. */
  readonly biasInitializer?: InitializerLike;
}

const RULES: Rules = {
  units: aCount,
  useBias: optional(aFlag),
  kernelInitializer: anInitializer,
  biasInitializer: optional(anInitializer),
};

/**
 * x·kernel + bias over the last axis, as one matrix product: [..., in] → [..., units].
 * Weights: kernel [in, units], bias [units] (unless useBias is false). The same as `tf.layers.dense`, with TensorFlow's
 * BiasAdd, whose gradient is one op.
 */
export class Linear extends tf.layers.Layer {
  static readonly className = "Linear";
  private readonly units: number;
  private readonly useBias: boolean;
  private readonly kernelInitializer: Initializer;
  private readonly biasInitializer: Initializer;
  private kernel!: tf.LayerVariable;
  private bias?: tf.LayerVariable;

  constructor(args: LinearArgs) {
    super(layerArgs("Linear", args, RULES));
    this.units = args.units;
    this.useBias = args.useBias ?? true;
    this.kernelInitializer = restoreInitializer("Linear", "kernelInitializer", args.kernelInitializer);
    this.biasInitializer = restoreInitializer(
      "Linear",
      "biasInitializer",
      args.biasInitializer ?? tf.initializers.zeros(),
    );
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const features = sizeOf("Linear", singleShape(inputShape), -1);
    this.kernel = this.addWeight("kernel", [features, this.units], "float32", this.kernelInitializer);
    if (this.useBias) this.bias = this.addWeight("bias", [this.units], "float32", this.biasInitializer);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => ops.dense(single(inputs), this.kernel.read(), this.bias?.read()));
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return [...singleShape(inputShape).slice(0, -1), this.units];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      units: this.units,
      useBias: this.useBias,
      kernelInitializer: saveInitializer(this.kernelInitializer),
      biasInitializer: saveInitializer(this.biasInitializer),
    };
  }
}
tf.serialization.registerClass(Linear);
