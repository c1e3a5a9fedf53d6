import { tf } from "../backend/index.js";
import { aCount } from "../checks.js";
import { layerArgs, shapeOf, single, sizeOf, type LayerArgs } from "./support.js";

/** What {@link AdaptiveAveragePool} takes. */
export interface AdaptiveAveragePoolArgs extends LayerArgs {
  /** Height and width that come out. */
  readonly size: number;
}

/**
 * Averages a feature map of any size to one of `size`: [B, H, W, C] → [B, size, size, C]. Row i of the output is the
 * mean of the rows from ⌊i·H / size⌋ to below ⌈(i + 1)·H / size⌉, and so for columns: a smaller map is repeated.
 * Source: PyTorch's `nn.AdaptiveAvgPool2d`.
 */
export class AdaptiveAveragePool extends tf.layers.Layer {
  /** Its name in a saved model. */
  static readonly className = "AdaptiveAveragePool";
  private readonly size: number;

  constructor(args: AdaptiveAveragePoolArgs) {
    super(layerArgs("AdaptiveAveragePool", args, { size: aCount }));
    this.size = args.size;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = single(inputs);
      const [batch, height, width, channels] = x.shape as [number, number, number, number];
      const side = this.size;
      if (height === side && width === side) return tf.clone(x);
      // [B, side, W·C]
      const rows = tf.matMul(means(height, side, batch), tf.reshape(x, [batch, height, width * channels]));
      // [B·side, side, C]
      const columns = tf.matMul(means(width, side, batch * side), tf.reshape(rows, [batch * side, width, channels]));
      return tf.reshape(columns, [batch, side, side, channels]);
    });
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const shape = shapeOf("AdaptiveAveragePool", inputShape, "[B, H, W, C]");
    return [shape[0]!, this.size, this.size, sizeOf("AdaptiveAveragePool", shape, 3)];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), size: this.size };
  }
}
tf.serialization.registerClass(AdaptiveAveragePool);

/** The shares of the old places in each new one's mean: [to, from]. */
export function meanShares(from: number, to: number): number[][] {
  return Array.from({ length: to }, (_, i) => {
    const [start, end] = [Math.floor((i * from) / to), Math.ceil(((i + 1) * from) / to)];
    return Array.from({ length: from }, (_, j) => (j >= start && j < end ? 1 / (end - start) : 0));
  });
}

/** {@link meanShares} once for each of `copies`: [copies, to, from]. */
function means(from: number, to: number, copies: number): tf.Tensor {
  return tf.add(tf.zeros([copies, to, from]), tf.tensor2d(meanShares(from, to))); // tiled
}
