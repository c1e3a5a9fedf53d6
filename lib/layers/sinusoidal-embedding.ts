import { tf } from "../backend/index.js";
import { layerArgs, shapeOf, single, sizeOf, type LayerArgs } from "./support.js";

/**
 * Adds a fixed wave to each token by its position: [B, N, D] → [B, N, D].
 * Entry d of position p is sin(p / 10000^(d / D)) for even d, cos(p / 10000^((d − 1) / D)) for odd d.
 * Weight, not trainable: embedding [1, N, D]. Source: Vaswani et al. 2017, §3.5.
 */
export class SinusoidalEmbedding extends tf.layers.Layer {
  /** Its name in a saved model. */
  static readonly className = "SinusoidalEmbedding";
  private embedding!: tf.LayerVariable;

  constructor(args: LayerArgs = {}) {
    super(layerArgs("SinusoidalEmbedding", args));
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const shape = shapeOf("SinusoidalEmbedding", inputShape, "[B, N, D]");
    const tokens = sizeOf("SinusoidalEmbedding", shape, 1);
    const size = sizeOf("SinusoidalEmbedding", shape, 2);
    this.embedding = this.addWeight(
      "embedding",
      [1, tokens, size],
      "float32",
      tf.initializers.zeros(),
      undefined,
      false,
    );
    const values = tf.tensor(waves(tokens, size), [1, tokens, size]);
    this.embedding.write(values);
    values.dispose();
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => tf.add(single(inputs), this.embedding.read()));
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return shapeOf("SinusoidalEmbedding", inputShape, "[B, N, D]");
  }
}
tf.serialization.registerClass(SinusoidalEmbedding);

function waves(tokens: number, size: number): Float32Array {
  return Float32Array.from({ length: tokens * size }, (_, i) => {
    const position = Math.floor(i / size);
    const entry = i % size;
    const angle = position / 10000 ** ((entry - (entry % 2)) / size);
    return entry % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  });
}
