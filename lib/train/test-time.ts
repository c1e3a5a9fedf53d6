import { tf } from "../backend/index.js";
import { aFlag, aNatural, checkValue, fields, inRange, optional, orNull, type Aliases, type Rule } from "../checks.js";
import { logitsOf } from "../layers/forward.js";

/** Test-time augmentation (TTA): views of an image whose logits are averaged, as plain data. */
export interface TestTimeAugmentation {
  /** Whether each view is also taken mirrored left to right, both counting alike. Default false. */
  readonly horizontalFlip?: boolean;
  /**
   * Multi-crop: pixels by which two more views are moved, one up and left, one down and right, the image being
   * reflected at its edges; 0 or more, below its shorter side. Together they count as much as the image in its place.
   * Default 0: none.
   */
  readonly translate?: number;
}

/** Of an option that an evaluation or a prediction has; the image's size is not known yet. */
export const aTestTimeAugmentation: Rule = optional(
  orNull(
    fields(
      "{ horizontalFlip?, translate? }",
      { horizontalFlip: optional(aFlag), translate: optional(aNatural) },
      { aliases: { flip: "horizontalFlip", hflip: "horizontalFlip", mirror: "horizontalFlip", crop: "translate" } },
    ),
  ),
);

/** What it is called elsewhere. */
export const TEST_TIME_ALIASES: Aliases = { tta: "testTimeAugmentation", augment: "testTimeAugmentation" };

/** @throws RangeError for a translation that an image [H, W, C] is too small for */
export function checkTestTime(
  fn: string,
  augmentation: TestTimeAugmentation | null | undefined,
  [height, width]: readonly [number, number, number],
): void {
  const rule = inRange({ from: 0, below: Math.min(height, width), whole: true });
  const named = { ...rule, what: `${rule.what}, the image's shorter side` };
  checkValue(fn, "testTimeAugmentation.translate", augmentation?.translate, optional(named));
}

/**
 * The logits [B, K] of images [B, H, W, C] in evaluation mode, averaged over the views of each. Call it inside a tidy.
 *
 * Source: Jordan 2024, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", §3.5 (multi-crop: mirrored, and moved by one
 * pixel).
 */
export function logitsOfViews(
  model: tf.LayersModel,
  images: tf.Tensor4D,
  augmentation: TestTimeAugmentation | null | undefined,
): tf.Tensor2D {
  const { horizontalFlip = false, translate = 0 } = augmentation ?? {};
  const logits = (view: tf.Tensor4D): tf.Tensor2D => logitsOf(model, view, { training: false });
  const both = (view: tf.Tensor4D): tf.Tensor2D =>
    horizontalFlip ? tf.div(tf.add(logits(view), logits(tf.reverse(view, 2))), 2) : logits(view);
  if (translate === 0) return both(images);
  const moved = translated(images, translate).map(both);
  return tf.add(tf.div(both(images), 2), tf.div(tf.addN(moved), 4));
}

/** The images moved down and right, and up and left, reflected at their edges. */
function translated(images: tf.Tensor4D, by: number): tf.Tensor4D[] {
  const [batch, height, width, channels] = images.shape;
  const sides: [number, number] = [by, by];
  const padded = tf.mirrorPad(images, [[0, 0], sides, sides, [0, 0]], "reflect");
  return [0, 2 * by].map((from) => tf.slice(padded, [0, from, from, 0], [batch, height, width, channels]));
}
