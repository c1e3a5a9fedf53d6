import { ops, tf } from "../backend/index.js";
import { aCount, aFlag, optional, type Rules } from "../checks.js";
import { startsOf } from "./default-initializers.js";
import {
  anInitializer,
  restoreInitializer,
  saveInitializer,
  type Initializer,
  type InitializerLike,
} from "./initializers.js";
import { layerArgs, single, singleShape, sizeOf, type LayerArgs } from "./support.js";

/** What {@link Linear} takes. */
export interface LinearArgs extends LayerArgs {
  /** Numbers that come out for each token or image. */
  readonly units: number;
  /** Default true. */
  readonly useBias?: boolean;
  /** See createInitializer. Default: PyTorch's, U(−1/√fanIn, 1/√fanIn), another start each time. */
  readonly kernelInitializer?: InitializerLike;
  /** Default: PyTorch's, as the kernel's. */
  readonly biasInitializer?: InitializerLike;
}

const RULES: Rules = {
  units: aCount,
  useBias: optional(aFlag),
  kernelInitializer: optional(anInitializer),
  biasInitializer: optional(anInitializer),
};

/**
 * x·kernel + bias over the last axis, as one matrix product: [..., in] → [..., units].
 * Weights: kernel [in, units], bias [units] (unless useBias is false). The same as `tf.layers.dense`, with TensorFlow's
 * BiasAdd, whose gradient is one op.
 */
export class Linear extends tf.layers.Layer {
  /** Its name in a saved model. */
  static readonly className = "Linear";
  private readonly units: number;
  private readonly useBias: boolean;
  private readonly kernelInitializer: Initializer;
  /** Undefined until build, where none was given: PyTorch's is of the kernel's fan-in. */
  private biasInitializer: Initializer | undefined;
  private kernel!: tf.LayerVariable;
  private bias?: tf.LayerVariable;

  constructor(args: LinearArgs) {
    super(layerArgs("Linear", args, RULES));
    this.units = args.units;
    this.useBias = args.useBias ?? true;
    this.kernelInitializer = restoreInitializer("Linear", "kernelInitializer", args.kernelInitializer, startsOf.kernel);
    this.biasInitializer =
      args.biasInitializer && restoreInitializer("Linear", "biasInitializer", args.biasInitializer, startsOf.zeros);
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const features = sizeOf("Linear", singleShape(inputShape), -1);
    this.kernel = this.addWeight("kernel", [features, this.units], "float32", this.kernelInitializer);
    if (this.useBias) {
      this.biasInitializer ??= startsOf.bias(features);
      this.bias = this.addWeight("bias", [this.units], "float32", this.biasInitializer);
    }
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
      ...(this.biasInitializer && { biasInitializer: saveInitializer(this.biasInitializer) }),
    };
  }
}
tf.serialization.registerClass(Linear);
