import { compile, tf } from "../../backend/index.js";
import { aModel, aText, checkArguments, checkOptions, listOf, optional, type Rules } from "../../checks.js";
import { percentText, shownAs, sizesText } from "../../shown.js";
import { tableBundle } from "../summary/show-summary.js";
import { checkNumbers, imageSource, PASS_RULES, someImages, type Images, type PassOptions } from "./image-source.js";
import { kindOf } from "./layer-kinds.js";
import { layersNamed, placedLayers, recorded, type LayerRun, type PlacedLayer } from "./watch.js";

/** What a layer gives for some images. */
export interface FeatureMap {
  /** The layer's name, behind those of the models that it lies in: "stage1/block1/conv1". */
  readonly layer: string;
  /** Which of the layer's runs it is, from 0: above 0 only of a layer that the model uses again. */
  readonly use: number;
  /** [B, h, w, C] of a convolution, [B, N, D] of tokens. */
  readonly shape: readonly number[];
  /** In the order of `shape`, the last axis fastest. */
  readonly values: Float32Array;
}

/** What {@link featureMaps} takes. */
export interface FeatureMapsOptions extends PassOptions {
  /** Names of layers, with those of the models that they lie in where that is needed. Default: every convolution. */
  readonly layers?: readonly string[];
}

const RULES: Rules = { ...PASS_RULES, layers: optional(listOf(aText)) };

/**
 * What layers of a model give for images (activations), the layer's own activation function included: in evaluation
 * mode, so without dropout and with the moving statistics of batch norms.
 *
 * A notebook shows a table of them; `plots.imageGrid` draws what `channelImages` makes of one, and `plots.heatmap` what
 * `channelRows` does.
 *
 * @returns one for each run of a layer, in the model's order
 * @throws RangeError for a name that is no layer's, it lists those that are; TypeError for images of another shape
 */
export async function featureMaps(
  model: tf.LayersModel,
  images: Images,
  options: FeatureMapsOptions = {},
): Promise<readonly FeatureMap[]> {
  checkArguments("featureMaps", { model, images }, { model: aModel, images: someImages });
  checkOptions("featureMaps", options, RULES);
  const places = chosen("featureMaps", model, options.layers);
  const maps = await activations("featureMaps", model, images, { ...options, places });
  const each = maps.map((map) => shownAs(map, (shown) => mapsTable([shown]), lineOf));
  return shownAs(each, (shown) => mapsTable(shown));
}

/** The layers that were named, or every convolution. */
function chosen(fn: string, model: tf.LayersModel, names: readonly string[] | undefined): readonly PlacedLayer[] {
  const known = placedLayers(model);
  if (names !== undefined) return layersNamed(fn, names, known);
  const convolutions = known.filter(({ layer }) => kindOf(layer) === "convolution");
  if (convolutions.length === 0)
    throw new RangeError(`${fn}: layers must be named for a model without a convolution, got none`);
  return convolutions;
}

/** Of which layers, and which of their runs. */
interface ActivationsOf {
  readonly places: readonly PlacedLayer[];
  /** What a layer gives, or takes. Default "output". */
  readonly of?: "output" | "input";
  /** Whether of all runs only the last is wanted. Default false. */
  readonly lastOnly?: boolean;
}

/** What layers give or take for all images, of whatever number, in the order in which they run. */
export async function activations(
  fn: string,
  model: tf.LayersModel,
  images: Images,
  options: PassOptions & ActivationsOf,
): Promise<FeatureMap[]> {
  const source = imageSource(fn, model, images, options);
  let runs: readonly Omit<LayerRun, "tensor">[] = [];
  const forward = compile(
    (batch: tf.Tensor) => {
      const found = recorded(model, batch, options.places, { of: options.of ?? "output" }).runs;
      const wanted = options.lastOnly ? found.slice(-1) : found;
      runs = wanted.map(({ path, use }) => ({ path, use }));
      return wanted.map(({ tensor }) => tf.cast(tensor, "float32"));
    },
    { name: fn },
  );
  const maps: FeatureMap[] = [];
  try {
    await source.each(async (batch, first) => {
      const tensors = await forward(batch);
      try {
        if (first === 0) checkNumbers(fn, source.count, tensors);
        for (const [i, tensor] of tensors.entries()) {
          const [size, shape] = [tensor.size / tensor.shape[0]!, [source.count, ...tensor.shape.slice(1)]];
          const { path: layer, use } = runs[i]!;
          maps[i] ??= { layer, use, shape, values: new Float32Array(source.count * size) };
          maps[i].values.set((await tensor.data()) as Float32Array, first * size);
        }
      } finally {
        tf.dispose(tensors);
      }
    });
  } finally {
    forward.dispose();
  }
  return maps;
}

/** "conv1", and of a layer's second run "conv1 (2)". */
export function runName({ layer, use }: Pick<FeatureMap, "layer" | "use">): string {
  return use === 0 ? layer : `${layer} (${use + 1})`;
}

function lineOf(map: FeatureMap): string {
  return `${runName(map)}: activations [${map.shape.join(", ")}]`;
}

function mapsTable(maps: readonly FeatureMap[]) {
  const number = (value: number) => Number(value.toPrecision(3)).toString();
  const rows = maps.map((map) => {
    let [least, greatest, sum, zeros] = [Infinity, -Infinity, 0, 0];
    for (const value of map.values) {
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
      sum += value;
      if (value === 0) zeros++;
    }
    const { length } = map.values;
    const share = percentText(zeros / length);
    return [runName(map), sizesText(map.shape.slice(1)), ...[least, sum / length, greatest].map(number), share];
  });
  const images = maps[0]?.shape[0] ?? 0;
  const title = `Activations for ${images} image${images === 1 ? "" : "s"}`;
  return tableBundle(["layer", "shape", "least", "mean", "greatest", "zero"], rows, title);
}
