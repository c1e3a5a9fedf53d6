import { anObject, checkValue, someOf, withFields } from "../../checks.js";
import type { GradientNorms } from "./gradient-norms.js";

/** One layer's or block's gradient norms, as `plots.lines` takes them. */
export interface NormSeries {
  /** The layer or block. */
  readonly name: string;
  /** The records that have it, from 1. */
  readonly x: readonly number[];
  /** Its norm in each; NaN where a gradient was not finite. */
  readonly y: readonly number[];
}

/**
 * Gradient norms over training as lines, one for each layer or block: `plots.lines({ title, series: normSeries(rows),
 * xLabel: "epoch", yLabel: "L2 norm of the gradient", logY: true })`.
 *
 * @param rows what `gradientNorms` gave, one after each epoch
 * @throws TypeError for what is no such record
 */
export function normSeries(rows: readonly Pick<GradientNorms, "norms">[]): readonly NormSeries[] {
  checkValue("normSeries", "rows", rows, someOf(withFields("what gradientNorms gives", { norms: anObject }, "norms")));
  const names = [...new Set(rows.flatMap(({ norms }) => Object.keys(norms)))];
  return names.map((name) => {
    const x = rows.flatMap(({ norms }, i) => (norms[name] === undefined ? [] : [i + 1]));
    return { name, x, y: x.map((row) => rows[row - 1]!.norms[name]!) };
  });
}
