import { tf } from "../backend/index.js";
import { softmaxAtEnd } from "./model-end.js";
import { single } from "./support.js";
import { withCalls, type Call } from "./with-calls.js";

/** tfjs' batch norm, with what it keeps to itself. */
interface OwnNorm {
  readonly axis: number;
  gamma?: Readable | null;
  beta?: Readable | null;
}
interface Readable {
  read(): tf.Tensor;
}

/** A batch norm of a model, or of a model inside of it. */
export interface BatchNormPlace {
  readonly layer: tf.layers.Layer;
  /** Whether it, or a model around it, is not trainable: it then behaves as in evaluation. */
  readonly frozen: boolean;
}

/**
 * A model's logits [B, K] of images [B, H, W, C]: of a model that ends in a softmax, what goes into it, and of one that
 * ends in means of softmaxes their logarithm. In training a batch norm that is frozen, by itself or by a model around
 * it, takes its kept statistics and leaves them alone; tfjs' own forgets that.
 *
 * @throws TypeError naming a batch norm that would be trained on one value a channel
 */
export function logitsOf(
  model: tf.LayersModel,
  images: tf.Tensor,
  { training }: { readonly training: boolean },
): tf.Tensor2D {
  const calls = new Map<tf.layers.Layer, Call>();
  for (const { layer, frozen } of training ? batchNorms(model) : []) {
    if (frozen) calls.set(layer, asInEvaluation(layer));
    else if (layer.getClassName() === "BatchNormalization") calls.set(layer, trained(layer));
  }
  const end = softmaxAtEnd(model);
  const layer = end?.layer?.inboundNodes.length === 1 ? end.layer : undefined; // used again it is to be a softmax there
  if (layer) calls.set(layer, withoutSoftmax(layer));
  const given = withCalls(calls, () => model.apply(images, { training }) as tf.Tensor2D);
  return end && !layer ? tf.log(tf.maximum(given, LEAST)) : given; // softmax(log p) is p
}

/** What a model gives for images in evaluation mode: its output, or its logits, see {@link logitsOf}. */
export function forwardOf(model: tf.LayersModel, images: tf.Tensor, logits: boolean): tf.Tensor {
  if (logits) return logitsOf(model, images, { training: false });
  return model.apply(images, { training: false }) as tf.Tensor;
}

/** Every batch norm, ours and tf.layers'. */
export function batchNorms(model: tf.LayersModel, frozen = false): BatchNormPlace[] {
  const kept = frozen || !model.trainable;
  return model.layers.flatMap((layer) => {
    if ("layers" in layer) return batchNorms(layer as unknown as tf.LayersModel, kept);
    return layer.getClassName().startsWith("BatchNorm") ? [{ layer, frozen: kept || !layer.trainable }] : [];
  });
}

function asInEvaluation(layer: tf.layers.Layer): Call {
  const call = layer.call.bind(layer);
  return (inputs, kwargs) => call(inputs, { ...kwargs, training: false });
}

/** tfjs' batch norm in training. It has none without a scale or a center; by 1 and 0 it is the same. */
function trained(layer: tf.layers.Layer): Call {
  const call = layer.call.bind(layer);
  return (inputs, kwargs) => {
    const own = layer as unknown as OwnNorm;
    const { shape, size } = single(inputs);
    const channels = shape.at(own.axis)!;
    refuseOneValue(layer.name, shape, size / channels);
    const { gamma, beta } = own;
    own.gamma ??= { read: () => tf.ones([channels]) };
    own.beta ??= { read: () => tf.zeros([channels]) };
    try {
      return call(inputs, kwargs);
    } finally {
      Object.assign(own, { gamma, beta });
    }
  };
}

function refuseOneValue(name: string, shape: readonly number[], values: number): void {
  if (values > 1) return;
  throw new TypeError(
    `batchNormalization: training must have more than one value a channel, got [${shape.join(", ")}] at ${name}`,
  );
}

/** A probability that counts as 0: its logarithm is still a number. */
const LEAST = 1e-37;

const LINEAR = { getClassName: () => "linear", apply: (x: tf.Tensor) => x };

function withoutSoftmax(layer: tf.layers.Layer): Call {
  if (layer.getClassName() === "Softmax") return single;
  const call = layer.call.bind(layer);
  return (inputs, kwargs) => {
    const own = layer as unknown as { activation: object };
    const { activation } = own;
    own.activation = LINEAR;
    try {
      return call(inputs, kwargs);
    } finally {
      own.activation = activation;
    }
  };
}
