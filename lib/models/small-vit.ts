import { tf } from "../backend/index.js";
import { aCount, oneOf } from "../checks.js";
import {
  ClassToken,
  ImageRows,
  LayerNorm,
  MultiHeadSelfAttention,
  Patches,
  PositionalEmbedding,
  SelectToken,
} from "../layers/index.js";
import { residual } from "./encoder-block.js";
import { wholeConfig, type ModelConfig, type Whole } from "./model-config.js";
import { chain, checkDivisible, dense, imageInput, normal, torchDefaults } from "./parts.js";

/** Config of {@link smallVit}. */
export interface SmallVitConfig extends ModelConfig {
  /** Side of a patch in pixels; divides height and width. */
  readonly patchSize: number;
  /** Numbers per token, D; divisible by numHeads. */
  readonly embedDim: number;
  /** Encoder blocks. */
  readonly depth: number;
  /** Heads of each attention. */
  readonly numHeads: number;
  /** Width of the hidden dense layer of a block. */
  readonly hiddenDim: number;
  /**
   * "patches": squares of patchSize × patchSize pixels. "image-rows": rows of C·patchSize² numbers of the
   * channels-first image, which the source takes for patches. Default "patches".
   */
  readonly patchForm?: "patches" | "image-rows";
}

export const SMALL_VIT_DEFAULTS = { patchForm: "patches" } as const satisfies Partial<SmallVitConfig>;

/**
 * A small vision transformer: patches → linear → class token → positional embedding → blocks → the class token →
 * linear. Logits [B, K] from images [B, H, W, C].
 *
 * A block: x + attention(ReLU(LN(x))), then x + dense(ReLU(LN(dense(ReLU(LN(x)))))).
 * Class token and positional embedding start as N(0, 1), the rest as PyTorch's defaults.
 * Layers: patches, embed, class_token, position, block1/norm1, block1/attention, … head.
 *
 * @throws RangeError for sizes that do not fit, TypeError for an option that is missing or of another kind
 * Source: the notebook "Deep Learning Assignment 3" (29 March 2024), problem 2, after Dosovitskiy et al. 2021.
 * Differs from Dosovitskiy et al.: ReLU after each norm, a norm inside the MLP, no norm before the head, no dropout.
 */
export function smallVit(config: SmallVitConfig): tf.LayersModel {
  const whole = checked(config);
  const { patchForm, patchSize, embedDim, depth, numClasses, seed, inputShape } = whole;
  const patchDim = inputShape[2] * patchSize ** 2;
  const image = imageInput(whole); // [B, H, W, C]
  const cut =
    patchForm === "patches"
      ? new Patches({ name: "patches", patchSize })
      : new ImageRows({ name: "patches", rowLength: patchDim });
  let x = chain(
    image,
    cut, // [B, N, patchDim]
    dense("embed", patchDim, embedDim, seed), // [B, N, D]
    new ClassToken({ name: "class_token", initializer: normal(1, seed, "class_token") }), // [B, N + 1, D]
    new PositionalEmbedding({ name: "position", initializer: normal(1, seed, "position") }),
  );
  for (let i = 1; i <= depth; i++) x = block(x, `block${i}`, whole);
  const logits = chain(
    x,
    new SelectToken({ name: "select_token", index: 0 }), // [B, D]
    dense("head", embedDim, numClasses, seed), // [B, K]
  );
  return tf.model({ name: "small_vit", inputs: image, outputs: logits });
}

/** [B, N, D] → [B, N, D]. */
function block(
  x: tf.SymbolicTensor,
  name: string,
  { embedDim, numHeads, hiddenDim, seed }: Whole<SmallVitConfig>,
): tf.SymbolicTensor {
  const attended = chain(
    x,
    ...normThenRelu(name, 1),
    attention(`${name}/attention`, embedDim, numHeads, seed), // [B, N, D]
  );
  x = residual(`${name}/add1`, x, attended);
  const mixed = chain(
    x,
    ...normThenRelu(name, 2),
    dense(`${name}/dense1`, embedDim, hiddenDim, seed), // [B, N, hiddenDim]
    ...normThenRelu(name, 3),
    dense(`${name}/dense2`, hiddenDim, embedDim, seed), // [B, N, D]
  );
  return residual(`${name}/add2`, x, mixed);
}

function normThenRelu(name: string, number: number): tf.layers.Layer[] {
  return [
    new LayerNorm({ name: `${name}/norm${number}`, epsilon: 1e-5 }),
    tf.layers.reLU({ name: `${name}/relu${number}` }),
  ];
}

function attention(name: string, embedDim: number, numHeads: number, seed: number): tf.layers.Layer {
  const qkv = torchDefaults(embedDim, seed, name, "qkv_");
  const out = torchDefaults(embedDim, seed, name, "out_");
  return new MultiHeadSelfAttention({
    name,
    numHeads,
    qkvKernelInitializer: qkv.kernel,
    qkvBiasInitializer: qkv.bias,
    outKernelInitializer: out.kernel,
    outBiasInitializer: out.bias,
  });
}

function checked(config: SmallVitConfig): Whole<SmallVitConfig> {
  const whole = wholeConfig("smallVit", config, SMALL_VIT_DEFAULTS, {
    patchSize: aCount,
    embedDim: aCount,
    depth: aCount,
    numHeads: aCount,
    hiddenDim: aCount,
    patchForm: oneOf(["patches", "image-rows"]),
  });
  const { embedDim, numHeads, patchSize, inputShape } = whole;
  checkDivisible("smallVit", { embedDim, numHeads });
  checkDivisible("smallVit", { height: inputShape[0], patchSize });
  checkDivisible("smallVit", { width: inputShape[1], patchSize });
  return whole;
}
