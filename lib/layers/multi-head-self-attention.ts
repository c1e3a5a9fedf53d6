import { ops, tf } from "../backend/index.js";
import { aCount, aFlag, aRate, optional, type Rules } from "../checks.js";
import { startsOf } from "./default-initializers.js";
import {
  anInitializer,
  restoreInitializer,
  saveInitializer,
  type Initializer,
  type InitializerLike,
} from "./initializers.js";
import { layerArgs, shapeOf, single, sizeOf, type LayerArgs } from "./support.js";

/** What {@link MultiHeadSelfAttention} takes. */
export interface MultiHeadSelfAttentionArgs extends LayerArgs {
  /** Must divide the input's last size. */
  readonly numHeads: number;
  /** Whether query, key and value have a bias. Default true. */
  readonly useQkvBias?: boolean;
  /** Probability that an attention probability becomes 0 in training, 0 to below 1. Default 0. */
  readonly attnDropRate?: number;
  /** Of the kernel of query, key and value together. Default: Xavier uniform over [D, 3D], PyTorch's. */
  readonly qkvKernelInitializer?: InitializerLike;
  /** Of their bias, with `useQkvBias`. Default zeros, PyTorch's. */
  readonly qkvBiasInitializer?: InitializerLike;
  /** Of the kernel behind the heads. Default: PyTorch's, U(−1/√D, 1/√D). */
  readonly outKernelInitializer?: InitializerLike;
  /** Of the bias behind the heads. Default zeros, PyTorch's. */
  readonly outBiasInitializer?: InitializerLike;
}

const RULES: Rules = {
  numHeads: aCount,
  useQkvBias: optional(aFlag),
  attnDropRate: optional(aRate),
  qkvKernelInitializer: optional(anInitializer),
  qkvBiasInitializer: optional(anInitializer),
  outKernelInitializer: optional(anInitializer),
  outBiasInitializer: optional(anInitializer),
};

/**
 * Multi-head self-attention: per head softmax(q·kᵀ / √headDim)·v, the heads side by side, then a linear map. In
 * training, attnDropRate of the probabilities are 0 and the others divided by 1 − attnDropRate.
 *
 * Weights: qkv_kernel [D, 3D] (query, key and value side by side; within each, head after head), qkv_bias [3D] (unless
 * useQkvBias is false), out_kernel [D, D], out_bias [D]. Input and output: [B, N, D].
 * Source: Vaswani et al. 2017, §3.2.2.
 */
export class MultiHeadSelfAttention extends tf.layers.Layer {
  /** Its name in a saved model. */
  static readonly className = "MultiHeadSelfAttention";
  private readonly numHeads: number;
  private readonly useQkvBias: boolean;
  private readonly attnDropRate: number;
  private readonly initializers: readonly [Initializer, Initializer, Initializer, Initializer];
  private qkvKernel!: tf.LayerVariable;
  private qkvBias?: tf.LayerVariable;
  private outKernel!: tf.LayerVariable;
  private outBias!: tf.LayerVariable;

  constructor(args: MultiHeadSelfAttentionArgs) {
    super(layerArgs("MultiHeadSelfAttention", args, RULES));
    this.numHeads = args.numHeads;
    this.useQkvBias = args.useQkvBias ?? true;
    this.attnDropRate = args.attnDropRate ?? 0;
    const of = (name: `${"qkv" | "out"}${"Kernel" | "Bias"}Initializer`, otherwise: () => Initializer) =>
      restoreInitializer("MultiHeadSelfAttention", name, args[name], otherwise);
    this.initializers = [
      of("qkvKernelInitializer", startsOf.qkvKernel),
      of("qkvBiasInitializer", startsOf.zeros),
      of("outKernelInitializer", startsOf.kernel),
      of("outBiasInitializer", startsOf.zeros),
    ];
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const size = sizeOf("MultiHeadSelfAttention", shapeOf("MultiHeadSelfAttention", inputShape, "[B, N, D]"), -1);
    if (size % this.numHeads !== 0) {
      throw new RangeError(
        `MultiHeadSelfAttention: the input's last size must be divisible by numHeads, got ${size}, ` +
          `numHeads=${this.numHeads}`,
      );
    }
    const [qkvKernel, qkvBias, outKernel, outBias] = this.initializers;
    this.qkvKernel = this.addWeight("qkv_kernel", [size, 3 * size], "float32", qkvKernel);
    if (this.useQkvBias) this.qkvBias = this.addWeight("qkv_bias", [3 * size], "float32", qkvBias);
    this.outKernel = this.addWeight("out_kernel", [size, size], "float32", outKernel);
    this.outBias = this.addWeight("out_bias", [size], "float32", outBias);
    super.build(inputShape);
  }

  override call(
    inputs: tf.Tensor | tf.Tensor[],
    { training = false }: { readonly training?: boolean } = {},
  ): tf.Tensor {
    return tf.tidy(() => {
      const x = single(inputs);
      const [batch, tokens, size] = x.shape as [number, number, number];
      const headDim = size / this.numHeads;
      const qkv = tf.reshape(ops.dense(x, this.qkvKernel.read(), this.qkvBias?.read()), [
        batch,
        tokens,
        3,
        this.numHeads,
        headDim,
      ]);
      // [B, heads, N, headDim] each
      const [q, k, v] = tf.unstack(tf.transpose(qkv, [2, 0, 3, 1, 4])) as [tf.Tensor, tf.Tensor, tf.Tensor];
      // [B, N, heads, headDim]
      const heads = tf.transpose(ops.attention(q, k, v, { dropRate: training ? this.attnDropRate : 0 }), [0, 2, 1, 3]);
      return ops.dense(tf.reshape(heads, [batch, tokens, size]), this.outKernel.read(), this.outBias.read());
    });
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return shapeOf("MultiHeadSelfAttention", inputShape, "[B, N, D]");
  }

  override getConfig(): tf.serialization.ConfigDict {
    const [qkvKernel, qkvBias, outKernel, outBias] = this.initializers;
    return {
      ...super.getConfig(),
      numHeads: this.numHeads,
      useQkvBias: this.useQkvBias,
      attnDropRate: this.attnDropRate,
      qkvKernelInitializer: saveInitializer(qkvKernel),
      qkvBiasInitializer: saveInitializer(qkvBias),
      outKernelInitializer: saveInitializer(outKernel),
      outBiasInitializer: saveInitializer(outBias),
    };
  }
}
tf.serialization.registerClass(MultiHeadSelfAttention);
