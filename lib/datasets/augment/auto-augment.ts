import type { Random } from "../random.js";
import { rotate, shearX, shearY, translateX, translateY } from "./affine.js";
import { brightness, color, contrast, sharpness } from "./enhance.js";
import type { Raster } from "./raster.js";
import { autoContrast, equalize, invert, posterize, solarize } from "./tone.js";

/** What an operation is called, as in PIL. */
export type PolicyOpName =
  | "ShearX"
  | "ShearY"
  | "TranslateX"
  | "TranslateY"
  | "Rotate"
  | "Brightness"
  | "Color"
  | "Contrast"
  | "Sharpness"
  | "Posterize"
  | "Solarize"
  | "AutoContrast"
  | "Equalize"
  | "Invert";

/** One operation of a sub-policy: its name, how likely it is, and its magnitude 0 to 9 where it has one. */
export type PolicyOp = readonly [name: PolicyOpName, probability: number, magnitude: number | null];
/** Two operations, one after the other, each with its probability. */
export type SubPolicy = readonly [first: PolicyOp, second: PolicyOp];

/** Source: Cubuk et al. 2019, "AutoAugment: Learning Augmentation Policies from Data", table 7. */
export const CIFAR10_POLICY: readonly SubPolicy[] = [
  [
    ["Invert", 0.1, null],
    ["Contrast", 0.2, 6],
  ],
  [
    ["Rotate", 0.7, 2],
    ["TranslateX", 0.3, 9],
  ],
  [
    ["Sharpness", 0.8, 1],
    ["Sharpness", 0.9, 3],
  ],
  [
    ["ShearY", 0.5, 8],
    ["TranslateY", 0.7, 9],
  ],
  [
    ["AutoContrast", 0.5, null],
    ["Equalize", 0.9, null],
  ],
  [
    ["ShearY", 0.2, 7],
    ["Posterize", 0.3, 7],
  ],
  [
    ["Color", 0.4, 3],
    ["Brightness", 0.6, 7],
  ],
  [
    ["Sharpness", 0.3, 9],
    ["Brightness", 0.7, 9],
  ],
  [
    ["Equalize", 0.6, null],
    ["Equalize", 0.5, null],
  ],
  [
    ["Contrast", 0.6, 7],
    ["Sharpness", 0.6, 5],
  ],
  [
    ["Color", 0.7, 7],
    ["TranslateX", 0.5, 8],
  ],
  [
    ["Equalize", 0.3, null],
    ["AutoContrast", 0.4, null],
  ],
  [
    ["TranslateY", 0.4, 3],
    ["Sharpness", 0.2, 6],
  ],
  [
    ["Brightness", 0.9, 6],
    ["Color", 0.2, 8],
  ],
  [
    ["Solarize", 0.5, 2],
    ["Invert", 0, null],
  ],
  [
    ["Equalize", 0.2, null],
    ["AutoContrast", 0.6, null],
  ],
  [
    ["Equalize", 0.2, null],
    ["Equalize", 0.6, null],
  ],
  [
    ["Color", 0.9, 9],
    ["Equalize", 0.6, null],
  ],
  [
    ["AutoContrast", 0.8, null],
    ["Solarize", 0.2, 8],
  ],
  [
    ["Brightness", 0.1, 3],
    ["Color", 0.7, 0],
  ],
  [
    ["Solarize", 0.4, 5],
    ["AutoContrast", 0.9, null],
  ],
  [
    ["TranslateY", 0.9, 9],
    ["TranslateY", 0.7, 9],
  ],
  [
    ["AutoContrast", 0.9, null],
    ["Solarize", 0.8, 3],
  ],
  [
    ["Equalize", 0.8, null],
    ["Invert", 0.1, null],
  ],
  [
    ["TranslateY", 0.7, 9],
    ["AutoContrast", 0.9, null],
  ],
];

/** Each takes a magnitude from 0 to 9 and a sign, 1 or −1; some have no use for them. */
const OPS = {
  ShearX: (image: Raster, level: number, sign: number) => shearX(image, sign * linspace(0.3, level)),
  ShearY: (image: Raster, level: number, sign: number) => shearY(image, sign * linspace(0.3, level)),
  TranslateX: (image: Raster, level: number, sign: number) =>
    translateX(image, -sign * Math.trunc(linspace((150 / 331) * image.width, level))),
  TranslateY: (image: Raster, level: number, sign: number) =>
    translateY(image, -sign * Math.trunc(linspace((150 / 331) * image.height, level))),
  Rotate: (image: Raster, level: number, sign: number) => rotate(image, sign * linspace(30, level)),
  Brightness: (image: Raster, level: number, sign: number) => brightness(image, 1 + sign * linspace(0.9, level)),
  Color: (image: Raster, level: number, sign: number) => color(image, 1 + sign * linspace(0.9, level)),
  Contrast: (image: Raster, level: number, sign: number) => contrast(image, 1 + sign * linspace(0.9, level)),
  Sharpness: (image: Raster, level: number, sign: number) => sharpness(image, 1 + sign * linspace(0.9, level)),
  Posterize: (image: Raster, level: number) => posterize(image, 8 - Math.round((level * 4) / 9)),
  Solarize: (image: Raster, level: number) => solarize(image, linspace(255, 9 - level)),
  AutoContrast: autoContrast,
  Equalize: equalize,
  Invert: invert,
} satisfies Readonly<Record<string, (image: Raster, level: number, sign: number) => Raster>>;

/** The names of the operations. */
export const POLICY_OPS: readonly string[] = Object.keys(OPS);

/** Ten equal steps from 0 to `end`, in float32 as torch.linspace makes them. */
function linspace(end: number, level: number): number {
  const step = Math.fround(Math.fround(end) / 9);
  return level < 5 ? Math.fround(step * level) : Math.fround(Math.fround(end) - step * (9 - level));
}

/** One operation, whatever its probability. */
export function applyOp(image: Raster, [name, , level]: PolicyOp, sign: 1 | -1): Raster {
  return OPS[name](image, level ?? 0, sign);
}

/**
 * AutoAugment by its CIFAR-10 policy: one of the 25 sub-policies, each of its two operations with its
 * probability, shears, translations, rotations and enhancements in either direction; black where the image ends.
 *
 * Source: Cubuk et al. 2019; magnitudes, nearest-neighbour sampling and filling as torchvision's AutoAugment.
 */
export function autoAugment(image: Raster, random: Random): Raster {
  let result = image;
  for (const op of CIFAR10_POLICY[random.integer(CIFAR10_POLICY.length)]!) {
    const applies = random.uniform() <= op[1];
    const sign = random.integer(2) === 1 ? 1 : -1;
    if (applies) result = applyOp(result, op, sign);
  }
  return result;
}
