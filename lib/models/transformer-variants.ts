import { byName, type Row } from "./entry.js";
import { transformer, type TransformerConfig } from "./transformer.js";

const STUDY_3: Row<"transformer", TransformerConfig> = {
  name: "transformer",
  family: "transformer",
  build: transformer,
  config: {
    inputShape: [32, 32, 3],
    numClasses: 10,
    seed: 0,
    patchForm: "image-rows",
    patchSize: 4,
    embedDim: 64,
    depth: 3,
    numHeads: 4,
    hiddenDim: 256,
  },
  source: "study 3, after Dosovitskiy et al. 2021",
  params: 159_498,
  buffers: 0,
  paramsTorchsummary: 155_274,
  published: { figure: "159,498", convention: "all of them", numClasses: 10 },
  inputShape: [32, 32, 3],
};

/** The row of the registry for study 3's transformer. */
export const transformerVariants = byName([STUDY_3] as const);
