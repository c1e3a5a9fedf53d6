import { ops, tf } from "../backend/index.js";
import { aRate } from "../checks.js";
import { layerArgs, single, singleShape, type LayerArgs } from "./support.js";

/** What {@link DropPath} takes. */
export interface DropPathArgs extends LayerArgs {
  /** Probability that an image's branch is left out in training, 0 to below 1. */
  readonly rate: number;
}

/**
 * Leaves a residual block's branch out for random images of a training batch; otherwise does nothing.
 * Input and output: any one shape [B, …].
 * Source: Huang et al. 2016, §3.
 */
export class DropPath extends tf.layers.Layer {
  /** Its name in a saved model. */
  static readonly className = "DropPath";
  private readonly rate: number;

  constructor(args: DropPathArgs) {
    super(layerArgs("DropPath", args, { rate: aRate }));
    this.rate = args.rate;
  }

  override call(
    inputs: tf.Tensor | tf.Tensor[],
    { training = false }: { readonly training?: boolean } = {},
  ): tf.Tensor {
    return ops.dropPath(single(inputs), training ? this.rate : 0);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return singleShape(inputShape);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), rate: this.rate };
  }
}
tf.serialization.registerClass(DropPath);
