import { grouped, shownAs } from "../shown.js";
import { percentText } from "./progress.js";

/** Classes of which a reader is shown the share that is right. */
const MOST_CLASSES = 20;

/** What a notebook shows of an evaluation. */
export interface Evaluated {
  readonly accuracy: number;
  readonly top5Accuracy: number;
  readonly perClass: readonly number[];
  readonly calibrationError: number;
  readonly loss: number;
  readonly predictions: Int32Array;
}

/** The same evaluation; a notebook shows its figures, and of each class the share that is right. */
export function asEvaluation<Evaluation extends Evaluated>(
  evaluation: Evaluation,
  classNames: readonly string[],
): Evaluation {
  return shownAs(evaluation, ({ accuracy, top5Accuracy, perClass, calibrationError, loss, predictions }) => {
    const rows = perClass.map((share, label) => {
      const right = Number.isNaN(share) ? "no image" : percentText(share);
      return `${classNames[label] ?? `class ${label}`} ${right}`;
    });
    const more = rows.length > MOST_CLASSES ? ` and ${rows.length - MOST_CLASSES} more` : "";
    const lines = [
      `accuracy ${percentText(accuracy)}, top 5 ${percentText(top5Accuracy)}, loss ${loss.toFixed(4)}, calibration ` +
        `error ${calibrationError.toFixed(3)}, over ${grouped(predictions.length)} images`,
      `  ${rows.slice(0, MOST_CLASSES).join(", ")}${more}`,
    ];
    return { "text/plain": lines.join("\n") };
  });
}
