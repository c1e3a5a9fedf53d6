import { cnnSelfAttention, type CnnSelfAttentionConfig } from "./cnn-self-attention.js";
import { byName, type Row } from "./entry.js";
import { plainCnn, type PlainCnnConfig } from "./plain-cnn.js";

const CIFAR = { inputShape: [32, 32, 3], numClasses: 10, seed: 0 } as const;

const STUDY_3: Row<"cnn_self_attention", CnnSelfAttentionConfig> = {
  name: "cnn_self_attention",
  family: "cnn_self_attention",
  build: cnnSelfAttention,
  config: { ...CIFAR, filters: [32, 64, 128, 256, 128], reduction: 8, kernelSize: 3, attention: true },
  source: "STUDIES.md §3; attention: Wang et al. 2018",
  params: 737_294,
  buffers: 0,
  paramsTorchsummary: 737_294,
  published: { figure: "737,294", convention: "all of them", numClasses: 10 },
  inputShape: [32, 32, 3],
};

const ROWS = [
  STUDY_3,
  plain("mynet", { filters: [16, 32, 64, 128], poolAfter: [2, 3, 4] }, 117_930, "STUDIES.md §2"),
  plain("cnn7", { filters: [64, 256, 512], poolAfter: [1, 2, 3] }, 1_411_594, "STUDIES.md §2"),
  plain("fashion_cnn", { inputShape: [28, 28, 1], filters: [16, 16], padding: "valid", poolAfter: [], hidden: [100] }, 925_190, "STUDIES.md §6"),
] as const;

/** The rows of the registry for studies 2, 3 and 6's convolutional networks. */
export const cnnVariants = byName(ROWS);

function plain<N extends string>(name: N, sizes: Partial<PlainCnnConfig> & Pick<PlainCnnConfig, "filters" | "poolAfter">, params: number, source: string): Row<N, PlainCnnConfig> {
  const config: PlainCnnConfig = { ...CIFAR, kernelSize: 3, padding: "same", hidden: [], ...sizes };
  return { name, family: "plain_cnn", build: plainCnn, config, source, params, buffers: 0, paramsTorchsummary: params, published: null, inputShape: config.inputShape };
}
