import { ops, tf } from "../backend/index.js";
import { aCount, optional, type Rules } from "../checks.js";
import { startsOf } from "./default-initializers.js";
import {
  anInitializer,
  restoreInitializer,
  saveInitializer,
  type Initializer,
  type InitializerLike,
} from "./initializers.js";
import { layerArgs, shapeOf, single, sizeOf, type LayerArgs } from "./support.js";

/** What {@link SpatialSelfAttention} takes. */
export interface SpatialSelfAttentionArgs extends LayerArgs {
  /** The inner width is C / reduction. Default 8. */
  readonly reduction?: number;
  /** For the kernels of theta, phi and g. Default: PyTorch's of a convolution, U(−1/√C, 1/√C). */
  readonly projectionKernelInitializer?: InitializerLike;
  /** For the biases of theta, phi and g. Default: as their kernels. */
  readonly projectionBiasInitializer?: InitializerLike;
  /** For the kernel back to C. Default: PyTorch's, U(−1/√c, 1/√c) of c = C / reduction. */
  readonly outKernelInitializer?: InitializerLike;
  /** For the bias of the map back to C. Default: as its kernel. */
  readonly outBiasInitializer?: InitializerLike;
}

type InitializerArg = `${"projection" | "out"}${"Kernel" | "Bias"}Initializer`;

const RULES: Rules = {
  reduction: optional(aCount),
  projectionKernelInitializer: optional(anInitializer),
  projectionBiasInitializer: optional(anInitializer),
  outKernelInitializer: optional(anInitializer),
  outBiasInitializer: optional(anInitializer),
};

/**
 * Self-attention between the pixels of a feature map (a non-local block):
 * x + out(softmax(theta(x)·pool(phi(x))ᵀ)·pool(g(x))), where theta, phi and g map C channels to c = C / reduction
 * per pixel (1×1 convolutions), pool is a max pool of 2×2, and out maps back to C. The product is not scaled.
 * Pixels are taken row by row.
 *
 * Weights: projection_kernel [C, 3c] (theta, phi, g side by side), projection_bias [3c], out_kernel [c, C],
 * out_bias [C]. Input and output: [B, H, W, C].
 * Source: Wang et al. 2018, §3.2 and §3.3 (embedded Gaussian, with the subsampling trick).
 */
export class SpatialSelfAttention extends tf.layers.Layer {
  /** Its name in a saved model. */
  static readonly className = "SpatialSelfAttention";
  private readonly reduction: number;
  private readonly projectionKernelInitializer: Initializer;
  private readonly outKernelInitializer: Initializer;
  /** Undefined until build, where none was given, as the next: PyTorch's is of the kernel's fan-in. */
  private projectionBiasInitializer: Initializer | undefined;
  private outBiasInitializer: Initializer | undefined;
  private projectionKernel!: tf.LayerVariable;
  private projectionBias!: tf.LayerVariable;
  private outKernel!: tf.LayerVariable;
  private outBias!: tf.LayerVariable;

  constructor(args: SpatialSelfAttentionArgs) {
    super(layerArgs("SpatialSelfAttention", args, RULES));
    const { reduction = 8 } = args;
    this.reduction = reduction;
    const of = (name: InitializerArg) =>
      args[name] && restoreInitializer("SpatialSelfAttention", name, args[name], startsOf.zeros);
    this.projectionKernelInitializer = of("projectionKernelInitializer") ?? startsOf.kernel();
    this.projectionBiasInitializer = of("projectionBiasInitializer");
    this.outKernelInitializer = of("outKernelInitializer") ?? startsOf.kernel();
    this.outBiasInitializer = of("outBiasInitializer");
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const channels = sizeOf("SpatialSelfAttention", shapeOf("SpatialSelfAttention", inputShape, "[B, H, W, C]"), -1);
    if (channels % this.reduction !== 0) {
      throw new RangeError(
        `SpatialSelfAttention: channels must be divisible by reduction, got channels=${channels}, ` +
          `reduction=${this.reduction}`,
      );
    }
    const inner = channels / this.reduction;
    this.projectionBiasInitializer ??= startsOf.bias(channels);
    this.outBiasInitializer ??= startsOf.bias(inner);
    const weight = (name: string, shape: number[], start: Initializer) => this.addWeight(name, shape, "float32", start);
    this.projectionKernel = weight("projection_kernel", [channels, 3 * inner], this.projectionKernelInitializer);
    this.projectionBias = weight("projection_bias", [3 * inner], this.projectionBiasInitializer);
    this.outKernel = weight("out_kernel", [inner, channels], this.outKernelInitializer);
    this.outBias = weight("out_bias", [channels], this.outBiasInitializer);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = single(inputs) as tf.Tensor4D;
      const [batch, height, width, channels] = x.shape;
      const inner = channels / this.reduction;
      const projected = ops.dense(x, this.projectionKernel.read(), this.projectionBias.read()) as tf.Tensor4D;
      const [thetaMap, keyMap] = tf.split(projected, [inner, 2 * inner], -1) as [tf.Tensor4D, tf.Tensor4D];
      const pooled = tf.maxPool(keyMap, 2, 2, "valid"); // [B, H / 2, W / 2, 2c]
      const theta = tf.reshape(thetaMap, [batch, height * width, inner]);
      // [B, M, c] each
      const [phi, g] = tf.split(tf.reshape(pooled, [batch, -1, 2 * inner]), 2, -1) as [tf.Tensor, tf.Tensor];
      const attended = ops.dense(
        ops.attention(theta, phi, g, { scale: 1 }),
        this.outKernel.read(),
        this.outBias.read(),
      ); // [B, H·W, C]
      return tf.add(x, tf.reshape(attended, x.shape));
    });
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return shapeOf("SpatialSelfAttention", inputShape, "[B, H, W, C]");
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { projectionBiasInitializer, outBiasInitializer } = this;
    return {
      ...super.getConfig(),
      reduction: this.reduction,
      projectionKernelInitializer: saveInitializer(this.projectionKernelInitializer),
      ...(projectionBiasInitializer && { projectionBiasInitializer: saveInitializer(projectionBiasInitializer) }),
      outKernelInitializer: saveInitializer(this.outKernelInitializer),
      ...(outBiasInitializer && { outBiasInitializer: saveInitializer(outBiasInitializer) }),
    };
  }
}
tf.serialization.registerClass(SpatialSelfAttention);
