import type { tf } from "../../backend/index.js";

/** Arguments that tfjs' own getConfig leaves out or mistakes, which are in the layer's fields as they were given. */
const FORGOTTEN: Readonly<Record<string, readonly string[]>> = {
  SeparableConv2D: ["depthMultiplier"],
  DepthwiseConv2D: ["depthwiseConstraint"], // it gives its regularizer for that
};

/** What a layer can be made of again. */
export function configOf(layer: tf.layers.Layer): tf.serialization.ConfigDict {
  const fields = layer as unknown as tf.serialization.ConfigDict;
  const forgotten = (FORGOTTEN[layer.getClassName()] ?? []).map((name) => [name, fields[name]]);
  return { ...layer.getConfig(), ...(Object.fromEntries(forgotten) as tf.serialization.ConfigDict) };
}

/** A layer of the same class by a config. */
export function layerOf(layer: tf.layers.Layer, config: tf.serialization.ConfigDict): tf.layers.Layer {
  const { fromConfig } = layer.constructor as unknown as {
    fromConfig(cls: unknown, config: tf.serialization.ConfigDict): tf.layers.Layer;
  };
  return fromConfig.call(layer.constructor, layer.constructor, config);
}
