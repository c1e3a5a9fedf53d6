import { ops, tf } from "../backend/index.js";
import { aCount, optional, type Rules } from "../checks.js";
import {
  anInitializer,
  restoreInitializer,
  saveInitializer,
  type Initializer,
  type InitializerLike,
} from "./initializers.js";
import { layerArgs, shapeOf, single, sizeOf, type LayerArgs } from "./support.js";

export interface SpatialSelfAttentionArgs extends LayerArgs {
  /** The inner width is C / reduction. Default 8. */
  readonly reduction?: number;
  /** For the kernels of theta, phi and g, whose fan-in is C. */
  readonly projectionKernelInitializer: InitializerLike;
  /** For the biases of theta, phi and g. */
  readonly projectionBiasInitializer: InitializerLike;
  /** For the kernel back to C, whose fan-in is C / reduction. */
  readonly outKernelInitializer: InitializerLike;
  /** For the bias of the map back to C. */
  readonly outBiasInitializer: InitializerLike;
}

const RULES: Rules = {
  reduction: optional(aCount),
  projectionKernelInitializer: anInitializer,
  projectionBiasInitializer: anInitializer,
  outKernelInitializer: anInitializer,
  outBiasInitializer: anInitializer,
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
  static readonly className = "SpatialSelfAttention";
  private readonly reduction: number;
  private readonly initializers: readonly [Initializer, Initializer, Initializer, Initializer];
  private projectionKernel!: tf.LayerVariable;
  private projectionBias!: tf.LayerVariable;
  private outKernel!: tf.LayerVariable;
  private outBias!: tf.LayerVariable;

  constructor(args: SpatialSelfAttentionArgs) {
    super(layerArgs("SpatialSelfAttention", args, RULES));
    const { reduction = 8 } = args;
    this.reduction = reduction;
    this.initializers = [
      restoreInitializer("SpatialSelfAttention", "projectionKernelInitializer", args.projectionKernelInitializer),
      restoreInitializer("SpatialSelfAttention", "projectionBiasInitializer", args.projectionBiasInitializer),
      restoreInitializer("SpatialSelfAttention", "outKernelInitializer", args.outKernelInitializer),
      restoreInitializer("SpatialSelfAttention", "outBiasInitializer", args.outBiasInitializer),
    ];
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
    const [projectionKernel, projectionBias, outKernel, outBias] = this.initializers;
    this.projectionKernel = this.addWeight("projection_kernel", [channels, 3 * inner], "float32", projectionKernel);
    this.projectionBias = this.addWeight("projection_bias", [3 * inner], "float32", projectionBias);
    this.outKernel = this.addWeight("out_kernel", [inner, channels], "float32", outKernel);
    this.outBias = this.addWeight("out_bias", [channels], "float32", outBias);
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
    const [projectionKernel, projectionBias, outKernel, outBias] = this.initializers;
    return {
      ...super.getConfig(),
      reduction: this.reduction,
      projectionKernelInitializer: saveInitializer(projectionKernel),
      projectionBiasInitializer: saveInitializer(projectionBias),
      outKernelInitializer: saveInitializer(outKernel),
      outBiasInitializer: saveInitializer(outBias),
    };
  }
}
tf.serialization.registerClass(SpatialSelfAttention);
