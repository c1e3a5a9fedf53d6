import { ops, tf } from "../backend/index.js";
import { aCount, aFlag, aNatural, either, listOf, oneOf, optional, type Rules } from "../checks.js";
import { startsOf } from "./default-initializers.js";
import {
  anInitializer,
  restoreInitializer,
  saveInitializer,
  type Initializer,
  type InitializerLike,
} from "./initializers.js";
import { layerArgs, shapeOf, single, sizeOf, type LayerArgs } from "./support.js";
import { unfold, unfoldedSize, type UnfoldWindow } from "./unfold.js";

/** Activations that tfjs has by name. */
const ACTIVATIONS = [
  ...["linear", "relu", "relu6", "elu", "selu", "gelu", "gelu_new", "mish", "swish"],
  ...["sigmoid", "hardSigmoid", "softplus", "softsign", "tanh", "softmax"],
] as const;

/** What {@link UnfoldConv2d} takes. */
export interface UnfoldConv2dArgs extends LayerArgs {
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
  /** Default true. */
  readonly useBias?: boolean;
  /** See createInitializer. Default: PyTorch's, U(−1/√fanIn, 1/√fanIn), another start each time. */
  readonly kernelInitializer?: InitializerLike;
  /** Default: PyTorch's, as the kernel's. */
  readonly biasInitializer?: InitializerLike;
}

const aSide = either(aCount, listOf(aCount, 2));
const RULES: Rules = {
  filters: aCount,
  kernelSize: aSide,
  strides: optional(aSide),
  padding: optional(either(oneOf(["same", "valid"]), aNatural)),
  dilationRate: optional(aSide),
  activation: optional(oneOf(ACTIVATIONS)),
  useBias: optional(aFlag),
  kernelInitializer: optional(anInitializer),
  biasInitializer: optional(anInitializer),
};

/**
 * Convolution as a matrix product (GEMM): the windows of the input are unfolded to rows, as by
 * `torch.nn.functional.unfold`, and multiplied by the kernel as a matrix: [B, H, W, C] → [B, H'·W', k·k·C] → [B, H',
 * W', filters]. The same numbers as a convolution, up to rounding, for k·k times the input's memory.
 * Weights: kernel [height, width, C, filters], bias [filters] (unless useBias is false), as those of `Conv2d`.
 * Source: Chellapilla et al. 2006, "High Performance Convolutional Neural Networks for Document Processing", §3.
 */
export class UnfoldConv2d extends tf.layers.Layer {
  /** Its name in a saved model. */
  static readonly className = "UnfoldConv2d";
  private readonly filters: number;
  private readonly window: UnfoldWindow;
  private readonly activation: string;
  private readonly useBias: boolean;
  private readonly kernelInitializer: Initializer;
  /** Undefined until build, where none was given: PyTorch's is of the kernel's fan-in. */
  private biasInitializer: Initializer | undefined;
  private kernel!: tf.LayerVariable;
  private bias?: tf.LayerVariable;

  constructor(args: UnfoldConv2dArgs) {
    super(layerArgs("UnfoldConv2d", args, RULES));
    const { filters, kernelSize, strides = 1, padding = "valid", dilationRate = 1, activation = "linear" } = args;
    const pair = (value: number | readonly number[]): [number, number] =>
      typeof value === "number" ? [value, value] : [value[0]!, value[1]!];
    this.filters = filters;
    this.window = { size: pair(kernelSize), strides: pair(strides), dilation: pair(dilationRate), padding };
    this.activation = activation;
    this.useBias = args.useBias ?? true;
    const { kernelInitializer, biasInitializer } = args;
    const restored = (name: string, value: InitializerLike | undefined) =>
      restoreInitializer("UnfoldConv2d", name, value, startsOf.kernel);
    this.kernelInitializer = restored("kernelInitializer", kernelInitializer);
    this.biasInitializer = biasInitializer && restored("biasInitializer", biasInitializer);
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const channels = sizeOf("UnfoldConv2d", shapeOf("UnfoldConv2d", inputShape, "[B, H, W, C]"), -1);
    const shape = [...this.window.size, channels, this.filters];
    this.kernel = this.addWeight("kernel", shape, "float32", this.kernelInitializer);
    if (this.useBias) {
      this.biasInitializer ??= startsOf.bias(this.window.size[0] * this.window.size[1] * channels);
      this.bias = this.addWeight("bias", [this.filters], "float32", this.biasInitializer);
    }
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const rows = unfold(single(inputs) as tf.Tensor4D, this.window); // [B, H', W', k·k·C]
      const product = ops.dense(rows, tf.reshape(this.kernel.read(), [-1, this.filters]), this.bias?.read());
      if (this.activation === "linear") return product;
      return tf.layers.activation({ activation: this.activation as "relu" }).call(product, {}) as tf.Tensor;
    });
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [batch, height, width] = shapeOf("UnfoldConv2d", inputShape, "[B, H, W, C]");
    const after = (size: number | null, axis: 0 | 1): number | null =>
      size === null ? null : unfoldedSize(size, axis, this.window).size;
    return [batch!, after(height!, 0), after(width!, 1), this.filters];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { filters, activation, useBias } = this;
    const { size, strides, dilation, padding } = this.window;
    return {
      ...super.getConfig(),
      ...{ filters, kernelSize: [...size], strides: [...strides], padding, dilationRate: [...dilation] },
      ...{ activation, useBias, kernelInitializer: saveInitializer(this.kernelInitializer) },
      ...(this.biasInitializer && { biasInitializer: saveInitializer(this.biasInitializer) }),
    };
  }
}
tf.serialization.registerClass(UnfoldConv2d);
