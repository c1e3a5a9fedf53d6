import type { tf } from "../../backend/index.js";

/** What a layer does, as far as analysis asks. */
export type LayerKind = "convolution" | "dense" | "attention" | "other";

const KINDS: Readonly<Record<Exclude<LayerKind, "other">, readonly string[]>> = {
  convolution: ["Conv2D", "Conv2d", "Conv2DTranspose", "DepthwiseConv2D", "SeparableConv2D", "UnfoldConv2d"],
  dense: ["Dense", "Linear"],
  attention: ["MultiHeadSelfAttention", "SpatialSelfAttention"],
};

/** By its class, tf.layers' and ours. */
export function kindOf(layer: tf.layers.Layer): LayerKind {
  const name = layer.getClassName();
  const found = Object.entries(KINDS).find(([, classes]) => classes.includes(name));
  return (found?.[0] ?? "other") as LayerKind;
}
