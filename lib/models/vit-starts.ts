import { tf } from "../backend/index.js";
import { createInitializer, seedFor, type Initializer } from "../layers/index.js";
import type { AttentionStart } from "./encoder-block.js";
import { normal, torchStart, type LayerStart } from "./parts.js";

/** What each kind of a vision transformer's weights starts from, by the layer's name. */
export interface VitStarts {
  patch(name: string, fanIn: number): LayerStart;
  /** Of a block's two dense layers. */
  dense(name: string, fanIn: number): LayerStart;
  head(name: string, fanIn: number): LayerStart;
  attention(name: string): AttentionStart;
  readonly token: Initializer;
  readonly position: Initializer;
}

interface Sizes {
  readonly weightInit: VitWeightInit;
  readonly seed: number;
  readonly embedDim: number;
}

/** Whose rules the weights start by. */
export type VitWeightInit = "timm" | "torchvision" | "torch";

/** The initializers of a network, each weight with a seed of its own. */
export function vitStarts({ weightInit, seed, embedDim }: Sizes): VitStarts {
  switch (weightInit) {
    case "timm":
      return timm(seed);
    case "torchvision":
      return torchvision(seed, embedDim);
    case "torch":
      return torch(seed, embedDim);
  }
}

/** Source: timm's vision_transformer.py, init_weights; the patches' convolution keeps PyTorch's default. */
function timm(seed: number): VitStarts {
  const small = (name: string): LayerStart => ({
    kernelInitializer: normal(0.02, seed, `${name}/kernel`),
    biasInitializer: tf.initializers.zeros(),
  });
  return {
    patch: (name, fanIn) => torchStart(fanIn, seed, name),
    dense: small,
    head: small,
    attention: (name) => attention(small(`${name}/qkv`), small(`${name}/out`)),
    token: normal(1e-6, seed, "class_token"),
    position: normal(0.02, seed, "position"),
  };
}

/** Source: torchvision's vision_transformer.py, and PyTorch's `nn.MultiheadAttention`. */
function torchvision(seed: number, embedDim: number): VitStarts {
  const zeros = tf.initializers.zeros();
  const xavier = (name: string) => createInitializer("xavier_uniform", seedFor(seed, `${name}kernel`));
  return {
    patch: (name, fanIn) => ({
      kernelInitializer: normal(Math.sqrt(1 / fanIn), seed, `${name}/kernel`),
      biasInitializer: zeros,
    }),
    dense: (name) => ({
      kernelInitializer: xavier(`${name}/`),
      biasInitializer: normal(1e-6, seed, `${name}/bias`),
    }),
    head: () => ({ kernelInitializer: zeros, biasInitializer: zeros }),
    attention: (name) =>
      attention(
        { kernelInitializer: xavier(`${name}/qkv_`), biasInitializer: zeros },
        { ...torchStart(embedDim, seed, name, "out_"), biasInitializer: zeros },
      ),
    token: zeros,
    position: normal(0.02, seed, "position"),
  };
}

function torch(seed: number, embedDim: number): VitStarts {
  const start = (name: string, fanIn: number, part = ""): LayerStart => torchStart(fanIn, seed, name, part);
  return {
    patch: start,
    dense: start,
    head: start,
    attention: (name) => attention(start(name, embedDim, "qkv_"), start(name, embedDim, "out_")),
    token: normal(1, seed, "class_token"),
    position: normal(1, seed, "position"),
  };
}

function attention(qkv: LayerStart, out: LayerStart): AttentionStart {
  return {
    qkvKernelInitializer: qkv.kernelInitializer,
    qkvBiasInitializer: qkv.biasInitializer,
    outKernelInitializer: out.kernelInitializer,
    outBiasInitializer: out.biasInitializer,
  };
}
