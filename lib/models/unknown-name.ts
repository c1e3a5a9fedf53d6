import { didYouMean } from "../nearest.js";
import { FAMILIES } from "./entry.js";
import { ALIASES, RENAMED } from "./model-names.js";
import { PUBLISHED } from "./weights/published-rows.js";

/** How names begin of well known networks that are not in the library. */
const NOT_HERE =
  /^(tf_)?(beit|clip|coatnet|convmixer|convnext|deit|densenet|dino|efficientformer|efficientnet|googlenet|inception|levit|maxvit|mixer|mnasnet|mobilenet|mobilevit|nasnet|nfnet|regnet|resnext|senet|shufflenet|squeezenet|swin|unet|wide_resnet|xception|yolo)/i;

/**
 * What the error of an unknown model name ends in: the name that was probably meant, then the families and how to list
 * all names.
 *
 * @param known all names
 */
export function modelNameHint(name: unknown, known: readonly string[]): string {
  if (typeof name !== "string") return "";
  if (Object.hasOwn(RENAMED, name)) return `; it is called ${RENAMED[name as keyof typeof RENAMED]} now`;
  return `${tagHint(name) ?? absentHint(name) ?? didYouMean(name, known, ALIASES)}; the families are ${FAMILIES.join(", ")}`;
}

/** A name of published weights: timm's have a dot before the tag. */
function tagHint(name: string): string | undefined {
  if (!name.includes(".") && !name.includes("/")) return undefined;
  const row = PUBLISHED.find((each) => each.name === name || each.name.endsWith(`/${name}`));
  return row && `; that is the name of published weights: models.pretrained("${row.name}")`;
}

function absentHint(name: string): string | undefined {
  const [, , network] = NOT_HERE.exec(name.replace(/^.*\//, "")) ?? [];
  return network && `; no ${network} is in the library (models.registerModel takes one of your own)`;
}
