import { tf } from "../backend/index.js";
import { aNatural, optional } from "../checks.js";
import { startsOf } from "./default-initializers.js";
import {
  anInitializer,
  restoreInitializer,
  saveInitializer,
  type Initializer,
  type InitializerLike,
} from "./initializers.js";
import { layerArgs, shapeOf, single, sizeOf, type LayerArgs } from "./support.js";

/** What {@link ClassToken} and {@link PositionalEmbedding} take. */
export interface TokenWeightArgs extends LayerArgs {
  /** Default: the class token's zeros, torchvision's; positions N(0, 0.02²), timm's and torchvision's. */
  readonly initializer?: InitializerLike;
}

/**
 * Puts one learned token before the others: [B, N, D] → [B, N + 1, D].
 * Weight: token [1, 1, D]. Source: Dosovitskiy et al. 2021, eq. 1.
 */
export class ClassToken extends tf.layers.Layer {
  /** Its name in a saved model. */
  static readonly className = "ClassToken";
  private readonly initializer: Initializer;
  private token!: tf.LayerVariable;

  constructor(args: TokenWeightArgs = {}) {
    super(layerArgs("ClassToken", args, { initializer: optional(anInitializer) }));
    this.initializer = restoreInitializer("ClassToken", "initializer", args.initializer, startsOf.zeros);
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const size = sizeOf("ClassToken", shapeOf("ClassToken", inputShape, "[B, N, D]"), -1);
    this.token = this.addWeight("token", [1, 1, size], "float32", this.initializer);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = single(inputs);
      const [batch, , size] = x.shape as [number, number, number];
      // Adding to zeros repeats the token, as tiling would; the gradient of adding is one sum, of tiling a loop.
      const token = tf.add(tf.zeros([batch, 1, size]), this.token.read());
      return tf.concat([token, x], 1); // [B, N + 1, D]
    });
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [batch, tokens, size] = shapeOf("ClassToken", inputShape, "[B, N, D]");
    return [batch!, tokens == null ? null : tokens + 1, size!];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), initializer: saveInitializer(this.initializer) };
  }
}
tf.serialization.registerClass(ClassToken);

/**
 * Adds one learned vector to each token by its position: [B, N, D] → [B, N, D].
 * Weight: embedding [1, N, D]. Source: Dosovitskiy et al. 2021, eq. 1.
 */
export class PositionalEmbedding extends tf.layers.Layer {
  /** Its name in a saved model. */
  static readonly className = "PositionalEmbedding";
  private readonly initializer: Initializer;
  private embedding!: tf.LayerVariable;

  constructor(args: TokenWeightArgs = {}) {
    super(layerArgs("PositionalEmbedding", args, { initializer: optional(anInitializer) }));
    this.initializer = restoreInitializer("PositionalEmbedding", "initializer", args.initializer, startsOf.positions);
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const shape = shapeOf("PositionalEmbedding", inputShape, "[B, N, D]");
    const tokens = sizeOf("PositionalEmbedding", shape, 1);
    const size = sizeOf("PositionalEmbedding", shape, 2);
    this.embedding = this.addWeight("embedding", [1, tokens, size], "float32", this.initializer);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => tf.add(single(inputs), this.embedding.read()));
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return shapeOf("PositionalEmbedding", inputShape, "[B, N, D]");
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), initializer: saveInitializer(this.initializer) };
  }
}
tf.serialization.registerClass(PositionalEmbedding);

/** What {@link SelectToken} takes. */
export interface SelectTokenArgs extends LayerArgs {
  /** 0 (the class token, where there is one) to N - 1. Default 0. */
  readonly index?: number;
}

/** One token of each image: [B, N, D] → [B, D]. */
export class SelectToken extends tf.layers.Layer {
  /** Its name in a saved model. */
  static readonly className = "SelectToken";
  private readonly index: number;

  constructor(args: SelectTokenArgs = {}) {
    super(layerArgs("SelectToken", args, { index: optional(aNatural) }));
    this.index = args.index ?? 0;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = single(inputs);
      const [batch, , size] = x.shape as [number, number, number];
      return tf.reshape(tf.slice(x, [0, this.index, 0], [batch, 1, size]), [batch, size]); // [B, D]
    });
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [batch, , size] = shapeOf("SelectToken", inputShape, "[B, N, D]");
    return [batch!, size!];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), index: this.index };
  }
}
tf.serialization.registerClass(SelectToken);
