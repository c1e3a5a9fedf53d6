import { ops, tf } from "../backend/index.js";
import { aRate } from "../checks.js";
import { layerArgs, single, singleShape, type LayerArgs } from "./support.js";

/** What {@link Dropout} takes. */
export interface DropoutArgs extends LayerArgs {
  /** Probability that a number becomes 0 in training, 0 to below 1. */
  readonly rate: number;
}

/**
 * Dropout: in training each number is 0 with probability `rate`, and otherwise divided by 1 − rate; otherwise nothing.
 * Input and output: any one shape.
 * Source: Srivastava et al. 2014, §4.
 */
export class Dropout extends tf.layers.Layer {
  /** Its name in a saved model. */
  static readonly className = "SaccadeDropout"; // tfjs has a Dropout of its own
  private readonly rate: number;

  constructor(args: DropoutArgs) {
    super(layerArgs("Dropout", args, { rate: aRate }));
    this.rate = args.rate;
  }

  override call(
    inputs: tf.Tensor | tf.Tensor[],
    { training = false }: { readonly training?: boolean } = {},
  ): tf.Tensor {
    return ops.dropout(single(inputs), training ? this.rate : 0);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return singleShape(inputShape);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), rate: this.rate };
  }
}
tf.serialization.registerClass(Dropout);
