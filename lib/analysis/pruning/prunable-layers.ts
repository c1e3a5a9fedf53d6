import type { tf } from "../../backend/index.js";
import { aModel, checkValue } from "../../checks.js";
import { DISPLAY, shownAs, type ShowsItself } from "../../shown.js";
import { table } from "../../table.js";
import { removalOf, unitCount, unitLayers } from "./removal.js";

/** A convolution or a dense layer, and whether its units can be pruned. */
export interface PrunableLayer {
  /** The layer's name. */
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
 * added to others, or feed a layer that takes all of them together.
 *
 * @throws TypeError for what is no model
 * @example prunableLayers(model).filter(({ reason }) => reason === null).map(({ layer }) => layer)
 */
export function prunableLayers(model: tf.LayersModel): readonly PrunableLayer[] & ShowsItself {
  checkValue("prunableLayers", "model", model, aModel);
  const found = unitLayers(model).map((layer) => ({
    layer: layer.name,
    className: layer.getClassName(),
    units: unitCount(layer),
    reason: reasonOf(model, layer),
  }));
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
