import type { tf } from "../../backend/index.js";
import { aModel, checkValue } from "../../checks.js";
import { DISPLAY, shownAs, type ShowsItself } from "../../shown.js";
import { table } from "../../table.js";
import { removalOf, unitCount, unitLayers, unitLayersWithin } from "./removal.js";

/** A convolution or a dense layer, and whether its units can be pruned. */
export interface PrunableLayer {
  /** The layer's name; within a model inside, behind that one's, "encoder/conv1". */
  readonly layer: string;
  /** Its class, "Conv2d". */
  readonly className: string;
  /** Filters or neurons. */
  readonly units: number;
  /** Why its units cannot go by themselves; null where they can. */
  readonly reason: string | null;
}

/**
 * Which layers of a model have units that `prune` can take, and why not the others: their units are the classes, are
 * added to others, feed a layer that takes all of them together, or lie in a model within.
 *
 * @throws TypeError for what is no model
 * @example prunableLayers(model).filter(({ reason }) => reason === null).map(({ layer }) => layer)
 */
export function prunableLayers(model: tf.LayersModel): readonly PrunableLayer[] & ShowsItself {
  checkValue("prunableLayers", "model", model, aModel);
  const row = (layer: tf.layers.Layer, name: string, reason: string | null): PrunableLayer => ({
    layer: name,
    className: layer.getClassName(),
    units: unitCount(layer),
    reason,
  });
  const found = [
    ...unitLayers(model).map((layer) => row(layer, layer.name, reasonOf(model, layer))),
    ...unitLayersWithin(model).map(({ layer, path, inner }) =>
      row(layer, path, `${inner}, a model within, which stays as it is: prune it by itself`),
    ),
  ];
  return shownAs(found, (layers) => {
    const rows = layers.map(({ layer, className, units, reason }) => [layer, className, units, reason ?? "yes"]);
    return table(["layer", "kind", "units", "can be pruned"], rows)[DISPLAY]();
  });
}

function reasonOf(model: tf.LayersModel, layer: tf.layers.Layer): string | null {
  if (unitCount(layer) === 1) return "it has one unit";
  try {
    removalOf("prunableLayers", model, { [layer.name]: [0] });
    return null;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return error.message.slice(error.message.indexOf(", got ") + ", got ".length);
  }
}
