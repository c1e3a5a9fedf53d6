import { cnnSelfAttention, type CnnSelfAttentionConfig } from "./cnn-self-attention.js";
import { byName, type Row } from "./entry.js";
import { plainCnn, type PlainCnnConfig } from "./plain-cnn.js";

const CIFAR = { inputShape: [32, 32, 3], numClasses: 10, seed: 0 } as const;

const STUDY_3: Row<"cnn_self_attention", CnnSelfAttentionConfig> = {
  name: "cnn_self_attention",
  family: "cnn_self_attention",
  build: cnnSelfAttention,
  config: { ...CIFAR, filters: [32, 64, 128, 256, 128], reduction: 8, kernelSize: 3, attention: true },
  source: "study 3; attention: Wang et al. 2018",
  params: 737_294,
  buffers: 0,
  paramsTorchsummary: 737_294,
  published: { figure: "737,294", convention: "all of them", numClasses: 10 },
  inputShape: [32, 32, 3],
};

/**
 * Study 2's: MyNet and CNN7 are the source's. Of CNN2 to CNN6 it gives names and times alone, so that the one change of
 * each is ours.
 */
const OURS = "ours, for study 2: ";

const ROWS = [
  STUDY_3,
  plain("mynet", { filters: [16, 32, 64, 128], poolAfter: [2, 3, 4] }, 117_930, "study 2"),
  plain(
    "cnn2",
    { filters: [32, 64, 128], poolAfter: [1, 2, 3] },
    113_738,
    `${OURS}mynet without its first convolution`,
  ),
  plain(
    "cnn3",
    { filters: [16, 32, 64, 128], poolAfter: [1, 2, 3, 4] },
    102_570,
    `${OURS}mynet with a pool after every convolution`,
  ),
  plain("cnn4", { filters: [32, 64, 128, 256], poolAfter: [2, 3, 4] }, 429_386, `${OURS}mynet with twice the channels`),
  plain(
    "cnn5",
    { filters: [64, 128, 256, 512], poolAfter: [2, 3, 4] },
    1_632_906,
    `${OURS}mynet with four times the channels`,
  ),
  plain("cnn6", { filters: [64, 128, 256], poolAfter: [1, 2, 3] }, 411_786, `${OURS}cnn2 with twice the channels`),
  plain("cnn7", { filters: [64, 256, 512], poolAfter: [1, 2, 3] }, 1_411_594, "study 2"),
  plain(
    "fashion_cnn",
    {
      inputShape: [28, 28, 1],
      filters: [16, 16],
      padding: "valid",
      poolAfter: [],
      hidden: [100],
      initializer: "xavier_uniform",
    },
    925_190,
    "study 6",
  ),
] as const;

/** The rows of the registry for studies 2, 3 and 6's convolutional networks. */
export const cnnVariants = byName(ROWS);

function plain<N extends string>(
  name: N,
  sizes: Partial<PlainCnnConfig> & Pick<PlainCnnConfig, "filters" | "poolAfter">,
  params: number,
  source: string,
): Row<N, PlainCnnConfig> {
  const config: PlainCnnConfig = {
    ...CIFAR,
    kernelSize: 3,
    padding: "same",
    hidden: [],
    initializer: "torch_default",
    ...sizes,
  };
  return {
    name,
    family: "plain_cnn",
    build: plainCnn,
    config,
    source,
    params,
    buffers: 0,
    paramsTorchsummary: params,
    published: null,
    inputShape: config.inputShape,
  };
}
