import { ops, tf } from "../backend/index.js";
import { aCount, aNatural, either, oneOf, optional, type Rules } from "../checks.js";
import { KernelLayer, type KernelArgs } from "./kernel-layer.js";
import { shapeOf, single, sizeOf } from "./support.js";

/** What {@link Conv2d} takes. */
export interface Conv2dArgs extends KernelArgs {
  /** Channels that come out. */
  readonly filters: number;
  /** Side of the kernel in pixels. */
  readonly kernelSize: number;
  /** Default 1. */
  readonly strides?: number;
  /** "same", "valid", or pixels of zeros on every side. Default "valid". */
  readonly padding?: "same" | "valid" | number;
  /** After the bias. Default "linear": none. */
  readonly activation?: "linear" | "relu";
}

const RULES: Rules = {
  filters: aCount,
  kernelSize: aCount,
  strides: optional(aCount),
  padding: optional(either(oneOf(["same", "valid"]), aNatural)),
  activation: optional(oneOf(["linear", "relu"])),
};

/**
 * Convolution, bias and ReLU: [B, H, W, C] → [B, H', W', filters].
 * Weights: kernel [kernelSize, kernelSize, C, filters], bias [filters] (unless useBias is false). The same as
 * `tf.layers.conv2d`, with TensorFlow's BiasAdd, which fuses with the convolution and whose gradient is one op, and
 * with padding by pixels inside the convolution.
 */
export class Conv2d extends KernelLayer {
  /** Its name in a saved model. */
  static readonly className = "Conv2d";
  private readonly filters: number;
  private readonly kernelSize: number;
  private readonly strides: number;
  private readonly padding: "same" | "valid" | number;
  private readonly activation: "linear" | "relu";

  constructor(args: Conv2dArgs) {
    super("Conv2d", args, RULES);
    const { filters, kernelSize, strides = 1, padding = "valid", activation = "linear" } = args;
    [this.filters, this.kernelSize, this.strides, this.padding, this.activation] = [
      filters,
      kernelSize,
      strides,
      padding,
      activation,
    ];
  }

  protected override kernelShape(inputShape: tf.Shape | tf.Shape[]): readonly number[] {
    const channels = sizeOf("Conv2d", shapeOf("Conv2d", inputShape, "[B, H, W, C]"), -1);
    return [this.kernelSize, this.kernelSize, channels, this.filters];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const convolved = ops.conv2d(single(inputs), this.kernel.read(), this.bias?.read(), this.strides, this.padding);
      return this.activation === "relu" ? tf.relu(convolved) : convolved;
    });
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [batch, height, width] = shapeOf("Conv2d", inputShape, "[B, H, W, C]");
    return [batch!, this.#sizeAfter(height!), this.#sizeAfter(width!), this.filters];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { filters, kernelSize, strides, padding, activation } = this;
    return { ...super.getConfig(), filters, kernelSize, strides, padding, activation, ...this.kernelConfig() };
  }

  #sizeAfter(size: number | null): number | null {
    if (size === null) return null;
    if (this.padding === "same") return Math.ceil(size / this.strides);
    return Math.floor((size + 2 * (this.padding === "valid" ? 0 : this.padding) - this.kernelSize) / this.strides) + 1;
  }
}
tf.serialization.registerClass(Conv2d);
