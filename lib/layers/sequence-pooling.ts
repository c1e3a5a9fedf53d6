import { ops, tf } from "../backend/index.js";
import { optional } from "../checks.js";
import { startsOf } from "./default-initializers.js";
import {
  anInitializer,
  restoreInitializer,
  saveInitializer,
  type Initializer,
  type InitializerLike,
} from "./initializers.js";
import { layerArgs, shapeOf, single, sizeOf, type LayerArgs } from "./support.js";

/** What {@link SequencePooling} takes. */
export interface SequencePoolingArgs extends LayerArgs {
  /** See createInitializer. Default: PyTorch's of a linear map, U(−1/√D, 1/√D). */
  readonly kernelInitializer?: InitializerLike;
}

/**
 * A weighted mean of the tokens, the weights learned from the tokens: softmax over N of (x·kernel + bias), times x.
 * [B, N, D] → [B, D]. Weights: kernel [D, 1]; bias [1], which starts at 0.
 * Source: Hassani et al. 2021, §3.2 (SeqPool).
 */
export class SequencePooling extends tf.layers.Layer {
  /** Its name in a saved model. */
  static readonly className = "SequencePooling";
  private readonly initializer: Initializer;
  private kernel!: tf.LayerVariable;
  private bias!: tf.LayerVariable;

  constructor(args: SequencePoolingArgs = {}) {
    super(layerArgs("SequencePooling", args, { kernelInitializer: optional(anInitializer) }));
    this.initializer = restoreInitializer(
      "SequencePooling",
      "kernelInitializer",
      args.kernelInitializer,
      startsOf.kernel,
    );
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const size = sizeOf("SequencePooling", shapeOf("SequencePooling", inputShape, "[B, N, D]"), -1);
    this.kernel = this.addWeight("kernel", [size, 1], "float32", this.initializer);
    this.bias = this.addWeight("bias", [1], "float32", tf.initializers.zeros());
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = single(inputs);
      const [batch, tokens, size] = x.shape as [number, number, number];
      const scores = ops.dense(x, this.kernel.read(), this.bias.read()); // [B, N, 1]
      const weights = tf.softmax(tf.reshape(scores, [batch, 1, tokens])); // [B, 1, N]
      return tf.reshape(tf.matMul(weights, x), [batch, size]); // [B, D]
    });
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [batch, , size] = shapeOf("SequencePooling", inputShape, "[B, N, D]");
    return [batch!, size!];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), kernelInitializer: saveInitializer(this.initializer) };
  }
}
tf.serialization.registerClass(SequencePooling);
