import { CNN_SELF_ATTENTION_DEFAULTS, cnnSelfAttention } from "./cnn-self-attention.js";
import { allOf, variantsOf } from "./entry.js";
import { plainCnn, PLAIN_CNN_DEFAULTS } from "./plain-cnn.js";
import { SOURCES } from "./sources.js";

const CIFAR = { inputShape: [32, 32, 3], numClasses: 10 } as const;

/**
 * Of CNN2 to CNN6 the source gives names and, of all but CNN6, times alone, so that the one change of each is ours.
 * They are chosen so that the multiply-adds of CNN2 to CNN5 stand to each other as its kernel times do (18,395, 17,518,
 * 103,958 and 105,163 µs), to 3 %; that all four trained on batches of one size is assumed for that.
 */
const OURS = `ours, for ${SOURCES.vitAndProfile}: `;

/** The rows of the registry for the sources' own convolutional networks. */
export const cnnVariants = {
  ...variantsOf("cnn_self_attention", cnnSelfAttention, CNN_SELF_ATTENTION_DEFAULTS, {
    cnn_self_attention: {
      config: { ...CIFAR, filters: [32, 64, 128, 256, 128] },
      source: `${SOURCES.cnnAndVit}, problem 1; attention: Wang et al. 2018`,
      published: allOf("737,294"),
    },
  }),
  ...variantsOf("plain_cnn", plainCnn, PLAIN_CNN_DEFAULTS, {
    mynet: {
      config: { ...CIFAR, filters: [16, 32, 64, 128], poolAfter: [2, 3, 4] },
      source: `${SOURCES.vitAndProfile}, question 2`,
    },
    cnn2: {
      config: { ...CIFAR, filters: [32, 64, 128], poolAfter: [1, 2, 3] },
      source: `${OURS}mynet without its first convolution`,
    },
    cnn3: {
      config: { ...CIFAR, filters: [16, 32, 64], poolAfter: [2, 3] },
      source: `${OURS}mynet without its last convolution and the pool after it`,
    },
    cnn4: {
      config: { ...CIFAR, filters: [32, 64, 128, 256], poolAfter: [2, 3, 4] },
      source: `${OURS}mynet with twice the channels`,
    },
    cnn5: {
      config: { ...CIFAR, filters: [32, 64, 128, 256], poolAfter: [2, 3, 4], hidden: [128] },
      source: `${OURS}cnn4 with a dense layer of 128 before its head`,
    },
    cnn6: {
      config: { ...CIFAR, filters: [64, 128, 256], poolAfter: [1, 2, 3] },
      source: `${OURS}cnn2 with twice the channels`,
    },
    cnn7: {
      config: { ...CIFAR, filters: [64, 256, 512], poolAfter: [1, 2, 3] },
      source: `${SOURCES.vitAndProfile}, question 2`,
    },
    fashion_cnn: {
      config: {
        ...CIFAR,
        inputShape: [28, 28, 1],
        filters: [16, 16],
        padding: "valid",
        hidden: [100],
        initializer: "xavier_uniform",
      },
      source: `${SOURCES.tuning}, step 1`,
    },
  }),
} as const;
