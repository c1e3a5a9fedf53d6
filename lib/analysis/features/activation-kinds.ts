import { tf } from "../../backend/index.js";

/** What an activation function does to a unit that no longer learns. */
export interface ActivationKind {
  /** Its name: "relu", "tanh". */
  readonly name: string;
  /** Whether a unit that is never above 0 is a dead one: functions that cut off, or flatten, what is below 0. */
  readonly cuts: boolean;
  /** Of functions that flatten at an end: the slope at a value that they give, as a share of their greatest slope. */
  readonly slope?: (y: tf.Tensor) => tf.Tensor;
}

const inside = (y: tf.Tensor, low: number, high: number): tf.Tensor =>
  tf.cast(tf.logicalAnd(tf.greater(y, low), tf.less(y, high)), "float32");

/** The slopes are written by what the function gives: tanh′ = 1 − y², sigmoid′ = y(1 − y), at most 1/4. */
const SLOPES: Readonly<Record<string, (y: tf.Tensor) => tf.Tensor>> = {
  tanh: (y) => tf.sub(1, tf.square(y)),
  sigmoid: (y) => tf.mul(4, tf.mul(y, tf.sub(1, y))),
  hardSigmoid: (y) => inside(y, 0, 1),
  softsign: (y) => tf.square(tf.sub(1, tf.abs(y))),
  softplus: (y) => tf.sub(1, tf.exp(tf.neg(y))),
};

const CUTTING = ["relu", "relu6", "leakyRelu", "prelu", "elu", "selu", "gelu", "gelu_new", "swish", "mish"];

/** Layers that are an activation, by their class. */
const LAYERS: Readonly<Record<string, string>> = {
  ReLU: "relu",
  LeakyReLU: "leakyRelu",
  PReLU: "prelu",
  ELU: "elu",
  ThresholdedReLU: "relu",
  Gelu: "gelu",
};

/** What tfjs does not declare of a layer that ends in an activation; ours has a name. */
interface Ending {
  readonly activation?: { getClassName(): string } | string | null;
  /** Of tfjs' ReLU, which is ReLU6 with 6. */
  readonly maxValue?: number | null;
}

/** The activation function that a layer is, or ends in; undefined for one that has none, or a softmax. */
export function activationKind(layer: tf.layers.Layer): ActivationKind | undefined {
  const { activation, maxValue } = layer as unknown as Ending;
  if ("cell" in layer) return undefined; // a recurrent layer's output is more than its activation's
  const own = typeof activation === "string" ? activation : activation?.getClassName();
  const name = LAYERS[layer.getClassName()] ?? own;
  if (name === undefined) return undefined;
  const most = maxValue ?? (name === "relu6" ? 6 : null);
  if (name.startsWith("relu") && most !== null) return { name, cuts: true, slope: (y) => inside(y, -1, most) };
  const slope = SLOPES[name];
  if (slope !== undefined) return { name, cuts: false, slope };
  return CUTTING.includes(name) ? { name, cuts: true } : undefined;
}
