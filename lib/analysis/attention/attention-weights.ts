import { tf } from "../../backend/index.js";
import { aModel, aText, checkArguments, checkValue, listOf, optional } from "../../checks.js";
import { MultiHeadSelfAttention, SequencePooling, SpatialSelfAttention } from "../../layers/index.js";
import { didYouMean } from "../../nearest.js";
import { shownAs } from "../../shown.js";
import { checkNumbers, imageSource, someImages, type Images } from "../features/image-source.js";
import { usesOf, type LayerUse, type Scope } from "../graph/layer-uses.js";
import { pixelWeights, poolingWeights, tokenWeights } from "./probabilities.js";
import { tokenGrid, type TokenGrid } from "./token-places.js";

/** The attention probabilities of one layer. */
export interface AttentionWeights {
  /** The layer's name, "block3/attention"; within a model inside, "encoder/block3/attention". */
  readonly layer: string;
  /**
   * "tokens": from each token to each token, per head; "pooling": from a sequence pooling's one query to each token;
   * "pixels": from each pixel to each of the pooled pixels, one head.
   */
  readonly kind: "tokens" | "pooling" | "pixels";
  /** [B, heads, queries, keys]; each row of keys sums to 1. */
  readonly shape: readonly [number, number, number, number];
  /** In the order of `shape`, the last axis fastest. */
  readonly values: Float32Array;
  /** How the tokens lie on the image; undefined where that is not found, and for pixels. */
  readonly tokens?: TokenGrid;
  /** Rows and columns that the queries and the keys of "pixels" form; undefined for tokens. */
  readonly grid?: {
    /** Rows and columns of the queries. */
    readonly queries: readonly [number, number];
    /** Rows and columns of the keys. */
    readonly keys: readonly [number, number];
    /** [H, W, C] of the image that they lie on. */
    readonly imageShape?: readonly [number, number, number];
  };
}

/**
 * What a model's attention layers look at, for a batch of images: those of models within it too, and the weights of a
 * sequence pooling. Their inputs are computed by a second graph of the same layers, in one pass, and their
 * probabilities again from their weights: the model stays as it is.
 *
 * @param images normalized [B, H, W, C]; the caller keeps them. Or a set in memory, `datasets.subset(cifar.test, {
 *   count: 8 })`: its pixels are normalized by what is noted with the model, else by the set's own mean and std
 * @param layers names of attention layers; all of the model's by default
 * @throws RangeError for a name that is no attention layer of the model (it lists those that are), and for so many
 *   images that their weights would be more than 2^28 numbers; TypeError for images of another shape and for a model of
 *   several inputs
 */
export async function attentionWeights(
  model: tf.LayersModel,
  images: Images,
  layers?: readonly string[],
): Promise<AttentionWeights[]> {
  const fn = "attentionWeights";
  checkArguments(fn, { model, images, layers }, { model: aModel, images: someImages, layers: optional(listOf(aText)) });
  const uses = chosen(model, layers);
  const source = imageSource(fn, model, images, { anyOutputs: true });
  const imageShape = shapeOf(images);
  const all: AttentionWeights[] = [];
  await source.each(async (batch, first) => {
    const { found, inputShapes } = weightsIn(batch as tf.Tensor4D, uses);
    try {
      if (first === 0) checkNumbers(fn, source.count, found);
      const values = await Promise.all(found.map((tensor) => tensor.data()));
      for (const [i, { shape }] of found.entries()) {
        const [size, use] = [shape[1]! * shape[2]! * shape[3]!, uses[i]!];
        all[i] ??= asWeights({
          layer: use.name,
          kind: kindOf(use.layer),
          shape: [source.count, shape[1]!, shape[2]!, shape[3]!],
          values: new Float32Array(source.count * size),
          ...placesOf(use, inputShapes[i]!, imageShape),
        });
        all[i].values.set(values[i]!, first * size);
      }
    } finally {
      tf.dispose(found);
    }
  });
  return all;
}

/** The layers' uses that were named, or all. */
function chosen(model: tf.LayersModel, layers: readonly string[] | undefined): readonly LayerUse[] {
  const all = usesOf({ model }, isAttention);
  const known = all.map(({ name }) => name);
  const stranger = layers?.find((name) => !known.includes(name));
  if (stranger !== undefined)
    throw new RangeError(
      `attentionWeights: layers must be of ${known.join(", ") || "(the model has none)"}, got ${stranger}` +
        didYouMean(stranger, known),
    );
  return layers ? layers.map((name) => all[known.indexOf(name)]!) : all;
}

/** The probabilities of each use for one batch, and the shapes of what it takes in. */
function weightsIn(batch: tf.Tensor4D, uses: readonly LayerUse[]): { found: tf.Tensor[]; inputShapes: number[][] } {
  const inputShapes: number[][] = [];
  const found = tf.tidy(() => {
    const values = new Values(batch, uses);
    return uses.map(({ layer, input, scope }) => {
      const x = values.of(input, scope);
      inputShapes.push(x.shape);
      return weightsOf(layer, x);
    });
  });
  return { found, inputShapes };
}

/**
 * Names of a model's attention layers, in its order; sequence pooling is one. A layer of a model inside stands behind
 * that one's name, "encoder/block1/attention".
 * @throws TypeError for what is no model
 */
export function attentionLayers(model: tf.LayersModel): string[] {
  checkValue("attentionLayers", "model", model, aModel);
  return usesOf({ model }, isAttention).map(({ name }) => name);
}

function isAttention(layer: tf.layers.Layer): boolean {
  return [MultiHeadSelfAttention, SpatialSelfAttention, SequencePooling].some((Class) => layer instanceof Class);
}

function kindOf(layer: tf.layers.Layer): AttentionWeights["kind"] {
  if (layer instanceof SpatialSelfAttention) return "pixels";
  return layer instanceof SequencePooling ? "pooling" : "tokens";
}

/** [H, W, C] @throws TypeError for images of another rank */
function shapeOf(images: Images): TokenGrid["imageShape"] {
  const shape = "imageShape" in images ? images.imageShape : images.shape.slice(1);
  if (shape.length !== 3)
    throw new TypeError(`attentionWeights: images must be [B, H, W, C], got [${["B", ...shape].join(", ")}]`);
  return shape as [number, number, number];
}

/** [B, heads, queries, keys] */
function weightsOf(layer: tf.layers.Layer, x: tf.Tensor): tf.Tensor {
  if (layer instanceof SpatialSelfAttention) return pixelWeights(layer, x as tf.Tensor4D);
  if (layer instanceof SequencePooling) return poolingWeights(layer, x as tf.Tensor3D);
  return tokenWeights(layer as MultiHeadSelfAttention, x as tf.Tensor3D);
}

/** What flows through a model's graph, and the graphs of models within it, computed once for each of them. */
class Values {
  private readonly known = new Map<Scope, ReadonlyMap<tf.SymbolicTensor, tf.Tensor>>();
  constructor(
    private readonly images: tf.Tensor4D,
    private readonly uses: readonly LayerUse[],
  ) {}

  of(tensor: tf.SymbolicTensor, scope: Scope): tf.Tensor {
    const known = this.known.get(scope) ?? this.computed(scope);
    this.known.set(scope, known);
    return known.get(tensor)!;
  }

  /** All that is asked of one model: what its wanted layers take in, and the models within that hold some. */
  private computed(scope: Scope): ReadonlyMap<tf.SymbolicTensor, tf.Tensor> {
    const { model, inputs, outer } = scope;
    const given = inputs && outer ? inputs.map((input) => this.of(input, outer)) : [this.images];
    const found = new Map<tf.SymbolicTensor, tf.Tensor>(model.inputs.map((input, i) => [input, given[i]!]));
    const asked = new Set(this.uses.flatMap((use) => wantedIn(scope, use)));
    const wanted = [...asked].filter((tensor) => !found.has(tensor));
    if (wanted.length === 0) return found;
    const upTo = tf.model({ name: `${model.name}_to_attention`, inputs: model.inputs, outputs: wanted });
    const outputs = [upTo.apply(given, { training: false })].flat() as tf.Tensor[];
    for (const [i, tensor] of wanted.entries()) found.set(tensor, outputs[i]!);
    return found;
  }
}

/** The tensors of one model that a use asks for. */
function wantedIn(scope: Scope, { input, scope: own }: LayerUse): readonly tf.SymbolicTensor[] {
  if (own === scope) return [input];
  for (let inner: Scope | undefined = own; inner !== undefined; inner = inner.outer)
    if (inner.outer === scope) return inner.inputs!;
  return [];
}

function placesOf(
  use: LayerUse,
  inputShape: readonly number[],
  imageShape: TokenGrid["imageShape"],
): Pick<AttentionWeights, "tokens" | "grid"> {
  if (use.layer instanceof SpatialSelfAttention) {
    const [, height, width] = inputShape as [number, number, number];
    return { grid: { queries: [height, width], keys: [Math.floor(height / 2), Math.floor(width / 2)], imageShape } };
  }
  const tokens = tokenGrid(use, inputShape[1]!, imageShape);
  return tokens === undefined ? {} : { tokens };
}

/** The same weights; a notebook shows them in a line. */
export function asWeights(weights: AttentionWeights): AttentionWeights {
  return shownAs(weights, (shown) => ({ "text/plain": weightsText(shown) }));
}

function weightsText({ layer, kind, shape: [images, heads, queries, keys], tokens }: AttentionWeights): string {
  const who = { tokens: "token", pooling: "sequence pooling", pixels: "pixel" }[kind];
  const before = tokens && tokens.numPrefixTokens > 0 ? `${tokens.numPrefixTokens} class token and ` : "";
  const isGrid = tokens?.form === "patches";
  const where = isGrid ? `: ${before}${tokens.rows} × ${tokens.columns} of the image` : "";
  return (
    `${layer}: attention of ${images} image${images === 1 ? "" : "s"}, ${heads} head${heads === 1 ? "" : "s"}, ` +
    `from ${queries} ${who}${queries === 1 ? "" : "s"} to ${keys}${where}`
  );
}
