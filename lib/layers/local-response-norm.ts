import { ops, tf } from "../backend/index.js";
import { aboveZero, anOddCount, optional, type Rules } from "../checks.js";
import { layerArgs, shapeOf, single, type LayerArgs } from "./support.js";

/** What {@link LocalResponseNorm} takes. */
export interface LocalResponseNormArgs extends LayerArgs {
  /** Channels in the window, odd. Default 5. */
  readonly size?: number;
  /** Default 1e-4. */
  readonly alpha?: number;
  /** Default 0.75. */
  readonly beta?: number;
  /** Default 2. */
  readonly k?: number;
}

const RULES: Rules = {
  size: optional(anOddCount),
  alpha: optional(aboveZero),
  beta: optional(aboveZero),
  k: optional(aboveZero),
};

/**
 * Local response normalisation between channels: x / (k + alpha / size · Σ x²)^beta, the sum over the `size` channels
 * around each. Input and output: [B, H, W, C]. The defaults are AlexNet's.
 * Source: Krizhevsky et al. 2012, §3.3, with alpha divided by size as PyTorch's `nn.LocalResponseNorm` has it.
 */
export class LocalResponseNorm extends tf.layers.Layer {
  /** Its name in a saved model. */
  static readonly className = "LocalResponseNorm";
  private readonly options: ops.LocalResponseNormOptions;

  constructor(args: LocalResponseNormArgs = {}) {
    super(layerArgs("LocalResponseNorm", args, RULES));
    const { size = 5, alpha = 1e-4, beta = 0.75, k = 2 } = args;
    this.options = { size, alpha, beta, k };
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return ops.localResponseNorm(single(inputs), this.options);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return shapeOf("LocalResponseNorm", inputShape, "[B, H, W, C]");
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.options };
  }
}
tf.serialization.registerClass(LocalResponseNorm);
