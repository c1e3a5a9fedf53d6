import { augmented, type Augment } from "../augment.js";
import { aRandom, type Random } from "../random.js";
import { aList, checkArguments, inRange, oneOf, orNull } from "../../checks.js";
import { applyOp, CIFAR10_POLICY, POLICY_OPS, type PolicyOp } from "./auto-augment.js";
import { checkAugment } from "./check.js";
import { checkRaster, type Raster } from "./raster.js";

/**
 * One image changed at random, as `batches` and `pipeline` change it. The image is left as it is.
 * @param random for example `createRandom(seed)`
 * @returns an image of the same size
 * @throws TypeError or RangeError for what is no image, for an augmentation out of its range, and for a flip that
 *   alternates: that goes by an image's place in its set and by the epoch
 */
export function augmentImage(image: Raster, augment: Augment, random: Random): Raster {
  checkArguments("augmentImage", { random }, { random: aRandom });
  checkRaster("augmentImage", image);
  checkAugment("augmentImage", augment, [image.height, image.width, image.channels]);
  if (augment.horizontalFlip === "alternating")
    throw new RangeError(
      "augmentImage: augment.horizontalFlip must be true or false for one image, got alternating, which goes by the " +
        "image's place in a set and by the epoch: datasets.batches(set, { augment, epoch }) knows both",
    );
  const result = augmented(image, augment, random);
  return result === image ? { ...image, data: image.data.slice() } : result;
}

/**
 * One of AutoAugment's operations, whatever its probability: for a picture of what each does.
 * @param op a row of CIFAR10_POLICY, or another of the same form
 * @param sign which way it shears, translates, turns or enhances. Default 1
 * @throws TypeError or RangeError for what is no image, an unknown operation, or a magnitude that is not 0 to 9
 */
export function applyPolicyOp(image: Raster, op: PolicyOp, sign: 1 | -1 = 1): Raster {
  checkArguments("applyPolicyOp", { op }, { op: aList });
  checkRaster("applyPolicyOp", image);
  const [name, , magnitude] = op;
  checkArguments(
    "applyPolicyOp",
    { name, magnitude, sign },
    {
      name: oneOf(POLICY_OPS),
      magnitude: orNull(inRange({ from: 0, to: 9, whole: true })),
      sign: oneOf([1, -1]),
    },
  );
  return applyOp(image, op, sign);
}

export { CIFAR10_POLICY };
