import type { tf } from "../../backend/index.js";
import { aModel, anInteger, checkArguments, checkOptions } from "../../checks.js";
import { seedFor } from "../../layers/index.js";
import { copyModel } from "./copy-model.js";
import { configOf, layerOf } from "./layer-config.js";

/** What {@link cloneModel} takes besides. */
export interface CloneModelOptions {
  /** Of the fresh weights, any whole number: the same one, the same weights. */
  readonly seed: number;
}

/**
 * The same network from scratch, as Keras' `clone_model`: new layers under the same names, with fresh weights from the
 * layers' own initializers. Of a pruned model it is the baseline that a pruning study needs: the same small network,
 * which never was a large one.
 *
 * @param model changed in nothing; its weights are not taken over, but its trainable flags are
 * @returns a new model, which the caller disposes of
 * @throws TypeError for a layer whose class cannot make it again from its config, RangeError for the seed
 * Source: Liu et al. 2019, "Rethinking the Value of Network Pruning".
 * @example cloneModel(prune(model, { conv1: [0, 6] }), { seed: 1 })
 */
export function cloneModel(model: tf.LayersModel, options: CloneModelOptions): tf.LayersModel {
  checkArguments("cloneModel", { model }, { model: aModel });
  checkOptions("cloneModel", options, { seed: anInteger });
  return copyModel("cloneModel", model, {
    layer: (layer) => layerOf(layer, seeded(configOf(layer), options.seed, layer.name) as tf.serialization.ConfigDict),
    weights: null,
    origin: (model.getUserDefinedMetadata() as Record<string, unknown> | undefined)?.["saccadeModel"],
  });
}

/** A config whose initializers, those of layers within too, have the seeds of their names. */
function seeded(value: unknown, seed: number, name: string): unknown {
  if (Array.isArray(value)) return value.map((each, i) => seeded(each, seed, `${name}/${i}`));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => {
    const path = `${name}/${key}`;
    return [key, key.endsWith("Initializer") ? withSeed(each, seedFor(seed, path)) : seeded(each, seed, path)];
  });
  return Object.fromEntries(entries);
}

function withSeed(initializer: unknown, seed: number): unknown {
  const { className, config } = (initializer ?? {}) as { readonly className?: string; readonly config?: object };
  const isRandom = config !== undefined && config !== null && "seed" in config;
  return isRandom ? { className, config: { ...config, seed } } : initializer;
}
