import { ops, tf } from "../backend/index.js";
import { aboveZero, aFlag, inRange, optional } from "../checks.js";
import { layerArgs, shapeOf, single, sizeOf, type LayerArgs } from "./support.js";

/** What {@link BatchNorm} takes. */
export interface BatchNormArgs extends LayerArgs {
  /** Added to the variance, > 0. Default 1e-5, PyTorch's (Keras has 1e-3). */
  readonly epsilon?: number;
  /** Share of the batch's statistics in the new moving ones, above 0 to 1. Default 0.1, as PyTorch counts it. */
  readonly momentum?: number;
  /** Whether a learned gamma multiplies; without, only beta is learned. Default true. */
  readonly scale?: boolean;
}

/**
 * Batch normalisation of images: (x − mean) / √(variance + epsilon) · gamma + beta over batch, height and width.
 * Training takes the batch's own biased statistics, and moves the kept ones towards its mean and unbiased variance;
 * otherwise, and where the layer is not trainable, the kept ones are taken.
 *
 * Training on one value a channel (one image of 1 × 1) is refused: it would learn nothing, and pull the variance to 0.
 *
 * gamma (unless scale is false), moving_variance [C] start at 1; beta, moving_mean [C] at 0. Input and output:
 * [B, H, W, C].
 * Source: Ioffe & Szegedy 2015, algorithms 1 and 2, as PyTorch's `nn.BatchNorm2d` computes them.
 *
 * @throws TypeError in training on one value a channel
 */
export class BatchNorm extends tf.layers.Layer {
  /** Its name in a saved model. */
  static readonly className = "BatchNorm";
  private readonly epsilon: number;
  private readonly momentum: number;
  private readonly scale: boolean;
  private gamma: tf.LayerVariable | undefined;
  private beta!: tf.LayerVariable;
  private movingMean!: tf.LayerVariable;
  private movingVariance!: tf.LayerVariable;

  constructor(args: BatchNormArgs = {}) {
    super(
      layerArgs("BatchNorm", args, {
        epsilon: optional(aboveZero),
        momentum: optional(inRange({ above: 0, to: 1 })),
        scale: optional(aFlag),
      }),
    );
    this.epsilon = args.epsilon ?? 1e-5;
    this.momentum = args.momentum ?? 0.1;
    this.scale = args.scale ?? true;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const size = sizeOf("BatchNorm", shapeOf("BatchNorm", inputShape, "[B, H, W, C]"), -1);
    const [zeros, ones] = [tf.initializers.zeros(), tf.initializers.ones()];
    if (this.scale) this.gamma = this.addWeight("gamma", [size], "float32", ones);
    this.beta = this.addWeight("beta", [size], "float32", zeros);
    this.movingMean = this.addWeight("moving_mean", [size], "float32", zeros, undefined, false);
    this.movingVariance = this.addWeight("moving_variance", [size], "float32", ones, undefined, false);
    super.build(inputShape);
  }

  override call(
    inputs: tf.Tensor | tf.Tensor[],
    { training = false }: { readonly training?: boolean } = {},
  ): tf.Tensor {
    return tf.tidy(() => {
      const x = single(inputs) as tf.Tensor4D;
      const beta = this.beta.read();
      const gamma = this.gamma?.read() ?? tf.onesLike(beta);
      if (!training || !this.trainable)
        return tf.batchNorm(
          x,
          this.movingMean.read() as tf.Tensor1D,
          this.movingVariance.read() as tf.Tensor1D,
          beta as tf.Tensor1D,
          gamma as tf.Tensor1D,
          this.epsilon,
        );
      if (x.size === x.shape[3])
        throw new TypeError(
          `BatchNorm: training must have more than one value a channel, got [${x.shape.join(", ")}] at ${this.name}`,
        );
      const { y, mean, variance } = ops.batchNormTraining(x, gamma, beta, this.epsilon);
      this.#move(this.movingMean, mean);
      this.#move(this.movingVariance, variance);
      return y;
    });
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return shapeOf("BatchNorm", inputShape, "[B, H, W, C]");
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), epsilon: this.epsilon, momentum: this.momentum, scale: this.scale };
  }

  #move(kept: tf.LayerVariable, batch: tf.Tensor): void {
    kept.write(tf.add(tf.mul(kept.read(), 1 - this.momentum), tf.mul(batch, this.momentum)));
  }
}
tf.serialization.registerClass(BatchNorm);
