import { ops, tf } from "../backend/index.js";
import { aCount, aNatural, either, listOf, oneOf, optional, type Rules } from "../checks.js";
import { KernelLayer, type KernelArgs } from "./kernel-layer.js";
import { shapeOf, single, sizeOf } from "./support.js";
import { unfold, unfoldedSize, type UnfoldWindow } from "./unfold.js";

/** Activations that tfjs has by name. */
const ACTIVATIONS = [
  ...["linear", "relu", "relu6", "elu", "selu", "gelu", "gelu_new", "mish", "swish"],
  ...["sigmoid", "hardSigmoid", "softplus", "softsign", "tanh", "softmax"],
] as const;

/** What {@link UnfoldConv2d} takes. */
export interface UnfoldConv2dArgs extends KernelArgs {
  /** Channels that come out. */
  readonly filters: number;
  /** Side of the kernel in pixels, or its height and width. */
  readonly kernelSize: number | readonly number[];
  /** One for both axes, or one for each. Default 1. */
  readonly strides?: number | readonly number[];
  /** "same", "valid", or pixels of zeros on every side. Default "valid". */
  readonly padding?: "same" | "valid" | number;
  /** Pixels from one place of the kernel to the next: one for both axes, or one for each. Default 1. */
  readonly dilationRate?: number | readonly number[];
  /** After the bias, by tfjs' name. Default "linear": none. */
  readonly activation?: string;
}

const aSide = either(aCount, listOf(aCount, 2));
const RULES: Rules = {
  filters: aCount,
  kernelSize: aSide,
  strides: optional(aSide),
  padding: optional(either(oneOf(["same", "valid"]), aNatural)),
  dilationRate: optional(aSide),
  activation: optional(oneOf(ACTIVATIONS)),
};

/**
 * Convolution as a matrix product (GEMM): the windows of the input are unfolded to rows, as by
 * `torch.nn.functional.unfold`, and multiplied by the kernel as a matrix: [B, H, W, C] → [B, H'·W', k·k·C] → [B, H',
 * W', filters]. The same numbers as a convolution, up to rounding, for k·k times the input's memory.
 * Weights: kernel [height, width, C, filters], bias [filters] (unless useBias is false), as those of `Conv2d`.
 * Source: Chellapilla et al. 2006, "High Performance Convolutional Neural Networks for Document Processing", §3.
 */
export class UnfoldConv2d extends KernelLayer {
  /** Its name in a saved model. */
  static readonly className = "UnfoldConv2d";
  private readonly filters: number;
  private readonly window: UnfoldWindow;
  /** As tfjs' layers keep theirs, so that whoever asks or replaces one finds it. */
  private readonly activation: ActivationFunction;

  constructor(args: UnfoldConv2dArgs) {
    super("UnfoldConv2d", args, RULES);
    const { filters, kernelSize, strides = 1, padding = "valid", dilationRate = 1, activation = "linear" } = args;
    const pair = (value: number | readonly number[]): [number, number] =>
      typeof value === "number" ? [value, value] : [value[0]!, value[1]!];
    this.filters = filters;
    this.window = { size: pair(kernelSize), strides: pair(strides), dilation: pair(dilationRate), padding };
    this.activation = activationNamed(activation);
  }

  protected override kernelShape(inputShape: tf.Shape | tf.Shape[]): readonly number[] {
    const channels = sizeOf("UnfoldConv2d", shapeOf("UnfoldConv2d", inputShape, "[B, H, W, C]"), -1);
    return [...this.window.size, channels, this.filters];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const rows = unfold(single(inputs) as tf.Tensor4D, this.window); // [B, H', W', k·k·C]
      const product = ops.dense(rows, tf.reshape(this.kernel.read(), [-1, this.filters]), this.bias?.read());
      return this.activation.apply(product);
    });
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [batch, height, width] = shapeOf("UnfoldConv2d", inputShape, "[B, H, W, C]");
    const after = (size: number | null, axis: 0 | 1): number | null =>
      size === null ? null : unfoldedSize(size, axis, this.window).size;
    return [batch!, after(height!, 0), after(width!, 1), this.filters];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { filters } = this;
    const { size, strides, dilation, padding } = this.window;
    return {
      ...super.getConfig(),
      ...{ filters, kernelSize: [...size], strides: [...strides], padding, dilationRate: [...dilation] },
      activation: this.activation.getClassName(),
      ...this.kernelConfig(),
    };
  }
}
tf.serialization.registerClass(UnfoldConv2d);

/** tfjs' own, which it does not declare. */
interface ActivationFunction {
  getClassName(): string;
  apply(x: tf.Tensor): tf.Tensor;
}

function activationNamed(activation: string): ActivationFunction {
  const layer = tf.layers.activation({ name: "activation", activation: activation as "relu" }); // no counted name
  return (layer as unknown as { readonly activation: ActivationFunction }).activation;
}
