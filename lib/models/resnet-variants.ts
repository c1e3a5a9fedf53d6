import { byName, type Row } from "./entry.js";
import { resnet, type ResnetConfig } from "./resnet.js";

const STUDY_5: Row<"resnet34", ResnetConfig> = {
  name: "resnet34",
  family: "resnet",
  build: resnet,
  config: { inputShape: [224, 224, 3], numClasses: 10, seed: 0, blocks: [3, 4, 6, 3], filters: [64, 128, 256, 512] },
  source: "STUDIES.md §5, after He et al. 2015, table 1",
  params: 21_298_314,
  buffers: 17_024,
  paramsTorchsummary: 21_298_314,
  published: { figure: "21,298,314", convention: "as torchsummary counts", numClasses: 10 },
  inputShape: [224, 224, 3],
};

/** The rows of the registry for residual networks. */
export const resnetVariants = byName([STUDY_5] as const);
