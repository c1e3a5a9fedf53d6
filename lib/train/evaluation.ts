import { grouped, percentText, shownAs } from "../shown.js";
import { shortNumber } from "./progress.js";

/** What a model is on a set. */
export interface Evaluation<Name extends string = string> {
  /** Share of images whose largest logit is their label's, 0 to 1; one whose logits are not finite is never right. */
  readonly accuracy: number;
  /** Share of images whose label is among the five largest logits, 0 to 1, where they are finite. */
  readonly top5Accuracy: number;
  /** Share of each class's images that are right, 0 to 1 [K]; NaN for a class without images. */
  readonly perClass: readonly number[];
  /** Expected calibration error of the softmax in 15 bins, 0 to 1; NaN where a logit is not finite. */
  readonly calibrationError: number;
  /**
   * Mean loss over the images, without what regularizers add in training: softmax cross-entropy, in nats, or the loss
   * that was asked for.
   */
  readonly loss: number;
  /** The set's labels [N], in its order. Not in JSON. */
  readonly labels: Int32Array;
  /** The class of the largest logit [N], in the set's order. */
  readonly predictions: Int32Array;
  /** Its probability [N], the largest of the softmax; NaN where a logit is not finite. Not in JSON. */
  readonly confidences: Float32Array;
  /** [N][K], in the set's order; null where `keepLogits` was false. Not in JSON. */
  readonly logits: readonly Float32Array[] | null;
  /** Each metric that was asked for, averaged over the images. */
  readonly metrics: Readonly<Record<Name, number>>;
}

/** Classes of which a reader is shown the share that is right. */
const MOST_CLASSES = 20;

/** The same evaluation; a notebook shows its figures, and of each class the share that is right. */
export function asEvaluation(evaluation: Evaluation, classNames: readonly string[]): Evaluation {
  const { labels, confidences, logits, ...rest } = evaluation;
  const hidden = { labels: { value: labels }, confidences: { value: confidences }, logits: { value: logits } };
  const whole = Object.defineProperties(rest, hidden) as Evaluation;
  return shownAs(whole, ({ accuracy, top5Accuracy, perClass, calibrationError, loss, predictions, metrics }) => {
    const rows = perClass.map((share, label) => {
      const right = Number.isNaN(share) ? "no image" : percentText(share);
      return `${classNames[label] ?? `class ${label}`} ${right}`;
    });
    const more = rows.length > MOST_CLASSES ? ` and ${rows.length - MOST_CLASSES} more` : "";
    const own = Object.entries(metrics).map(([name, value]) => `${name} ${shortNumber(value)}, `);
    const lines = [
      `accuracy ${percentText(accuracy)}, top 5 ${percentText(top5Accuracy)}, loss ${loss.toFixed(4)}, calibration ` +
        `error ${calibrationError.toFixed(3)}, ${own.join("")}over ${grouped(predictions.length)} images`,
      `  ${rows.slice(0, MOST_CLASSES).join(", ")}${more}`,
    ];
    return { "text/plain": lines.join("\n") };
  });
}
