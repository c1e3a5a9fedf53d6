/** Small networks of layers of tf.layers, of ours and of one's own. */
import { ops, tf } from "../../../lib/backend/index.js";
import { BatchNorm, Linear, UnfoldConv2d } from "../../../lib/layers/index.js";
import { allWeights } from "../../../lib/models/index.js";

export type Graph = (x: tf.SymbolicTensor) => tf.SymbolicTensor;
export const through =
  (...layers: readonly tf.layers.Layer[]): Graph =>
  (x) =>
    layers.reduce((y, layer) => layer.apply(y), x);

/** One's own layer of operations that no layer has. */
class Own extends tf.layers.Layer {
  static className = "Own";
  constructor(private readonly fn: (x: tf.Tensor) => tf.Tensor) {
    super({ name: "own" });
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => this.fn([inputs].flat()[0]!));
  }
  override computeOutputShape([batch, ...shape]: tf.Shape): tf.Shape {
    return tf.tidy(() => [batch!, ...this.fn(tf.zeros([2, ...(shape as number[])])).shape.slice(1)]);
  }
}
export const own = (fn: (x: tf.Tensor) => tf.Tensor): Graph => through(new Own(fn));

/** A model none of whose weights is 0 or 1 all over. */
export function modelOf(shape: readonly number[], graph: Graph): tf.LayersModel {
  const input = tf.input({ shape: [...shape] });
  const model = tf.model({ inputs: input, outputs: graph(input) });
  for (const [i, weight] of allWeights(model).entries())
    tf.tidy(() => {
      const noise = tf.randomUniform(weight.shape as number[], 0.1, 0.4, "float32", i + 1);
      weight.write(tf.add(weight.read(), noise));
    });
  return model;
}

const odd = [9, 7, 3];
const even = [8, 6, 2];
export const tokens = [6, 8];
const { layers } = tf;

/** Networks by what they are of: the shape of one input, and its layers. */
export const GRAPHS: Readonly<Record<string, readonly [shape: readonly number[], graph: Graph]>> = {
  "a convolution, same, stride 2, odd": [
    odd,
    through(layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: "same" })),
  ],
  "a convolution, same, stride 2, even": [
    even,
    through(layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: "same" })),
  ],
  "a convolution, same, of an even kernel": [
    odd,
    through(layers.conv2d({ filters: 4, kernelSize: [4, 2], padding: "same" })),
  ],
  "a convolution, valid, dilated, with sigmoid": [
    odd,
    through(layers.conv2d({ filters: 4, kernelSize: [2, 3], dilationRate: [2, 1], activation: "sigmoid" })),
  ],
  "a convolution without a bias, batch norm, relu6": [
    odd,
    through(
      layers.conv2d({ filters: 4, kernelSize: 1, useBias: false }),
      layers.batchNormalization(),
      layers.reLU({ maxValue: 6 }),
    ),
  ],
  "a depthwise convolution": [
    even,
    through(
      layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, strides: 2, padding: "same", activation: "relu" }),
    ),
  ],
  "a separable convolution": [even, through(layers.separableConv2d({ filters: 5, kernelSize: 3, padding: "same" }))],
  "zeros around, then a convolution": [
    odd,
    through(
      layers.zeroPadding2d({
        padding: [
          [1, 2],
          [0, 3],
        ],
      }),
      layers.conv2d({ filters: 2, kernelSize: 3, strides: 2 }),
    ),
  ],
  "zeros around what is below 0, then a maximum": [
    even,
    through(layers.zeroPadding2d({ padding: 1 }), layers.maxPooling2d({ poolSize: 3, strides: 2 })),
  ],
  "relu, zeros around, then a maximum": [
    even,
    through(layers.reLU(), layers.zeroPadding2d({ padding: 1 }), layers.maxPooling2d({ poolSize: 3, strides: 2 })),
  ],
  "a maximum, same": [odd, through(layers.maxPooling2d({ poolSize: 2, strides: 2, padding: "same" }))],
  "a mean, same: zeros do not count": [
    odd,
    through(layers.averagePooling2d({ poolSize: 3, strides: 2, padding: "same" })),
  ],
  "a flattened map, in its order": [
    odd,
    through(
      layers.conv2d({ filters: 4, kernelSize: 2 }),
      layers.flatten(),
      layers.dropout({ rate: 0.5 }),
      layers.dense({ units: 3 }),
    ),
  ],
  "a flattened map itself": [odd, through(layers.flatten())],
  "a dense layer over the channels of a map": [
    even,
    through(layers.dense({ units: 4, activation: "tanh" }), layers.conv2d({ filters: 2, kernelSize: 3 })),
  ],
  "global means and maxima, concatenated": [
    even,
    (x) =>
      layers
        .concatenate()
        .apply([
          layers.globalAveragePooling2d({ dataFormat: "channelsLast" }).apply(x),
          layers.globalMaxPooling2d({ dataFormat: "channelsLast" }).apply(x),
        ]),
  ],
  "a squeeze and excitation": [
    even,
    (x) => {
      const weights = through(
        layers.globalAveragePooling2d({ dataFormat: "channelsLast" }),
        layers.dense({ units: 2, activation: "sigmoid" }),
        layers.reshape({ targetShape: [1, 1, 2] }),
      )(x);
      return layers.multiply().apply([through(layers.conv2d({ filters: 2, kernelSize: 1 }))(x), own2(weights)]);
    },
  ],
  "maps that are added, concatenated, averaged": [
    even,
    (x) => {
      const [a, b] = [1, 3].map((kernelSize) =>
        layers.conv2d({ filters: 3, kernelSize, padding: "same" }).apply(x),
      ) as [tf.SymbolicTensor, tf.SymbolicTensor];
      const sums = [
        layers.add().apply([a, b]),
        layers.average().apply([a, b]),
        layers.maximum().apply([a, b]),
        layers.multiply().apply([a, b]),
      ];
      return layers.concatenate().apply(sums);
    },
  ],
  "softmax over the channels, then a map twice as large": [
    even,
    through(layers.softmax({ axis: -1 }), layers.upSampling2d({ size: [2, 3] })),
  ],
  "a map twice as large, interpolated": [
    even,
    through(layers.upSampling2d({ size: [2, 2], interpolation: "bilinear" })),
  ],
  "reshape and permute": [
    even,
    through(layers.reshape({ targetShape: [4, 12, 2] }), layers.permute({ dims: [3, 1, 2] }), layers.flatten()),
  ],
  "a cropped map": [
    odd,
    through(
      layers.cropping2D({
        cropping: [
          [1, 2],
          [0, 3],
        ],
      }),
    ),
  ],
  "layer norm of tf.layers": [tokens, through(layers.layerNormalization(), layers.dense({ units: 3 }))],
  "batch norm of tokens and of features": [
    tokens,
    through(layers.batchNormalization(), layers.flatten(), layers.batchNormalization()),
  ],
  "activations by name": [
    tokens,
    through(
      ...["elu", "selu", "softplus", "softsign", "hardSigmoid", "swish", "mish", "gelu", "gelu_new"].map((activation) =>
        layers.activation({ activation: activation as "relu" }),
      ),
    ),
  ],
  "activations as layers": [
    tokens,
    through(
      layers.leakyReLU({ alpha: 0.2 }),
      layers.prelu({ sharedAxes: [1] }),
      layers.elu({ alpha: 1 }),
      layers.thresholdedReLU({ theta: 0.1 }),
    ),
  ],
  rescaled: [even, through(layers.rescaling({ scale: 2, offset: -1 }))],
  "a repeated vector": [[4], through(layers.repeatVector({ n: 3 }), layers.dense({ units: 2 }))],
  "a convolution of rows": [tokens, through(layers.conv1d({ filters: 3, kernelSize: 3, padding: "same" }))],
  "a mean of rows": [tokens, through(layers.globalAveragePooling1d(), layers.dense({ units: 2 }))],
  "a recurrent layer, unrolled": [tokens, through(layers.simpleRNN({ units: 3 }))],
  "ours by unfolding": [
    odd,
    through(
      new UnfoldConv2d({ filters: 3, kernelSize: 3, strides: 2, padding: "same", activation: "relu" }),
      new BatchNorm(),
    ),
  ],
  "ours over a map": [even, through(new Linear({ units: 4 }), new BatchNorm())],
  "one's own attention of several heads": [
    tokens,
    own((x) => {
      const [batch, n] = x.shape as [number, number];
      const heads = tf.transpose(tf.reshape(x, [batch, n, 2, 4]), [0, 2, 1, 3]);
      return tf.reshape(tf.transpose(ops.attention(heads, heads, heads), [0, 2, 1, 3]), [batch, n, 8]);
    }),
  ],
  "one's own: stacked, gathered, sliced in steps": [
    tokens,
    own((x) => {
      const parts = tf.unstack(x, 1);
      const stacked = tf.stack([parts[3]!, parts[0]!], 2);
      const gathered = tf.gather(stacked, tf.tensor1d([1, 0, 0], "int32"), 2);
      return tf.stridedSlice(gathered, [0, 1, 0], [gathered.shape[0]!, 8, 3], [1, 3, 1]);
    }),
  ],
  "one's own: comparisons and powers": [
    tokens,
    own((x) => {
      const large = tf.logicalAnd(tf.greater(x, 0.1), tf.logicalNot(tf.lessEqual(x, 0.2)));
      return tf.where(large, tf.pow(tf.abs(x), 1.5), tf.clipByValue(tf.squaredDifference(x, 1), 0.2, 3));
    }),
  ],
  "one's own: norms, mirrored, log softmax": [
    even,
    own((x) => {
      const normed = tf.div(x, tf.sqrt(tf.sum(tf.square(x), -1, true)));
      return tf.logSoftmax(
        tf.mirrorPad(
          normed,
          [
            [0, 0],
            [1, 1],
            [2, 0],
            [0, 0],
          ],
          "reflect",
        ),
      );
    }),
  ],
  "one's own: what is repeated for each image": [
    tokens,
    own((x) => tf.concat([tf.tile(tf.tensor3d([[[1, 2, 3, 4, 5, 6, 7, 8]]]), [x.shape[0]!, 1, 1]), x], 1)),
  ],
};

function own2(x: tf.SymbolicTensor): tf.SymbolicTensor {
  return layers.upSampling2d({ size: [8, 6] }).apply(x);
}
