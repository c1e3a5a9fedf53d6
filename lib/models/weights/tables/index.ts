import type { NameTable, WeightNames } from "../names.js";
import { COMPACT_TRANSFORMERS } from "./compact-transformers.js";
import { alexnetTable, RESNET, vggTable } from "./torchvision.js";
import { TIMM_VIT, TORCHVISION_VIT } from "./vit-names.js";

/** By a model's `name` (the builder's), whose names its weights can have beside our own. */
export const NAME_TABLES: Readonly<
  Record<string, Partial<Record<Exclude<WeightNames, "saccade" | "torch">, NameTable>>>
> = {
  compact_transformer: { "compact-transformers": COMPACT_TRANSFORMERS },
  vit: { timm: TIMM_VIT, torchvision: TORCHVISION_VIT },
  resnet: { torchvision: RESNET, timm: RESNET },
  vgg: { torchvision: vggTable },
  alexnet: { torchvision: alexnetTable },
};
