import { compile, tf } from "../../backend/index.js";
import {
  aModel,
  aNatural,
  aText,
  checkArguments,
  checkOptions,
  either,
  listOf,
  optional,
  type Rules,
} from "../../checks.js";
import { forwardOf } from "../../layers/forward.js";
import { shownAs } from "../../shown.js";
import type { TokenPlaces } from "../attention/attention-maps.js";
import { imageSource, PASS_RULES, someImages, type Images, type PassOptions } from "./image-source.js";
import { kindOf } from "./layer-kinds.js";
import { firstToken, placeTokens, someTokens } from "./place-tokens.js";
import { layersNamed, placedLayers, recorded, watched, type PlacedLayer } from "./watch.js";

/** Where in images a class is seen, as far as one layer tells. */
export interface GradCam {
  /** The layer whose maps are weighted. */
  readonly layer: string;
  /** Which class each map is of [B]. */
  readonly classes: readonly number[];
  /** [B, h, w] flat, 0 or more: what speaks for the class. */
  readonly maps: Float32Array;
  /** [h, w] */
  readonly mapShape: readonly [number, number];
}

/** What {@link gradCam} takes. */
export interface GradCamOptions extends PassOptions {
  /** Which class is asked for: one for all images, or one an image [B]. Default: each image's most probable. */
  readonly classes?: number | ArrayLike<number>;
  /**
   * The name of a layer that gives maps [B, h, w, C], or tokens [B, N, D] with `tokens`. Default: the last convolution;
   * with `tokens` the layer before the last attention. Of a residual network the end of the last block, such as
   * "stage4/block2/relu2", is what other programs take.
   */
  readonly layer?: string;
  /** How tokens lie on the image, one more than there are places being a class token. Default: there are no tokens. */
  readonly tokens?: TokenPlaces;
}

const RULES: Rules = {
  ...PASS_RULES,
  classes: optional(either(aNatural, listOf(aNatural))),
  layer: optional(aText),
  tokens: optional(someTokens),
};

/**
 * Grad-CAM: a layer's channels added up, each weighted by the mean over its places of the gradient of the class's
 * logit, and what is below 0 left out. A softmax at the model's end is left out too, as its gradient mixes the classes;
 * a sigmoid stays. In evaluation mode; changes nothing.
 *
 * `plots.attentionOverlay({ title, images, imageShape, ...upsampledMaps(cam, [H, W]) })` draws it over the images.
 *
 * @param images normalized, or a set in memory; some 10 at a time are taken
 * @returns maps of the layer's own size
 * @throws RangeError for a name that is no layer's, a class that is none, a model without a convolution where no
 *   layer is named, or one whose gradients are not numbers; TypeError for a layer of another shape, or a model whose
 *   output is not [B, K]
 * Source: Selvaraju et al. 2017, eq. 1 and 2.
 */
export async function gradCam(model: tf.LayersModel, images: Images, options: GradCamOptions = {}): Promise<GradCam> {
  checkArguments("gradCam", { model, images }, { model: aModel, images: someImages });
  checkOptions("gradCam", options, RULES);
  const source = imageSource("gradCam", model, images, { fallbackSize: 10, ...options });
  const asked = classesOf(model, options.classes, source.count);
  const places = candidates(model, options);
  let layer = "";
  const explain = compile(
    (batch: tf.Tensor, classes: tf.Tensor): [tf.Tensor, tf.Tensor] => {
      const found = explained(model, batch, asked ? classes : null, places, options.tokens);
      layer = found.layer;
      return [found.maps, found.classes];
    },
    { name: "gradCam" },
  );
  const classes: number[] = [];
  let all = new Float32Array();
  let mapShape: readonly number[] = [];
  try {
    await source.each(async (batch, first) => {
      const wanted = tf.tensor1d(asked?.slice(first, first + batch.shape[0]!) ?? [0], "int32");
      const found = await explain(batch, wanted);
      wanted.dispose();
      mapShape = found[0].shape.slice(1);
      const [maps, picked] = await Promise.all(found.map((tensor) => tensor.data()));
      tf.dispose(found);
      const size = maps!.length / batch.shape[0]!;
      if (first === 0) all = new Float32Array(size * source.count);
      all.set(positive(maps!), first * size);
      classes.push(...picked!);
    });
  } finally {
    explain.dispose();
  }
  const placed = options.tokens
    ? placeTokens(all, options.tokens)
    : { maps: all, mapShape: mapShape as [number, number] };
  const cam: GradCam = { layer, classes, ...placed };
  return shownAs(cam, ({ mapShape: [height, width] }) => {
    const counted = classes.length === 1 ? "1 image" : `${classes.length} images`;
    const text = `Grad-CAM of ${counted} at ${layer}, maps of ${height} × ${width}, classes ${short(classes)}`;
    return { "text/plain": text };
  });
}

/** What speaks for a class. @throws RangeError for NaN, which TensorFlow's ReLU makes 0 of */
function positive(maps: tf.TypedArray): Float32Array {
  if (maps.some(Number.isNaN)) throw new RangeError("gradCam: model must give finite gradients, got NaN");
  return Float32Array.from(maps, (value) => Math.max(0, value));
}

/** Maps [B, h, w] of the last run of the last of these layers; of tokens [B, N], the class token left out. */
function explained(
  model: tf.LayersModel,
  batch: tf.Tensor,
  asked: tf.Tensor | null,
  places: readonly PlacedLayer[],
  tokens: TokenPlaces | undefined,
): { layer: string; maps: tf.Tensor; classes: tf.Tensor } {
  const { runs, output } = recorded(model, batch, places, { logits: true });
  const { path: layer, use, tensor: maps } = runs.at(-1)!;
  const classes = asked ?? tf.argMax(output, -1);
  const own = tf.range(0, output.shape[1]!, 1, "int32"); // tfjs' oneHot refuses one class
  const chosen = tf.cast(tf.equal(tf.expandDims(classes, 1), own), "float32"); // [B, K]
  const place = places.filter(({ path }) => path === layer);
  const logit = (given: tf.Tensor): tf.Tensor =>
    watched(
      place,
      (run) => (run.use === use ? given : undefined),
      () => tf.sum(tf.mul(forwardOf(model, batch, true), chosen)),
    );
  const first = tokens ? firstToken("gradCam", maps.shape[1]!, tokens) : 0;
  const placed = (all: tf.Tensor) => (first === 0 ? all : tf.slice(all, [0, first, 0])); // no class token
  const gradient = placed(tf.grad(logit)(maps));
  const weights = tf.mean(gradient, tokens ? [1] : [1, 2], true);
  return { layer, maps: tf.sum(tf.mul(weights, placed(maps)), -1), classes };
}

/** The layer that is named, or those of which the last that runs is taken. */
function candidates(model: tf.LayersModel, { layer, tokens }: GradCamOptions): readonly PlacedLayer[] {
  const known = placedLayers(model);
  if (layer !== undefined) {
    const named = layersNamed("gradCam", [layer], known, "layer");
    checkMaps(named[0]!, tokens);
    return named;
  }
  const convolutions = known.filter((place) => kindOf(place.layer) === "convolution");
  if (tokens === undefined && convolutions.length > 0) return convolutions;
  const attention = known.findLast((place) => kindOf(place.layer) === "attention");
  const before = attention?.layer.inboundNodes[0]?.inboundLayers[0];
  const found = known.find((place) => place.layer === before);
  if (tokens !== undefined && found !== undefined) {
    checkMaps(found, tokens);
    return [found];
  }
  const cure = attention === undefined ? "" : ", or tokens be given";
  const why = tokens === undefined ? `a convolution${cure}` : "an attention layer";
  throw new RangeError(`gradCam: layer must be named for a model without ${why}, got none`);
}

/** @throws TypeError for a layer that gives something else; RangeError for another number of tokens */
function checkMaps({ layer, path }: PlacedLayer, tokens: TokenPlaces | undefined): void {
  const { outputShapes } = layer.inboundNodes.at(-1)!;
  const shape = (Array.isArray(outputShapes[0]) ? outputShapes[0] : outputShapes) as tf.Shape;
  if (shape.length !== (tokens ? 3 : 4)) {
    const wanted = tokens ? "tokens [B, N, D]" : "maps [B, h, w, C]";
    const got = shape.map((size) => size ?? "B").join(", ");
    throw new TypeError(`gradCam: layer must give ${wanted}, got [${got}] of ${path}`);
  }
  if (tokens && shape[1] != null) firstToken("gradCam", shape[1], tokens);
}

/** One class an image; null where each image's most probable is meant. */
function classesOf(model: tf.LayersModel, classes: GradCamOptions["classes"], count: number): number[] | null {
  const { shape } = model.outputs[0]!;
  const most = shape[1];
  if (shape.length !== 2 || most == null) {
    const got = shape.map((size) => size ?? "B").join(", ");
    throw new TypeError(`gradCam: model must give one number a class, [B, K], got [${got}]`);
  }
  if (classes === undefined) return null;
  const all = typeof classes === "number" ? Array<number>(count).fill(classes) : Array.from(classes);
  if (all.length !== count) throw new RangeError(`gradCam: classes must be ${count}, one an image, got ${all.length}`);
  const wrong = all.find((label) => label >= most);
  if (wrong !== undefined) throw new RangeError(`gradCam: classes must be 0 to ${most - 1}, got ${wrong}`);
  return all;
}

function short(classes: readonly number[]): string {
  return classes.length <= 10
    ? classes.join(", ")
    : `${classes.slice(0, 10).join(", ")} and ${classes.length - 10} more`;
}
