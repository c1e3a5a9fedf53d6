import type { tf } from "../../backend/index.js";
import { countOf, product, sizesOf } from "./model-summary.js";

/** A row of torchsummary's table: one run of one PyTorch module. */
export interface TorchRow {
  /** The module's class, "Conv2d". */
  readonly type: string;
  /** Channels first, without the batch; two for a module that gives two tensors. */
  readonly outputShapes: readonly (readonly number[])[];
  /** Numbers of weights and biases, as torchsummary counts them; of a frozen layer too. */
  readonly params: number;
  /** Those that training learns: `params`, or 0 for a frozen layer. */
  readonly trainableParams: number;
}

/** A row before it is known whether its layer is frozen. */
type Row = Omit<TorchRow, "trainableParams">;

/** One of our layers with the model around it. */
interface Place {
  readonly layer: tf.layers.Layer;
  readonly layers: readonly tf.layers.Layer[];
  readonly input: readonly number[];
  /** Ours, channels last. */
  readonly output: readonly number[];
  readonly params: number;
}

/** What a layer of ours is in a reference program, in the order in which it runs. */
type Modules = (place: Place) => readonly Row[];

const row = (type: string, outputShape: readonly number[], params = 0): Row => ({
  type,
  outputShapes: [outputShape],
  params,
});
const channelsFirst = (shape: readonly number[]): number[] =>
  shape.length === 3 ? [shape[2]!, shape[0]!, shape[1]!] : [...shape];
const as =
  (type: string): Modules =>
  ({ output, params }) => [row(type, channelsFirst(output), params)];
const none: Modules = () => [];

/** By our class name, alike in all programs. */
const PLAIN: Readonly<Record<string, Modules>> = {
  InputLayer: none,
  Flatten: none,
  ZeroPadding2D: none,
  Add: none,
  SelectToken: none,
  ClassToken: none,
  PositionalEmbedding: none,
  SinusoidalEmbedding: none,
  Reshape: none,
  Patches: none,
  Conv2d: ({ layer, output, params }) => [
    row("Conv2d", channelsFirst(output), params),
    ...(layer.getConfig()["activation"] === "relu" ? [row("ReLU", channelsFirst(output))] : []),
  ],
  BatchNorm: as("BatchNorm2d"),
  ReLU: as("ReLU"),
  MaxPooling2D: as("MaxPool2d"),
  LocalResponseNorm: as("LocalResponseNorm"),
  SaccadeDropout: as("Dropout"),
  Linear: as("Linear"),
  LayerNorm: as("LayerNorm"),
  Gelu: as("GELU"),
  AdaptiveAveragePool: as("AdaptiveAvgPool2d"),
};

/** @throws TypeError for a layer that no reference program has */
const plain: Modules = (place) => {
  const { layer } = place;
  const modules = PLAIN[layer.getClassName()];
  if (modules === undefined)
    throw new TypeError(
      `torchsummary: model must be one of the family's, got the layer ${layer.name}, a ${layer.getClassName()}`,
    );
  return modules(place);
};

const isLast = ({ layer, layers }: Place, prefix: string): boolean =>
  layers.filter(({ name }) => name.startsWith(prefix)).at(-1) === layer;
const prefixOf = (name: string): string => name.slice(0, name.lastIndexOf("/") + 1);

/**
 * The Compact-Transformers' program: dropout everywhere, whatever its rate, and each block's one drop path run twice.
 */
const COMPACT: Modules = (place) => {
  const { layer, layers, input, output, params } = place;
  const own = layer.name.slice(prefixOf(layer.name).length);
  const last = layer.name === "head" ? [row("TransformerClassifier", output)] : [];
  const firstOfBlocks = layer.name === "block1/norm1" ? [row("Dropout", output)] : []; // after the positions
  const path = () =>
    row(layers.some(({ name }) => name === `${prefixOf(layer.name)}drop_path1`) ? "DropPath" : "Identity", output);
  switch (layer.getClassName()) {
    case "SaccadeDropout":
    case "DropPath":
    case "Gelu":
      return []; // at their places below; GELU is a function there
    case "Reshape":
      return [row("Flatten", [output[1]!, output[0]!]), row("Tokenizer", output)];
    case "Patches":
      return [];
    case "SequencePooling":
      return [row("Linear", [input[0]!, 1], params)];
    case "MultiHeadSelfAttention":
      return compactAttention(place);
    case "Add":
      return [path(), ...(own === "add2" ? [row("TransformerEncoderLayer", output)] : [])];
  }
  if (own === "embed") {
    const map = patchMap(place);
    return [
      row("Conv2d", map, params),
      row("Identity", map),
      row("Identity", map),
      row("Flatten", [output[1]!, output[0]!]),
      row("Tokenizer", output),
    ];
  }
  const dropped = own === "dense1" || own === "dense2" ? [row("Dropout", output)] : [];
  return [...firstOfBlocks, ...plain(place), ...dropped, ...last];
};

/** The linear map of patches is a convolution there: [D, H / P, W / P]. */
function patchMap({ layer, layers, output }: Place): number[] {
  const patches = layers.find((each) => each.getClassName() === "Patches");
  if (!patches) throw new TypeError(`torchsummary: model must be one of the family's, got ${layer.name} of no patches`);
  const [height, width] = sizesOf(patches, patches.input);
  const side = Number(patches.getConfig()["patchSize"]);
  return [output[1]!, height! / side, width! / side];
}

function compactAttention({ layer, output }: Place): Row[] {
  const [tokens, width] = output as [number, number];
  const params = (part: string) =>
    countOf(learnable(layer).filter(({ originalName }) => originalName.includes(`/${part}_`)));
  const heads = Number(layer.getConfig()["numHeads"]);
  return [
    row("Linear", [tokens, 3 * width], params("qkv")),
    row("Dropout", [heads, tokens, tokens]),
    row("Linear", output, params("out")),
    row("Dropout", output),
    row("Attention", output),
  ];
}

/**
 * The ViT of the article "A stroll down memory lane", which has torchvision's parts: attention gives two tensors, and
 * its parameters are no module's of their own.
 */
const VIT: Modules = (place) => {
  const { layer, output, params } = place;
  const own = layer.name.slice(prefixOf(layer.name).length);
  if (layer.getClassName() === "SaccadeDropout" || layer.getClassName() === "DropPath") return [];
  if (layer.name === "embed") return [row("Conv2d", patchMap(place), params)];
  if (layer.name === "block1/norm1") return [row("Dropout", output), row("LayerNorm", output, params)];
  if (layer.name === "norm") return [row("LayerNorm", output, params), row("Encoder", output)];
  if (own === "attention")
    return [
      { type: "MultiheadAttention", outputShapes: [output, [output[0]!, output[0]!]], params: 0 },
      row("Dropout", output),
    ];
  if (own === "add2") return [row("MlpBlock", output), row("EncoderBlock", output)];
  const dropped = layer.getClassName() === "Gelu" || own === "dense2" ? [row("Dropout", output)] : [];
  return [...plain(place), ...dropped];
};

/** The article's network, whose convolutions have biases, or torchvision's. */
const RESNET: Modules = (place) => {
  const { layer, layers, output, params } = place;
  const isArticle = layers.find(({ name }) => name === "stem/conv")?.getConfig()["useBias"] === true;
  if (layer.getClassName() === "GlobalAveragePooling2D")
    return [row(isArticle ? "AvgPool2d" : "AdaptiveAvgPool2d", [...output, 1, 1])];
  const rows = plain(place).map((each) => ({ ...each, params }));
  const prefix = prefixOf(layer.name);
  if (!layer.name.startsWith("stage") || !isLast(place, prefix)) return rows;
  const theirs = layers.some(({ name }) => name === `${prefix}conv3`) ? "Bottleneck" : "BasicBlock";
  return [...rows, row(isArticle ? "ResidualBlock" : theirs, channelsFirst(output))];
};

/**
 * The CNNs of the reports "DLOps Assignment 3: Transformers and Optimization" and "Assignment 3: Getting into the Flow
 * of Deep Learning": ReLU is a function there.
 */
const PLAIN_CNN: Modules = (place) =>
  place.layer.getClassName() === "ReLU" ? [] : plain(place).filter(({ type }) => type !== "ReLU");
const FAMILIES: Readonly<Record<string, Modules>> = {
  alexnet: plain,
  vgg: plain,
  resnet: RESNET,
  vit: VIT,
  cct: COMPACT,
  cvt: COMPACT,
  vit_lite: COMPACT,
  plain_cnn: PLAIN_CNN,
};

/**
 * The modules that run in a family's reference program for a model of ours, in their order; null for a family whose
 * program's modules are not known.
 *
 * @param family as the registry names it
 */
export function torchModules(model: tf.LayersModel, family: string): readonly TorchRow[] | null {
  const modules = FAMILIES[family];
  if (modules === undefined) return null;
  const layers = inTheirOrder(model.layers);
  return layers.flatMap((layer) => {
    const place = {
      layer,
      layers,
      input: sizesOf(layer, layer.input),
      output: sizesOf(layer, layer.output),
      params: countOf(learnable(layer)),
    };
    const isFrozen = place.params > 0 && layer.trainableWeights.length === 0;
    return modules(place).map((each) => ({ ...each, trainableParams: isFrozen ? 0 : each.params }));
  });
}

/** The weights that training learns where the layer is not frozen; tfjs does not declare them. */
export function learnable(layer: tf.layers.Layer): readonly tf.LayerVariable[] {
  return (layer as unknown as { readonly _trainableWeights: readonly tf.LayerVariable[] })._trainableWeights;
}

/** A residual block's shortcut runs after its branch there; tfjs lists the two side by side. */
function inTheirOrder(layers: readonly tf.layers.Layer[]): tf.layers.Layer[] {
  const isShortcut = ({ name }: tf.layers.Layer): boolean => /\/shortcut(_norm)?$/.test(name);
  return layers
    .filter((layer) => !isShortcut(layer))
    .flatMap((layer) => {
      if (!layer.name.endsWith("/add")) return [layer];
      return [...layers.filter((each) => isShortcut(each) && prefixOf(each.name) === prefixOf(layer.name)), layer];
    });
}

/** Numbers in one run's outputs. */
export function numbersOf({ outputShapes }: Pick<TorchRow, "outputShapes">): number {
  return outputShapes.reduce((sum, shape) => sum + product(shape), 0);
}
