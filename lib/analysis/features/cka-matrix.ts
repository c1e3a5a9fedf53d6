import type { tf } from "../../backend/index.js";
import { aFlag, aModel, aText, checkArguments, checkOptions, listOf, optional, type Rules } from "../../checks.js";
import { cellSignal } from "../../host.js";
import { shownAs } from "../../shown.js";
import { tableBundle } from "../summary/show-summary.js";
import { alignment, checkRows, similarities, type CkaOptions, type Similarities } from "./cka.js";
import { activations, runName } from "./feature-maps.js";
import { imageSource, PASS_RULES, someImages, type Images, type PassOptions } from "./image-source.js";
import { kindOf } from "./layer-kinds.js";
import { layersNamed, placedLayers, type PlacedLayer } from "./watch.js";

/** Linear CKA between layers; `plots.heatmap({ title, ...matrix, valueLabel, xLabel, yLabel })` draws it. */
export interface CkaMatrix {
  /** [rows][columns], 0 to 1; NaN where a layer gives the same for all images. */
  readonly values: readonly (readonly number[])[];
  /** The first model's layers. */
  readonly rowNames: readonly string[];
  /** The second model's. */
  readonly columnNames: readonly string[];
}

/** What {@link ckaMatrix} takes. */
export interface CkaMatrixOptions extends PassOptions, CkaOptions {
  /** Names of the first model's layers. Default: every convolution, attention and dense layer. */
  readonly layers?: readonly string[];
  /** Names of the second model's. Default: `layers` where both are one model; else as for the first. */
  readonly otherLayers?: readonly string[];
}

/** Layers that a table shows beside each other. */
const MOST_COLUMNS = 8;

const RULES: Rules = {
  ...PASS_RULES,
  layers: optional(listOf(aText)),
  otherLayers: optional(listOf(aText)),
  debiased: optional(aFlag),
};

/**
 * Linear CKA between the layers of one model, or of two, for the same images: which layers see alike. A few hundred
 * images do; the images' similarities are kept for each layer, N² numbers.
 *
 * @param model whose layers are the rows
 * @param other whose layers are the columns; the same model again compares its layers with each other
 * @throws RangeError for a name that is no layer's, or too few images; TypeError for images of another shape
 * Source: Kornblith et al. 2019, figure 2 and §6; see `cka`.
 */
export async function ckaMatrix(
  model: tf.LayersModel,
  other: tf.LayersModel,
  images: Images,
  options: CkaMatrixOptions = {},
): Promise<CkaMatrix> {
  const fn = "ckaMatrix";
  checkArguments(fn, { model, other, images }, { model: aModel, other: aModel, images: someImages });
  checkOptions(fn, options, RULES);
  const { debiased = false, layers } = options;
  const { otherLayers = other === model ? layers : undefined } = options;
  const [rows, columns] = [chosen(fn, model, layers), chosen(fn, other, otherLayers, "otherLayers")];
  checkRows(fn, imageSource(fn, model, images, options).count, debiased);
  imageSource(fn, other, images, options);
  const down = await ofLayers(fn, model, images, { ...options, debiased, places: rows });
  const isSame =
    other === model && rows.length === columns.length && rows.every((row, i) => row.path === columns[i]!.path);
  const across = isSame ? down : await ofLayers(fn, other, images, { ...options, debiased, places: columns });
  const matrix: CkaMatrix = {
    values: [...down.values()].map((row) => [...across.values()].map((column) => alignment(row, column))),
    rowNames: [...down.keys()],
    columnNames: [...across.keys()],
  };
  return shownAs(matrix, ({ values, rowNames, columnNames }) => {
    if (columnNames.length > MOST_COLUMNS) {
      const what = `linear CKA of ${rowNames.length} × ${columnNames.length} layers`;
      return { "text/plain": `${what}; plots.heatmap({ title, ...matrix, valueLabel, xLabel, yLabel }) draws it` };
    }
    const cells = values.map((row, i) => [rowNames[i]!, ...row.map((value) => value.toFixed(2))]);
    return tableBundle(["linear CKA", ...columnNames], cells);
  });
}

function chosen(fn: string, model: tf.LayersModel, names: readonly string[] | undefined, option = "layers") {
  const known = placedLayers(model);
  if (names !== undefined && names.length > 0) return layersNamed(fn, names, known, option);
  const found = known.filter(({ layer }) => kindOf(layer) !== "other");
  if (found.length === 0 || names !== undefined)
    throw new RangeError(`${fn}: ${option} must name one layer or more, got none`);
  return found;
}

/** Numbers of features that are held at a time, where one layer alone has not more: 256 MiB of float32. */
const NUMBERS_AT_ONCE = 2 ** 26;

/** By the runs' names. Some layers in one pass, so that not all of their features are held at a time. */
async function ofLayers(
  fn: string,
  model: tf.LayersModel,
  images: Images,
  options: PassOptions & { readonly places: readonly PlacedLayer[]; readonly debiased: boolean },
): Promise<ReadonlyMap<string, Similarities>> {
  const found = new Map<string, Similarities>();
  for (const places of groups(options.places, imageSource(fn, model, images, options).count)) {
    for (const run of await activations(fn, model, images, { ...options, places })) {
      const [n, d] = [run.shape[0]!, run.values.length / run.shape[0]!];
      found.set(runName(run), await similarities({ values: run.values, n, d }, options.debiased));
      cellSignal()?.throwIfAborted();
    }
  }
  return found;
}

/** The layers in their order, as many together as their features may be held; one of a free size by itself. */
function groups(places: readonly PlacedLayer[], images: number): PlacedLayer[][] {
  const all: PlacedLayer[][] = [];
  let held = Infinity;
  for (const place of places) {
    const numbers = images * featuresOf(place.layer);
    if (held + numbers > NUMBERS_AT_ONCE) {
      all.push([]);
      held = 0;
    }
    all.at(-1)!.push(place);
    held += numbers;
  }
  return all;
}

/** Of one image, over all uses of the layer; infinite where a size is free. */
function featuresOf(layer: tf.layers.Layer): number {
  const shapes = layer.inboundNodes.flatMap(({ outputShapes }) =>
    Array.isArray(outputShapes[0]) ? (outputShapes as tf.Shape[]) : [outputShapes as tf.Shape],
  );
  return shapes.reduce((sum, shape) => sum + shape.slice(1).reduce<number>((n, size) => n * (size ?? Infinity), 1), 0);
}
