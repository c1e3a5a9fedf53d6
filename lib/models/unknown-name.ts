import { didYouMean } from "../nearest.js";
import { FAMILIES } from "./entry.js";
import { ALIASES, RENAMED } from "./model-names.js";

/** How names begin of well known networks that are not in the library. */
const NOT_HERE = [
  ..."beit clip coatnet convmixer convnext deit densenet dino efficientformer efficientnet googlenet".split(" "),
  ..."inception levit maxvit mixer mnasnet mobilenet mobilevit nasnet nfnet regnet resnext senet".split(" "),
  ..."shufflenet squeezenet swin unet wide_resnet xception yolo".split(" "),
];

/**
 * What the error of an unknown model name ends in: the name that was probably meant, then the families and how to list
 * all names.
 *
 * @param known all names
 */
export function modelNameHint(name: unknown, known: readonly string[]): string {
  if (typeof name !== "string") return "";
  if (Object.hasOwn(RENAMED, name)) return `; it is called ${RENAMED[name as keyof typeof RENAMED]} now`;
  const hint = absentHint(name) ?? tagHint(name) ?? didYouMean(name, known, ALIASES);
  return `${hint}; the families are ${FAMILIES.join(", ")}`;
}

/** A name of published weights: timm's have a dot before the tag. */
function tagHint(name: string): string | undefined {
  if (!/^(timm\/.*|\w+\.\w+)$/.test(name)) return undefined;
  const whole = name.startsWith("timm/") ? name : `timm/${name}`;
  return `; a name with a tag is one of published weights: models.pretrained("${whole}")`;
}

function absentHint(name: string): string | undefined {
  const bare = name
    .toLowerCase()
    .replace(/^timm\//, "")
    .replace(/^tf_/, "");
  const network = NOT_HERE.find((each) => bare.startsWith(each));
  return network && `; no ${network} is in the library (models.registerModel takes one of your own)`;
}
