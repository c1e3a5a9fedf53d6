import { tf } from "../../backend/index.js";
import { MultiHeadSelfAttention, SpatialSelfAttention } from "../../layers/index.js";
import { aModel, aTensor, aText, checkArguments, checkValue, listOf, optional } from "../../checks.js";

/** The attention probabilities of one layer. */
export interface AttentionWeights {
  /** The layer's name, such as "block3/attention". */
  readonly layer: string;
  /**
   * "tokens": from each token to each token, per head; "pixels": from each pixel to each of the pooled pixels, one
   * head.
   */
  readonly kind: "tokens" | "pixels";
  /** [B, heads, queries, keys]; each row of keys sums to 1. */
  readonly shape: readonly [number, number, number, number];
  /** In the order of `shape`, the last axis fastest. */
  readonly values: Float32Array;
  /** Rows and columns that the queries and the keys of "pixels" form; undefined for tokens. */
  readonly grid?: {
    /** Rows and columns of the queries. */
    readonly queries: readonly [number, number];
    /** Rows and columns of the keys. */
    readonly keys: readonly [number, number];
  };
}

/**
 * What a model's attention layers look at, for a batch of images. The layers are found by their names in a second
 * graph up to each one's input, and their probabilities computed again from their weights: the model stays as it is.
 *
 * @param images normalized [B, H, W, C]; the caller keeps them
 * @param layers names of attention layers; all of the model's by default
 * @throws RangeError for a name that is no attention layer of the model (it lists those that are), TypeError for images
 *   of another shape
 */
export async function attentionWeights(
  model: tf.LayersModel,
  images: tf.Tensor4D,
  layers?: readonly string[],
): Promise<AttentionWeights[]> {
  checkArguments(
    "attentionWeights",
    { model, images, layers },
    { model: aModel, images: aTensor, layers: optional(listOf(aText)) },
  );
  const wanted = model.inputs[0]!.shape.slice(1);
  if (images.rank !== 4 || wanted.some((size, i) => size !== null && size !== images.shape[i + 1]))
    throw new TypeError(
      `attentionWeights: images must be [B, ${wanted.map((size) => size ?? "?").join(", ")}], got ` +
        `[${images.shape.join(", ")}]`,
    );
  const known = attentionLayers(model);
  for (const name of layers ?? known) {
    if (!known.includes(name))
      throw new RangeError(
        `attentionWeights: layers must be of ${known.join(", ") || "(the model has none)"}, got ${name}`,
      );
  }
  const all: AttentionWeights[] = [];
  for (const name of layers ?? known) {
    const layer = model.getLayer(name);
    const upTo = tf.model({
      name: `${model.name}_to_${name}`,
      inputs: model.inputs,
      outputs: layer.input as tf.SymbolicTensor,
    });
    const weights = tf.tidy(() => {
      const x = upTo.apply(images, { training: false }) as tf.Tensor;
      return layer instanceof SpatialSelfAttention
        ? pixelWeights(layer, x as tf.Tensor4D)
        : tokenWeights(layer as MultiHeadSelfAttention, x as tf.Tensor3D);
    });
    try {
      const values = (await weights.data()) as Float32Array;
      const shape = weights.shape as [number, number, number, number];
      all.push({ layer: name, shape, values, ...placesOf(layer) });
    } finally {
      weights.dispose();
    }
  }
  return all;
}

/**
 * Names of a model's attention layers, in its order.
 * @throws TypeError for what is no model
 */
export function attentionLayers(model: tf.LayersModel): string[] {
  checkValue("attentionLayers", "model", model, aModel);
  return model.layers
    .filter((layer) => layer instanceof MultiHeadSelfAttention || layer instanceof SpatialSelfAttention)
    .map(({ name }) => name);
}

/** softmax(q·kᵀ / √headDim): [B, heads, N, N]. */
function tokenWeights(layer: MultiHeadSelfAttention, x: tf.Tensor3D): tf.Tensor {
  const { numHeads, useQkvBias } = layer.getConfig() as unknown as { numHeads: number; useQkvBias?: boolean };
  const [batch, tokens, size] = x.shape;
  const headDim = size / numHeads;
  const [kernel, bias] = layer.getWeights() as [tf.Tensor2D, tf.Tensor1D];
  const projected = tf.matMul(tf.reshape(x, [-1, size]), kernel);
  const qkv = tf.reshape(useQkvBias === false ? projected : tf.add(projected, bias), [
    batch,
    tokens,
    3,
    numHeads,
    headDim,
  ]);
  // [B, heads, N, headDim] each
  const [q, k] = tf.unstack(tf.transpose(qkv, [2, 0, 3, 1, 4])) as [tf.Tensor, tf.Tensor];
  return tf.softmax(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(headDim)));
}

/** softmax(theta·pool(phi)ᵀ): [B, 1, H·W, (H / 2)·(W / 2)]. */
function pixelWeights(layer: SpatialSelfAttention, x: tf.Tensor4D): tf.Tensor {
  const [batch, height, width, channels] = x.shape;
  const [kernel, bias] = layer.getWeights() as [tf.Tensor2D, tf.Tensor1D];
  const inner = kernel.shape[1] / 3;
  const projected = tf.reshape(tf.add(tf.matMul(tf.reshape(x, [-1, channels]), kernel), bias), [
    batch,
    height,
    width,
    3 * inner,
  ]) as tf.Tensor4D;
  const [theta, phi] = tf.split(projected, 3, -1) as [tf.Tensor4D, tf.Tensor4D];
  const keys = tf.reshape(tf.maxPool(phi, 2, 2, "valid"), [batch, 1, -1, inner]);
  return tf.softmax(tf.matMul(tf.reshape(theta, [batch, 1, height * width, inner]), keys, false, true));
}

function placesOf(layer: tf.layers.Layer): Pick<AttentionWeights, "kind" | "grid"> {
  if (!(layer instanceof SpatialSelfAttention)) return { kind: "tokens" };
  const [, height, width] = (layer.input as tf.SymbolicTensor).shape as [null, number, number];
  return { kind: "pixels", grid: { queries: [height, width], keys: [Math.floor(height / 2), Math.floor(width / 2)] } };
}
