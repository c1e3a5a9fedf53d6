import { tf } from "../backend/index.js";
import { Gelu, LayerNorm, Linear, MultiHeadSelfAttention, type MultiHeadSelfAttentionArgs } from "../layers/index.js";
import { chain, dropout, dropPath, type LayerStart } from "./parts.js";

/** The initializers of an attention layer. */
export type AttentionStart = Pick<
  MultiHeadSelfAttentionArgs,
  "qkvKernelInitializer" | "qkvBiasInitializer" | "outKernelInitializer" | "outBiasInitializer"
>;

/** What a transformer's encoder block is made of. */
export interface EncoderBlock {
  /** Numbers per token, D. */
  readonly embedDim: number;
  /** Numbers between the two dense layers. */
  readonly hiddenDim: number;
  readonly numHeads: number;
  /** Whether query, key and value have a bias. Default true. */
  readonly useQkvBias?: boolean;
  /** Between the two dense layers. */
  readonly activation: "gelu" | "relu" | "tanh";
  readonly normEpsilon: number;
  /** Where the second norm lies: before the dense layers alone (pre-norm), or on the residual stream itself. */
  readonly secondNorm: "branch" | "stream";
  readonly dropRate: number;
  readonly attnDropRate: number;
  /** Of leaving a branch out for an image (stochastic depth): this block's. */
  readonly dropPathRate: number;
  /** The initializers by a layer's name. */
  readonly start: {
    dense(name: string, fanIn: number): LayerStart;
    attention(name: string): AttentionStart;
  };
}

/**
 * One block of a transformer's encoder: x + attention(LN(x)), then x + dense(activation(dense(LN(x)))), with dropout
 * after attention and each dense layer, and drop path (stochastic depth) at the end of each branch: [B, N, D] → [B, N,
 * D].
 *
 * Layers: NAME/norm1, attention, add1, norm2, dense1, gelu, dense2, add2.
 * Source: Vaswani et al. 2017, §3; pre-norm as in Dosovitskiy et al. 2021, eq. 2 and 3.
 */
export function encoderBlock(x: tf.SymbolicTensor, name: string, block: EncoderBlock): tf.SymbolicTensor {
  const norm = (number: number) => new LayerNorm({ name: `${name}/norm${number}`, epsilon: block.normEpsilon });
  x = residual(`${name}/add1`, x, attentionBranch(chain(x, norm(1)), name, block));
  const normed = chain(x, norm(2));
  if (block.secondNorm === "stream") x = normed;
  return residual(`${name}/add2`, x, denseBranch(normed, name, block));
}

/** x + branch: [B, N, D]. */
export function residual(name: string, x: tf.SymbolicTensor, branch: tf.SymbolicTensor): tf.SymbolicTensor {
  return tf.layers.add({ name }).apply([x, branch]) as tf.SymbolicTensor;
}

function attentionBranch(x: tf.SymbolicTensor, name: string, block: EncoderBlock): tf.SymbolicTensor {
  const { numHeads, useQkvBias = true, dropRate, attnDropRate, dropPathRate, start } = block;
  const attention = `${name}/attention`;
  return chain(
    x,
    new MultiHeadSelfAttention({ name: attention, numHeads, useQkvBias, attnDropRate, ...start.attention(attention) }),
    ...dropout(`${name}/attention_drop`, dropRate),
    ...dropPath(`${name}/drop_path1`, dropPathRate),
  );
}

function denseBranch(x: tf.SymbolicTensor, name: string, block: EncoderBlock): tf.SymbolicTensor {
  const { embedDim, hiddenDim, activation, dropRate, dropPathRate, start } = block;
  const dense = (part: string, units: number, fanIn: number) =>
    new Linear({ name: `${name}/${part}`, units, ...start.dense(`${name}/${part}`, fanIn) });
  return chain(
    x,
    dense("dense1", hiddenDim, embedDim), // [B, N, hiddenDim]
    activate(`${name}/${activation}`, activation),
    ...dropout(`${name}/drop1`, dropRate),
    dense("dense2", embedDim, hiddenDim), // [B, N, D]
    ...dropout(`${name}/drop2`, dropRate),
    ...dropPath(`${name}/drop_path2`, dropPathRate),
  );
}

function activate(name: string, activation: EncoderBlock["activation"]): tf.layers.Layer {
  return activation === "gelu" ? new Gelu({ name }) : tf.layers.activation({ name, activation });
}
