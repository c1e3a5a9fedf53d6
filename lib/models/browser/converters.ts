import { tf } from "../../backend/index.js";
import { meanShares } from "../../layers/adaptive-average-pool.js";
import { attend, constantRows, convolution, dense, pointwise, reshape, withWeights } from "./plain-layer.js";

/** One of our layers, to be said in layers of tfjs' own. */
interface Conversion {
  readonly name: string;
  readonly config: Readonly<Record<string, any>>; // a layer's getConfig(), which tfjs types as anything
  /** What goes in, already plain. */
  readonly x: tf.SymbolicTensor;
  /** The model's image [B, H, W, C], plain. */
  readonly image: tf.SymbolicTensor;
  /** A copy of the weight of this last name; undefined where the layer has none. */
  weight(last: string): tf.Tensor | undefined;
}

type Converter = (layer: Conversion) => tf.SymbolicTensor;

const unchanged: Converter = ({ x }) => x;

/** By class name, what a layer of ours is in layers of tfjs' own: the same numbers up to rounding, in evaluation. */
export const CONVERTERS: Readonly<Record<string, Converter>> = {
  Linear: ({ name, x, weight }) => dense(name, x, weight("kernel")!, weight("bias")),
  Conv2d: ({ name, x, config, weight }) => {
    const { strides, padding, activation } = config as {
      strides: number;
      padding: "same" | "valid" | number;
      activation: "linear" | "relu";
    };
    const padded =
      typeof padding === "number" && padding > 0
        ? (tf.layers
            .zeroPadding2d({ name: `${name}/pad`, padding, dataFormat: "channelsLast" })
            .apply(x) as tf.SymbolicTensor)
        : x;
    return convolution(name, padded, weight("kernel")!, weight("bias"), {
      strides,
      padding: padding === "same" ? "same" : "valid",
      activation,
    });
  },
  BatchNorm: ({ name, x, config, weight }) => {
    const layer = tf.layers.batchNormalization({
      name,
      axis: -1,
      epsilon: config["epsilon"],
      momentum: 1 - config["momentum"],
      scale: config["scale"],
    });
    const names = [...(config["scale"] ? ["gamma"] : []), "beta", "moving_mean", "moving_variance"];
    return withWeights(
      layer,
      x,
      names.map((last) => weight(last)!),
    );
  },
  LayerNorm: ({ name, x, config, weight }) =>
    withWeights(tf.layers.layerNormalization({ name, axis: -1, epsilon: config["epsilon"] }), x, [
      weight("gamma")!,
      weight("beta")!,
    ]),
  Gelu: ({ name, x, config }) =>
    tf.layers
      .activation({ name, activation: (config["form"] === "tanh" ? "gelu_new" : "gelu") as "relu" })
      .apply(x) as tf.SymbolicTensor, // tfjs' types forget both
  SaccadeDropout: ({ name, x, config }) =>
    tf.layers.dropout({ name, rate: config["rate"] }).apply(x) as tf.SymbolicTensor,
  DropPath: unchanged,
  ImageRows: ({ name, x, config }) =>
    reshape(
      name,
      tf.layers.permute({ name: `${name}/channels_first`, dims: [3, 1, 2] }).apply(x) as tf.SymbolicTensor,
      rows(x, config["rowLength"]),
    ),
  ClassToken: ({ name, x, image, weight }) => {
    const token = constantRows(`${name}/token`, image, squeezed(weight("token")!)); // [B, 1, D]
    return tf.layers.concatenate({ name, axis: 1 }).apply([token, x]) as tf.SymbolicTensor;
  },
  PositionalEmbedding: (layer) => position(layer, true),
  SinusoidalEmbedding: (layer) => position(layer, false),
  SelectToken: ({ name, x, config }) => {
    const [, tokens, size] = x.shape as [null, number, number];
    const index = config["index"] as number;
    const crop = tf.layers.cropping2D({
      name: `${name}/crop`,
      cropping: [
        [index, tokens - 1 - index],
        [0, 0],
      ],
      dataFormat: "channelsLast",
    });
    return reshape(name, crop.apply(reshape(`${name}/map`, x, [tokens, size, 1])) as tf.SymbolicTensor, [size]);
  },
  SequencePooling: ({ name, x, weight }) => {
    const [, tokens, size] = x.shape as [null, number, number];
    const scores = reshape(`${name}/row`, dense(`${name}/scores`, x, weight("kernel")!, weight("bias")!), [1, tokens]);
    // [B, 1, N]
    const shares = tf.layers.softmax({ name: `${name}/softmax`, axis: -1 }).apply(scores) as tf.SymbolicTensor;
    return reshape(
      name,
      tf.layers.dot({ name: `${name}/mean`, axes: [2, 1] }).apply([shares, x]) as tf.SymbolicTensor,
      [size],
    );
  },
  AdaptiveAveragePool: adaptivePool,
  MultiHeadSelfAttention: selfAttention,
  SpatialSelfAttention: spatialAttention,
};

/** Head by head, since tfjs' dot layer takes sequences of one head only; the scale goes into the queries' map. */
function selfAttention({ name, x, config, weight }: Conversion): tf.SymbolicTensor {
  const numHeads = config["numHeads"] as number;
  const headDim = x.shape.at(-1)! / numHeads;
  const parts = (tensor: tf.Tensor | undefined): (tf.Tensor | undefined)[] => {
    if (!tensor) return Array<undefined>(3 * numHeads).fill(undefined);
    const [query, ...rest] = tf.tidy(() =>
      tf.split(tensor, 3, -1).map((part, i) => (i === 0 ? tf.div(part, Math.sqrt(headDim)) : tf.clone(part))),
    ) as [tf.Tensor, ...tf.Tensor[]];
    const heads = [query, ...rest].flatMap((part) => tf.split(part, numHeads, -1));
    tf.dispose([tensor, query, ...rest]);
    return heads;
  };
  const [kernels, biases] = [parts(weight("qkv_kernel")), parts(weight("qkv_bias"))];
  const heads = Array.from({ length: numHeads }, (_, head) => {
    const [query, key, value] = ["query", "key", "value"].map((what, i) =>
      dense(`${name}/${what}${head + 1}`, x, kernels[i * numHeads + head]!, biases[i * numHeads + head]),
    ) as [tf.SymbolicTensor, tf.SymbolicTensor, tf.SymbolicTensor];
    return attend(`${name}/head${head + 1}`, query, key, value); // [B, N, headDim]
  });
  const all =
    numHeads === 1
      ? heads[0]!
      : (tf.layers.concatenate({ name: `${name}/heads`, axis: -1 }).apply(heads) as tf.SymbolicTensor);
  return dense(name, all, weight("out_kernel")!, weight("out_bias")!);
}

function spatialAttention({ name, x, weight }: Conversion): tf.SymbolicTensor {
  const [, height, width, channels] = x.shape as [null, number, number, number];
  const [kernel, bias] = [weight("projection_kernel")!, weight("projection_bias")!];
  const [kernels, biases] = [tf.split(kernel, 3, -1), tf.split(bias, 3, -1)];
  tf.dispose([kernel, bias]);
  const inner = kernels[0]!.shape[1]!;
  const pixels = (what: string, i: number, pooled: boolean): tf.SymbolicTensor => {
    let map = pointwise(`${name}/${what}`, x, kernels[i]!, biases[i]!);
    if (pooled)
      map = tf.layers
        .maxPooling2d({
          name: `${name}/${what}_pool`,
          poolSize: 2,
          strides: 2,
          padding: "valid",
          dataFormat: "channelsLast",
        })
        .apply(map) as tf.SymbolicTensor;
    return reshape(`${name}/${what}_pixels`, map, [map.shape[1]! * map.shape[2]!, inner]);
  };
  const attended = attend(name, pixels("theta", 0, false), pixels("phi", 1, true), pixels("g", 2, true)); // [B, H·W, c]
  const out = reshape(`${name}/map`, dense(`${name}/out`, attended, weight("out_kernel")!, weight("out_bias")!), [
    height,
    width,
    channels,
  ]);
  tf.dispose(kernels);
  return tf.layers.add({ name }).apply([x, out]) as tf.SymbolicTensor;
}

/** Each side's means as a dense layer over that side. */
function adaptivePool({ name, x, config }: Conversion): tf.SymbolicTensor {
  const [, height, width] = x.shape as [null, number, number];
  const size = config["size"] as number;
  if (height === size && width === size) return x;
  const turned = (what: string, input: tf.SymbolicTensor, dims: number[]) =>
    tf.layers.permute({ name: `${name}/${what}`, dims }).apply(input) as tf.SymbolicTensor;
  const shares = (from: number) => tf.tidy(() => tf.transpose(tf.tensor2d(meanShares(from, size))));
  const columns = dense(`${name}/columns`, turned("columns_last", x, [3, 1, 2]), shares(width)); // [B, C, H, size]
  // [B, C, size, size], columns first
  const rows = dense(`${name}/rows`, turned("rows_last", columns, [1, 3, 2]), shares(height));
  return turned("channels_last", rows, [3, 2, 1]);
}

function position({ name, x, image, weight }: Conversion, trainable: boolean): tf.SymbolicTensor {
  const rows = constantRows(`${name}/embedding`, image, squeezed(weight("embedding")!), trainable);
  return tf.layers.add({ name }).apply([x, rows]) as tf.SymbolicTensor;
}

/** [1, N, D] → [N, D]; disposes of what it takes. */
function squeezed(tensor: tf.Tensor): tf.Tensor {
  const result = tf.tidy(() => tf.squeeze(tensor, [0]));
  tensor.dispose();
  return result;
}

/** The shape of an image cut into rows of equal length: [rows, rowLength]. */
function rows(image: tf.SymbolicTensor, rowLength: number): number[] {
  const [, height, width, channels] = image.shape as [null, number, number, number];
  return [(height * width * channels) / rowLength, rowLength];
}
