import { aFlag, anObject, anyNumber, aText, checkOptions, either, listOf, optional, type Rules } from "../../checks.js";
import type { Augment, ImageShape } from "../augment.js";

const KINDS: Rules = {
  randomResizedCrop: optional(anObject),
  cropPadding: optional(anyNumber),
  horizontalFlip: optional(aFlag),
  autoAugment: optional(aText),
  randAugment: optional(anObject),
  colorJitter: optional(anObject),
  lighting: optional(anyNumber),
  cutout: optional(anyNumber),
  cutoutFill: optional(either(anyNumber, listOf(anyNumber))),
  randomErasing: optional(anObject),
};

/** What the augmentations that have options take. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  randomResizedCrop: ["scale", "ratio"],
  randAugment: ["magnitude", "magnitudeStd", "numLayers", "fill"],
  colorJitter: ["brightness", "contrast", "saturation", "hue"],
  randomErasing: ["probability", "scale", "ratio", "fill"],
};

/**
 * @throws TypeError when it is no such object, RangeError when an augmentation is out of its range or does not fit
 * images of this shape
 */
export function checkAugment(fn: string, augment: Augment, [height, width, channels]: ImageShape): void {
  checkOptions(`${fn}: augment`, augment, KINDS);
  for (const [name, known] of Object.entries(OPTIONS)) {
    const options = augment[name as keyof Augment];
    if (options !== undefined) checkOptions(`${fn}: augment: ${name}`, options, {}, known);
  }
  const fail = (rule: string, got: unknown): never => {
    throw new RangeError(`${fn}: augment: ${rule}, got ${got}`);
  };
  const {
    cropPadding = 0,
    autoAugment: policy,
    randAugment: rand = {},
    colorJitter: jitter = {},
    randomErasing: erasing = {},
  } = augment;
  if (!Number.isInteger(cropPadding) || cropPadding < 0 || cropPadding >= Math.min(height, width)) {
    fail(
      "cropPadding must be an integer from 0 to the image's side less 1",
      `${cropPadding}, image ${height}×${width}`,
    );
  }
  if (policy !== undefined && policy !== "cifar10") fail('autoAugment must be "cifar10"', JSON.stringify(policy));
  checkNumber(fail, "cutout", augment.cutout ?? 0, 2 * Math.max(height, width), "an integer");
  checkNumber(fail, "lighting", augment.lighting ?? 0, 10);
  checkNumber(fail, "randAugment.magnitude", rand.magnitude ?? 9, 10);
  checkNumber(fail, "randAugment.magnitudeStd", rand.magnitudeStd ?? 0.5, 10);
  checkNumber(fail, "randAugment.numLayers", rand.numLayers ?? 2, 15, "an integer");
  for (const [name, value] of Object.entries(jitter))
    checkNumber(fail, `colorJitter.${name}`, value as number, name === "hue" ? 0.5 : 10);
  checkNumber(fail, "randomErasing.probability", erasing.probability ?? 0.5, 1);
  checkRange(fail, "randomErasing.scale", erasing.scale, 1);
  checkRange(fail, "randomErasing.ratio", erasing.ratio, 100);
  checkRange(fail, "randomResizedCrop.scale", augment.randomResizedCrop?.scale, 1);
  checkRange(fail, "randomResizedCrop.ratio", augment.randomResizedCrop?.ratio, 100);
  checkFill(fail, "cutoutFill", augment.cutoutFill, channels);
  checkFill(fail, "randAugment.fill", rand.fill, channels);
  if (erasing.fill !== "random") checkFill(fail, "randomErasing.fill", erasing.fill, channels);
}

type Fail = (rule: string, got: unknown) => never;

function checkNumber(
  fail: Fail,
  name: string,
  value: number,
  most: number,
  kind: "a number" | "an integer" = "a number",
): void {
  if (!(value >= 0 && value <= most) || (kind === "an integer" && !Number.isInteger(value))) {
    fail(`${name} must be ${kind} from 0 to ${most}`, value);
  }
}

function checkRange(fail: Fail, name: string, value: readonly number[] | undefined, most: number): void {
  if (value && !(value.length === 2 && value[0]! > 0 && value[0]! <= value[1]! && value[1]! <= most)) {
    fail(`${name} must be two numbers, the lower first, above 0 and at most ${most}`, `[${value.join(", ")}]`);
  }
}

function checkFill(fail: Fail, name: string, fill: number | readonly number[] | undefined, channels: number): void {
  const values = fill === undefined ? [] : typeof fill === "number" ? [fill] : fill;
  if (
    (typeof fill === "object" && fill.length !== channels) ||
    Array.from(values).some((value) => !(value >= 0 && value <= 255))
  ) {
    fail(`${name} must be a number from 0 to 255, or one for each of ${channels} channels`, JSON.stringify(fill));
  }
}
