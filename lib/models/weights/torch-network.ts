import type { tf } from "../../backend/index.js";
import { ownLayout, sourceOf, torchLayout, type Layout } from "./layout.js";
import { namedWeights, type NamedWeight } from "./named-weights.js";
import { byPlace } from "./numbering.js";
import { FeatureOrders, type FeatureOrder } from "./torch-order.js";

/** What PyTorch's module calls a weight, and how it lies there. */
interface TorchWeight {
  readonly word: string;
  readonly layout: (shape: readonly number[], order: FeatureOrder, layer: tf.layers.Layer) => Layout;
  /** Whether the layout goes by the order of the layer's features. */
  readonly byFeature?: boolean;
}

type Words = Readonly<Record<string, TorchWeight>>;

const asIs = (word: string): TorchWeight => ({ word, layout: ownLayout });

/** The axes in another order. */
const turned = (word: string, order: readonly number[]): TorchWeight => ({
  word,
  layout: (shape) => ({ split: shape, order, shape: order.map((axis) => shape[axis]!) }),
});

const features = (word: string): TorchWeight => ({ word, byFeature: true, layout: byFeature });

const convolution = (...order: readonly number[]): Words => ({ kernel: turned("weight", order), bias: asIs("bias") });

const LINEAR: Words = { kernel: { word: "weight", byFeature: true, layout: linear }, bias: asIs("bias") };

const NORM: Words = {
  gamma: features("weight"),
  beta: features("bias"),
  moving_mean: features("running_mean"),
  moving_variance: features("running_var"),
};

/**
 * By the class of a layer, what `torch.nn`'s module calls its weights. tfjs' layers come first, then those here; the
 * transposed convolutions have the outputs before the inputs here, and after them there.
 */
const MODULES: Readonly<Record<string, Words>> = {
  Dense: LINEAR,
  Conv1D: convolution(2, 1, 0),
  Conv2D: convolution(3, 2, 0, 1),
  Conv3D: convolution(4, 3, 0, 1, 2),
  Conv2DTranspose: convolution(3, 2, 0, 1),
  Conv3DTranspose: convolution(4, 3, 0, 1, 2),
  DepthwiseConv2D: { depthwise_kernel: { word: "weight", layout: depthwise }, bias: asIs("bias") },
  BatchNormalization: NORM,
  LayerNormalization: NORM,
  Embedding: { embeddings: asIs("weight") },
  PReLU: { alpha: { word: "weight", byFeature: true, layout: slopes } },
  Linear: LINEAR,
  Conv2d: convolution(3, 2, 0, 1),
  UnfoldConv2d: convolution(3, 2, 0, 1),
  BatchNorm: NORM,
  LayerNorm: NORM,
  MultiHeadSelfAttention: {
    qkv_kernel: turned("in_proj_weight", [1, 0]),
    qkv_bias: asIs("in_proj_bias"),
    out_kernel: turned("out_proj.weight", [1, 0]),
    out_bias: asIs("out_proj.bias"),
  },
};

/** What `torch.nn`'s norms add to the variance; Keras', and so tfjs', have 0.001. */
const KERAS_EPSILON = 1e-3;

/**
 * What PyTorch calls the weights of a network of modules: by layer, those of models within it after the model's name,
 * "features.0.weight". A weight of a layer that `torch.nn` does not have keeps its own name: an `nn.Parameter`'s.
 *
 * @returns in the order of {@link namedWeights}
 */
export function torchNames(model: tf.LayersModel): readonly string[] {
  const weights = namedWeights(model);
  return byPlace(weights.map(({ path }) => path)).map((path, i) => {
    const words = path.split("/");
    const word = words.pop()!;
    return [...words, moduleOf(weights[i]!)[word]?.word ?? word].join(".");
  });
}

/**
 * How a network's weights lie in PyTorch's file.
 *
 * @returns in the order of {@link namedWeights}
 * @throws TypeError for two weights of one name, and for a weight whose order in PyTorch cannot be known
 */
export function torchLayouts(fn: string, model: tf.LayersModel): readonly Layout[] {
  const names = torchNames(model);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new TypeError(`${fn}: under PyTorch's names each weight must have one of its own, got ${twice} twice`);
  const orders = new FeatureOrders(model);
  return namedWeights(model).map((weight) => {
    const { layer, path, variable } = weight;
    const shape = variable.shape as number[];
    const own = moduleOf(weight)[path.split("/").at(-1)!];
    const order = own?.byFeature ? orders.of(layer) : {};
    if (order.unknown !== undefined)
      throw new TypeError(`${fn}: the order of ${path} in PyTorch must be known, got ${order.unknown}`);
    return own?.layout(shape, order, layer) ?? ownLayout(shape);
  });
}

/** The normalization layers that have Keras' epsilon, by their names: PyTorch's file does not say which it had. */
export function withKerasEpsilon(model: tf.LayersModel): readonly string[] {
  const norms = namedWeights(model).filter((weight) => moduleOf(weight) === NORM);
  const found = norms.filter(({ layer }) => layer.getConfig()["epsilon"] === KERAS_EPSILON);
  return [...new Set(found.map(({ layer }) => layer.name))];
}

function moduleOf({ layer }: NamedWeight): Words {
  const name = layer.getClassName();
  return Object.hasOwn(MODULES, name) ? MODULES[name]! : {};
}

function channelsFirst(map: readonly number[]): readonly number[] {
  return [map.length - 1, ...map.slice(0, -1).map((_, axis) => axis)];
}

/** Of a linear map [in, out], with the channels first where it takes a flattened map. */
function linear(shape: readonly number[], { map }: FeatureOrder, layer: tf.layers.Layer): Layout {
  const [inputs, outputs] = shape as [number, number];
  if (map) return { split: [...map, outputs], order: [map.length, ...channelsFirst(map)], shape: [outputs, inputs] };
  if (sourceOf(layer)?.getClassName() === "Patches") return torchLayout(layer, "kernel", shape);
  return { split: shape, order: [1, 0], shape: [outputs, inputs] };
}

/** One number for each feature, with the channels first where they are a flattened map. */
function byFeature(shape: readonly number[], { map }: FeatureOrder): Layout {
  return map && shape.length === 1 ? { split: map, order: channelsFirst(map), shape } : ownLayout(shape);
}

/** [height, width, in, multiplier] as the grouped convolution that it is: [in · multiplier, 1, height, width]. */
function depthwise(shape: readonly number[]): Layout {
  const [height, width, inputs, multiplier] = shape as [number, number, number, number];
  return { split: shape, order: [2, 3, 0, 1], shape: [inputs * multiplier, 1, height, width] };
}

/** One slope for each channel or one for all; PyTorch has none for each place. */
function slopes(shape: readonly number[], order: FeatureOrder): Layout {
  const channels = shape.slice(-1);
  if (shape.length === 1) return byFeature(shape, order);
  const isShared = shape.slice(0, -1).every((size) => size === 1);
  return isShared ? { ...ownLayout(shape), shape: channels } : ownLayout(shape);
}
