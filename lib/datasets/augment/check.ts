import {
  aFlag,
  aList,
  aShare,
  checkValue,
  either,
  fields,
  inRange,
  oneOf,
  optional,
  orNull,
  perChannel,
  type Aliases,
  type Rule,
} from "../../checks.js";
import type { Augment, ImageShape } from "../augment.js";

/** What torchvision, timm and Keras call them. */
const ALIASES: Aliases = {
  randomHorizontalFlip: "horizontalFlip",
  hflip: "horizontalFlip",
  flip: "horizontalFlip",
  randomCrop: "cropPadding",
  padding: "cropPadding",
  translate: "cropPadding",
  padMode: "paddingMode",
  trivialAugment: "randAugment",
};

const NOT_OF_CHANNELS: Rule = { what: "left out for images of other than 1 or 3 channels", holds: () => false };

/** What `augment` must be for images of a shape. An error names the field: "augment.colorJitter.hue". */
export function augmentRule([height, width, channels]: ImageShape): Rule {
  const fill = perChannel(inRange({ from: 0, to: 255 }), channels);
  const zeroToTen = optional(inRange({ from: 0, to: 10 }));
  const side = inRange({ from: 0, below: Math.min(height, width), whole: true });
  const crop = { scale: optional(bounds(1)), ratio: optional(bounds(100)) };
  const randAugment = fields(
    "an object of its options ({} for timm's m9-mstd0.5-inc1)",
    {
      magnitude: zeroToTen,
      magnitudeStd: zeroToTen,
      numLayers: optional(inRange({ from: 0, to: 15, whole: true })),
      fill: optional(fill),
    },
    { aliases: { numOps: "numLayers" } },
  );
  const colorJitter = fields("an object of brightness, contrast, saturation and hue", {
    brightness: zeroToTen,
    contrast: zeroToTen,
    saturation: zeroToTen,
    hue: optional(inRange({ from: 0, to: 0.5 })),
  });
  const randomErasing = fields(
    "an object of its options ({} for torchvision's bounds)",
    { ...crop, probability: optional(aShare), fill: optional(either(fill, oneOf(["random"]))) },
    { aliases: { p: "probability", value: "fill" } },
  );
  // what tells colors apart, or their grey
  const ofColors = (rule: Rule): Rule => optional(orNull(channels === 1 || channels === 3 ? rule : NOT_OF_CHANNELS));
  return fields(
    "an object of augmentations",
    {
      randomResizedCrop: optional(orNull(fields("an object of its bounds ({} for torchvision's)", crop))),
      cropPadding: optional({ ...side, what: `${side.what}, the image's shorter side` }),
      paddingMode: optional(oneOf(["constant", "reflect"])),
      horizontalFlip: optional(either(aFlag, oneOf(["alternating"]))),
      autoAugment: ofColors(oneOf(["cifar10"])),
      randAugment: ofColors(randAugment),
      colorJitter: ofColors(colorJitter),
      lighting: channels === 1 || channels === 3 ? zeroToTen : optional(inRange({ from: 0, to: 0 })),
      cutout: optional(inRange({ from: 0, to: 2 * Math.max(height, width), whole: true })),
      cutoutFill: optional(fill),
      randomErasing: optional(orNull(randomErasing)),
    },
    { aliases: ALIASES },
  );
}

/**
 * @throws TypeError when it is no such object, RangeError when an augmentation is unknown, out of its range or does not
 *   fit images of this shape
 */
export function checkAugment(fn: string, augment: Augment, shape: ImageShape): void {
  checkValue(fn, "augment", augment, augmentRule(shape));
}

/** The ends of a range. */
function bounds(most: number): Rule {
  return {
    what: `two numbers, the lower first, above 0 and at most ${most}`,
    kindFits: aList.holds,
    holds: (value) => {
      if (!aList.holds(value)) return false;
      const [low, high, more] = Array.from(value as ArrayLike<unknown>);
      return (
        typeof low === "number" &&
        typeof high === "number" &&
        more === undefined &&
        low > 0 &&
        low <= high &&
        high <= most
      );
    },
  };
}
