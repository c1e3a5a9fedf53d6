import { tf } from "../../backend/index.js";
import { copyModel } from "./copy-model.js";
import { refitted } from "./initial-scale.js";
import { configOf, layerOf } from "./layer-config.js";
import { lastName, weightsOf } from "./model-graph.js";
import type { AxisPlaces, Passage } from "./passages.js";
import { removalOf, type UnitsByLayer } from "./removal.js";
import { prunedOrigin } from "./pruned-origin.js";

/**
 * A really smaller network, without these units: new layers under the same names, with fewer filters and neurons, and
 * the weights that are left. Its outputs are those of the network in which the units are masked (see
 * {@link maskUnits}), to float rounding. A kernel loses its columns, and what follows loses the rows that took them: of
 * a flattened map one for each pixel. A batch norm loses the channels; a bias takes in what a masked unit still gives
 * behind an activation that is not 0 at 0 (a sigmoid's 0.5).
 *
 * Units pass through convolutions, dense layers, pooling, batch norms, activations, dropout, flatten, reshape, padding,
 * concatenation, and depthwise and separable convolutions. Where units are added to others, as at the end of a residual
 * block, they go where the same ones go on both sides.
 *
 * @param model changed in nothing; its layers keep their trainable flags
 * @param units by layer what goes: filters or neurons, from 0
 * @returns a new model, which the caller disposes of. It learns, saves and loads as any other; where `createModel` can
 *   say its sizes, it is noted with it how
 * @throws RangeError for a layer or a unit that is not there, and for units that cannot go: those of the last layer, of
 *   one that feeds attention, a norm over all channels or an addition whose other side stays. The error names the layer
 *   and the reason
 * @throws TypeError for a layer whose class cannot make it again from its config
 * Source: Li et al. 2017, "Pruning Filters for Efficient ConvNets", §3.
 * @example prune(model, { conv1: [0, 6], dense1: [3] })
 */
export function prune(model: tf.LayersModel, units: UnitsByLayer): tf.LayersModel {
  return smaller("prune", model, units);
}

/** {@link prune} under the name of the public function that was called. */
export function smaller(fn: string, model: tf.LayersModel, units: UnitsByLayer): tf.LayersModel {
  const removal = removalOf(fn, model, units);
  return copyModel(fn, model, {
    layer: (layer) => {
      const passage = removal.get(layer);
      if (passage?.config === undefined && passage?.stays === undefined) return undefined;
      const config = { ...configOf(layer), ...passage.config };
      const [before, after] = [weightsOf(layer).map(({ shape }) => shape as number[]), shapesLeft(layer, passage)];
      return layerOf(layer, refitted(config, before, after));
    },
    weights: (layer) => weightsOf(layer).map((weight) => left(layer, weight, removal.get(layer))),
    origin: prunedOrigin(model, units),
  });
}

function stayingOf(weight: tf.LayerVariable, passage: Passage | undefined): readonly AxisPlaces[] {
  return passage?.stays?.[lastName(weight)] ?? [];
}

function axisOf(axis: number, rank: number): number {
  return axis < 0 ? rank + axis : axis;
}

function shapesLeft(layer: tf.layers.Layer, passage: Passage): readonly number[][] {
  return weightsOf(layer).map((weight) => {
    const shape = [...(weight.shape as number[])];
    for (const { axis, places } of stayingOf(weight, passage)) shape[axisOf(axis, shape.length)] = places.length;
    return shape;
  });
}

/** What is left of a weight; of a bias with what the units gave that have gone. */
function left(layer: tf.layers.Layer, weight: tf.LayerVariable, passage: Passage | undefined): tf.Tensor {
  return tf.tidy(() => {
    const { folded } = passage ?? {};
    let value = weight.read().clone();
    if (folded && lastName(weight) === "bias") {
      const kernel = weightsOf(layer)
        .find((each) => lastName(each) === folded.weight)!
        .read();
      const rows = gathered(kernel, { axis: -2, places: folded.places });
      const axes = rows.shape.map((_, axis) => axis).slice(0, -1);
      value = tf.add(value, tf.mul(tf.sum(rows, axes), folded.rest));
    }
    return stayingOf(weight, passage).reduce(gathered, value);
  });
}

function gathered(value: tf.Tensor, { axis, places }: AxisPlaces): tf.Tensor {
  return tf.gather(value, tf.tensor1d([...places], "int32"), axisOf(axis, value.rank));
}
