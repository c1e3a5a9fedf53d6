import { tf } from "../../backend/index.js";
import { tidyValues } from "../../backend/tidy-values.js";
import { aRate, checkArguments, checkOptions, oneOf, optional, someOf } from "../../checks.js";
import { asWeights, type AttentionWeights } from "./attention-weights.js";
import { someWeights } from "./some-weights.js";

/** What {@link attentionRollout} takes. */
export interface AttentionRolloutOptions {
  /** What becomes of the heads: their mean, as in the paper, their greatest or their least. Default "mean". */
  readonly fusion?: "mean" | "max" | "min";
  /** The least share of each layer's probabilities that is taken for 0, 0 to below 1. Default 0. */
  readonly discardRatio?: number;
}

const RULES = { fusion: optional(oneOf(["mean", "max", "min"])), discardRatio: optional(aRate) };

/**
 * How much of each of the image's tokens is in each of the last layer's, if attention alone moved them: with A the
 * heads' mean, the product of 0.5·A + 0.5·I over the layers, the last at the left, each row divided by its sum. Where
 * the last weights are a sequence pooling's, they weigh the rows: one query.
 *
 * @param weights of all blocks in their order, as `attentionWeights` gives them
 * @returns weights named "rollout" [B, 1, N, N], or [B, 1, 1, N] behind a pooling, which `attentionMap` takes
 * @throws RangeError for layers of unlike tokens, attention from pixel to pixel, or a pooling that is not the last;
 *   TypeError for an argument of another kind
 * Source: Abnar & Zuidema 2020, eq. 1. Fusion and discarding are no part of it: they are in common use.
 */
export function attentionRollout(
  weights: readonly AttentionWeights[],
  options: AttentionRolloutOptions = {},
): AttentionWeights {
  checkArguments("attentionRollout", { weights }, { weights: someOf(someWeights) });
  checkOptions("attentionRollout", options, RULES);
  const { fusion = "mean", discardRatio = 0 } = options;
  const pooling = weights.at(-1)!.kind === "pooling" ? weights.at(-1) : undefined;
  const blocks = weights.slice(0, pooling ? -1 : undefined);
  checkAlike(weights, blocks);
  const [batch, , , tokens] = weights[0]!.shape;
  const values = tidyValues(() => {
    let rolled = tf.eye(tokens, tokens, [batch]) as tf.Tensor;
    for (const each of blocks) rolled = tf.matMul(mixed(fused(each, fusion, discardRatio), tokens), rolled);
    if (pooling) rolled = tf.matMul(tf.tensor(pooling.values, [batch, 1, tokens]), rolled);
    return rolled;
  }) as Float32Array;
  const { tokens: places } = weights[0]!;
  return asWeights({
    layer: "rollout",
    kind: pooling ? "pooling" : "tokens",
    shape: [batch, 1, pooling ? 1 : tokens, tokens],
    values,
    ...(places && { tokens: places }),
  });
}

function checkAlike(weights: readonly AttentionWeights[], blocks: readonly AttentionWeights[]): void {
  const [batch, , , tokens] = weights[0]!.shape;
  for (const { layer, kind, shape } of blocks) {
    if (kind !== "tokens")
      throw new RangeError(`attentionRollout: weights must be from token to token, got ${layer}, of kind ${kind}`);
    if (shape[2] !== shape[3])
      throw new RangeError(`attentionRollout: weights must be from each token to each, got ${layer} [${shape}]`);
  }
  const other = weights.find(({ shape }) => shape[0] !== batch || shape[3] !== tokens);
  if (other !== undefined)
    throw new RangeError(
      `attentionRollout: weights must be of the same images and tokens, got ${weights[0]!.layer} ` +
        `[${weights[0]!.shape.join(", ")}] and ${other.layer} [${other.shape.join(", ")}]`,
    );
}

/** The heads as one, its least probabilities 0: [B, N, N]. */
function fused({ shape, values }: AttentionWeights, fusion: "mean" | "max" | "min", discardRatio: number): tf.Tensor {
  const heads = tf.tensor(values, [...shape]);
  const one = tf[fusion](heads, 1);
  const [batch, , queries, keys] = shape;
  const discarded = Math.floor(discardRatio * queries * keys);
  if (discarded === 0) return one;
  const flat = tf.reshape(one, [batch, queries * keys]);
  const { indices } = tf.topk(tf.neg(flat), discarded);
  const places = indices.arraySync() as number[][];
  const kept = new Float32Array(batch * queries * keys).fill(1);
  for (const [image, row] of places.entries()) for (const place of row) kept[image * queries * keys + place] = 0;
  return tf.mul(one, tf.tensor(kept, [batch, queries, keys]));
}

/** 0.5·A + 0.5·I, each row divided by its sum. */
function mixed(attention: tf.Tensor, tokens: number): tf.Tensor {
  const both = tf.mul(tf.add(attention, tf.eye(tokens)), 0.5);
  return tf.div(both, tf.sum(both, -1, true));
}
