import { airbench, AIRBENCH_DEFAULTS } from "./airbench.js";
import { variantsOf } from "./entry.js";

/** The rows of the registry for the networks of Jordan 2024. */
export const airbenchVariants = variantsOf("airbench", airbench, AIRBENCH_DEFAULTS, {
  airbench94: {
    config: { inputShape: [32, 32, 3], numClasses: 10, widths: [64, 256, 256] },
    source: 'Jordan 2024, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", and its code cifar10-airbench',
  },
});
