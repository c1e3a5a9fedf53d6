import { tf } from "../backend/index.js";
import {
  ClassToken,
  ImageRows,
  LayerNorm,
  MultiHeadSelfAttention,
  Patches,
  PositionalEmbedding,
  SelectToken,
  seedFor,
} from "../layers/index.js";
import { anObject, checkValue } from "../checks.js";
import { chain, checkConfig, checkDivisible, dense, imageInput, torchDefaults, type ModelConfig } from "./parts.js";

export interface SmallVitConfig extends ModelConfig {
  /**
   * "patches": squares of patchSize × patchSize pixels. "image-rows": rows of C·patchSize² numbers of the
   * channels-first image, which the source takes for patches.
   */
  readonly patchForm: "patches" | "image-rows";
  /** Side of a patch in pixels; divides height and width. */
  readonly patchSize: number;
  /** Numbers per token; divisible by numHeads. */
  readonly embedDim: number;
  /** Encoder blocks. */
  readonly depth: number;
  /** Heads of each attention. */
  readonly numHeads: number;
  /** Width of the hidden dense layer of a block. */
  readonly hiddenDim: number;
}

/**
 * A small vision transformer: patches → linear → class token → positional embedding → blocks → the
 * class token → linear. Logits [B, K] from images [B, H, W, C].
 *
 * A block: x + attention(ReLU(LN(x))), then x + dense(ReLU(LN(dense(ReLU(LN(x)))))).
 * Class token and positional embedding start as N(0, 1), the rest as PyTorch's defaults.
 * Layers: patches, embed, class_token, position, block1/norm1, block1/attention, … head.
 *
 * @throws RangeError for sizes that do not fit
 * Source: the notebook "Deep Learning Assignment 3" (29 March 2024), problem 2, after Dosovitskiy et al. 2021.
 * Differs from Dosovitskiy et al.: ReLU after each norm, a norm inside the MLP, no norm before the head, no dropout.
 */
export function smallVit(config: SmallVitConfig): tf.LayersModel {
  checkValue("smallVit", "config", config, anObject);
  check(config);
  const { patchForm, patchSize, embedDim, depth, numClasses, seed, inputShape } = config;
  const patchDim = inputShape[2] * patchSize ** 2;

  const image = imageInput(config); // [B, H, W, C]
  const cut =
    patchForm === "patches"
      ? new Patches({ name: "patches", patchSize })
      : new ImageRows({ name: "patches", rowLength: patchDim });
  let x = cut.apply(image) as tf.SymbolicTensor; // [B, N, patchDim]
  x = dense("embed", patchDim, embedDim, seed).apply(x) as tf.SymbolicTensor; // [B, N, D]
  // [B, N + 1, D]
  x = new ClassToken({ name: "class_token", initializer: normal(seed, "class_token") }).apply(x) as tf.SymbolicTensor;
  x = new PositionalEmbedding({ name: "position", initializer: normal(seed, "position") }).apply(
    x,
  ) as tf.SymbolicTensor;
  for (let i = 1; i <= depth; i++) x = block(x, `block${i}`, config);
  const token = new SelectToken({ name: "select_token", index: 0 }).apply(x) as tf.SymbolicTensor; // [B, D]
  const logits = dense("head", embedDim, numClasses, seed).apply(token) as tf.SymbolicTensor; // [B, K]
  return tf.model({ name: "small_vit", inputs: image, outputs: logits });
}

/** x + attention(ReLU(LN(x))), then x + dense(ReLU(LN(dense(ReLU(LN(x)))))): [B, N, D] → [B, N, D]. */
function block(
  x: tf.SymbolicTensor,
  name: string,
  { embedDim, numHeads, hiddenDim, seed }: SmallVitConfig,
): tf.SymbolicTensor {
  const attended = chain(
    x,
    new LayerNorm({ name: `${name}/norm1`, epsilon: 1e-5 }),
    tf.layers.reLU({ name: `${name}/relu1` }),
    attention(`${name}/attention`, embedDim, numHeads, seed),
  );
  x = tf.layers.add({ name: `${name}/add1` }).apply([x, attended]) as tf.SymbolicTensor;
  const mixed = chain(
    x,
    new LayerNorm({ name: `${name}/norm2`, epsilon: 1e-5 }),
    tf.layers.reLU({ name: `${name}/relu2` }),
    dense(`${name}/dense1`, embedDim, hiddenDim, seed), // [B, N, hiddenDim]
    new LayerNorm({ name: `${name}/norm3`, epsilon: 1e-5 }),
    tf.layers.reLU({ name: `${name}/relu3` }),
    dense(`${name}/dense2`, hiddenDim, embedDim, seed), // [B, N, D]
  );
  return tf.layers.add({ name: `${name}/add2` }).apply([x, mixed]) as tf.SymbolicTensor;
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

function normal(seed: number, name: string) {
  return tf.initializers.randomNormal({ mean: 0, stddev: 1, seed: seedFor(seed, name) });
}

function check(config: SmallVitConfig): void {
  const { patchForm, patchSize, embedDim, depth, numHeads, hiddenDim, inputShape } = config;
  checkConfig("smallVit", config, { patchSize, embedDim, depth, numHeads, hiddenDim });
  if (patchForm !== "patches" && patchForm !== "image-rows") {
    throw new RangeError(`smallVit: patchForm must be "patches" or "image-rows", got ${JSON.stringify(patchForm)}`);
  }
  checkDivisible("smallVit", { embedDim, numHeads });
  checkDivisible("smallVit", { height: inputShape[0], patchSize });
  checkDivisible("smallVit", { width: inputShape[1], patchSize });
}
