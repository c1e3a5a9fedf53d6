import { tf } from "../backend/index.js";
import { single, singleShape, sizeOf, type LayerArgs } from "./support.js";

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
 * JavaScript; here the gradient is written out (about 20 operations).
 */
export class LayerNorm extends tf.layers.Layer {
  static readonly className = "LayerNorm";
  private readonly epsilon: number;
  private gamma!: tf.LayerVariable;
  private beta!: tf.LayerVariable;

  constructor(args: LayerNormArgs = {}) {
    super(args);
    this.epsilon = args.epsilon ?? 1e-5;
    if (!(this.epsilon > 0)) throw new RangeError(`LayerNorm: epsilon must be above 0, got ${this.epsilon}`);
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const size = sizeOf("LayerNorm", singleShape(inputShape), -1);
    this.gamma = this.addWeight("gamma", [size], "float32", tf.initializers.ones());
    this.beta = this.addWeight("beta", [size], "float32", tf.initializers.zeros());
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => layerNorm(single(inputs), this.gamma.read(), this.beta.read(), this.epsilon));
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return singleShape(inputShape);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), epsilon: this.epsilon };
  }
}
tf.serialization.registerClass(LayerNorm);

/**
 * The function of {@link LayerNorm}, with its gradient written out.
 *
 * @param x [..., D]
 * @param gamma [D]
 * @param beta [D]
 * @returns [..., D]
 */
export function layerNorm(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number): tf.Tensor {
  const normalise = tf.customGrad((...args: unknown[]) => {
    const [x, gamma, beta, save] = args as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const centred = tf.sub(x, tf.mean(x, -1, true));
    const scale = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon)); // [..., 1]
    const normed = tf.mul(centred, scale);
    save([normed, scale, gamma]);
    return {
      value: tf.add(tf.mul(normed, gamma), beta),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => inputGradients(dy, saved as [tf.Tensor, tf.Tensor, tf.Tensor]),
    };
  });
  return normalise(x, gamma, beta);
}

/** dx = scale · (g − mean(g) − normed · mean(g · normed)), with g = dy · gamma. */
function inputGradients(dy: tf.Tensor, [normed, scale, gamma]: [tf.Tensor, tf.Tensor, tf.Tensor]): tf.Tensor[] {
  const leading = Array.from({ length: dy.rank - 1 }, (_, axis) => axis);
  const dyNormed = tf.mul(dy, normed);
  const g = tf.mul(dy, gamma);
  const along = tf.mul(normed, tf.mean(tf.mul(dyNormed, gamma), -1, true));
  const dx = tf.mul(tf.sub(tf.sub(g, tf.mean(g, -1, true)), along), scale);
  return [dx, tf.sum(dyNormed, leading), tf.sum(dy, leading)];
}
