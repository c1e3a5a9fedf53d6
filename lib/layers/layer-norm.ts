import { ops, tf } from "../backend/index.js";
import { aboveZero, optional } from "../checks.js";
import { layerArgs, single, singleShape, sizeOf, type LayerArgs } from "./support.js";

/** What {@link LayerNorm} takes. */
export interface LayerNormArgs extends LayerArgs {
  /** Added to the variance, > 0. Default 1e-5, PyTorch's (Keras has 1e-3). */
  readonly epsilon?: number;
}

/**
 * Layer normalisation over the last axis: y = (x − mean) / √(variance + epsilon) · gamma + beta,
 * with the biased variance.
 *
 * gamma [D] starts at 1, beta [D] at 0. Input and output: [..., D].
 * Source: Ba et al. 2016, eq. 3 and 4.
 * Differs: `tf.layers.layerNormalization` tiles its moments, and tfjs' gradient of Tile is a loop in
 * JavaScript; here the gradient is written out, and compiled the forward pass is one op.
 */
export class LayerNorm extends tf.layers.Layer {
  /** Its name in a saved model. */
  static readonly className = "LayerNorm";
  private readonly epsilon: number;
  private gamma!: tf.LayerVariable;
  private beta!: tf.LayerVariable;

  constructor(args: LayerNormArgs = {}) {
    super(layerArgs("LayerNorm", args, { epsilon: optional(aboveZero) }));
    this.epsilon = args.epsilon ?? 1e-5;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const size = sizeOf("LayerNorm", singleShape(inputShape), -1);
    this.gamma = this.addWeight("gamma", [size], "float32", tf.initializers.ones());
    this.beta = this.addWeight("beta", [size], "float32", tf.initializers.zeros());
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => ops.layerNorm(single(inputs), this.gamma.read(), this.beta.read(), this.epsilon));
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return singleShape(inputShape);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), epsilon: this.epsilon };
  }
}
tf.serialization.registerClass(LayerNorm);
