import { allOf, variantsOf } from "./entry.js";
import { smallVit, SMALL_VIT_DEFAULTS } from "./small-vit.js";
import { SOURCES } from "./sources.js";

const COMMON = {
  inputShape: [32, 32, 3],
  numClasses: 10,
  patchSize: 4,
  embedDim: 64,
  depth: 3,
  numHeads: 4,
  hiddenDim: 256,
} as const;

/** The rows of the registry for the small vision transformer. */
export const smallVitVariants = variantsOf("small_vit", smallVit, SMALL_VIT_DEFAULTS, {
  small_vit: {
    config: COMMON,
    source: `small_vit_image_rows with the patches of Dosovitskiy et al. 2021`,
    published: allOf("159,498"),
  },
  small_vit_image_rows: {
    config: { ...COMMON, patchForm: "image-rows" },
    source: `${SOURCES.cnnAndVit}, problem 2, after Dosovitskiy et al. 2021: its "patches" are rows of one channel`,
    published: allOf("159,498"),
  },
});
