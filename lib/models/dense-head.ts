import { tf } from "../backend/index.js";
import { Linear } from "../layers/index.js";
import { chain, dropout as drops, type LayerStart } from "./parts.js";

export interface DenseHeadOptions {
  /** Widths of the dense layers before the last, each with ReLU. */
  readonly hidden: readonly number[];
  readonly numClasses: number;
  /** Probability of dropping a number, 0 to below 1. */
  readonly dropRate: number;
  /** Whether dropout comes before each hidden layer, or after each one's ReLU. */
  readonly dropout: "before" | "after";
  /** The initializers of a layer by its name and fan-in. */
  readonly start: (name: string, fanIn: number) => LayerStart;
}

/**
 * The dense end of AlexNet and VGG: [B, H, W, C] → flatten → (dense, ReLU, dropout) for each of hidden → dense: [B, K].
 * A flattened map holds its pixels row by row, the channels of a pixel together.
 * Layers: flatten, drop1, dense1, dense1_relu, … head.
 */
export function denseHead(
  map: tf.SymbolicTensor,
  { hidden, numClasses, dropRate, dropout, start }: DenseHeadOptions,
): tf.SymbolicTensor {
  let x = tf.layers.flatten({ name: "flatten" }).apply(map) as tf.SymbolicTensor; // [B, H·W·C]
  for (const [index, units] of hidden.entries()) {
    const name = `dense${index + 1}`;
    const drop = drops(`drop${index + 1}`, dropRate);
    const dense = [new Linear({ name, units, ...start(name, x.shape[1]!) }), tf.layers.reLU({ name: `${name}_relu` })];
    x = chain(x, ...(dropout === "before" ? [...drop, ...dense] : [...dense, ...drop])); // [B, units]
  }
  return chain(x, new Linear({ name: "head", units: numClasses, ...start("head", x.shape[1]!) }));
}
