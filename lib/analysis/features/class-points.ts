import { aNatural, aText, checkArguments, listOf, optional } from "../../checks.js";
import { shownAs } from "../../shown.js";
import { matrixOf, someRows, type MatrixLike } from "./matrix.js";

/** Points of one class, as `plots.scatter` takes them. */
export interface PointSeries {
  /** The class. */
  readonly name: string;
  /** The points' first numbers. */
  readonly x: readonly number[];
  /** Their second numbers. */
  readonly y: readonly number[];
}

/**
 * Points in the series of a scatter plot, one for each class that has any: `plots.scatter({ title, series:
 * classPoints(pca(features).scores, set.labels, set.classNames), xLabel: "PC 1", yLabel: "PC 2" })`.
 *
 * @param points [N, 2 or more], of which the first two numbers are taken: what `pca` calls scores, or `umap` gives
 * @param labels class indices [N]
 * @param classNames by label. Default "class 0" and so on
 * @throws RangeError where there are not as many labels as points; TypeError for points of one number
 */
export function classPoints(
  points: MatrixLike,
  labels: ArrayLike<number>,
  classNames?: readonly string[],
): readonly PointSeries[] {
  checkArguments(
    "classPoints",
    { points, labels, classNames },
    { points: someRows, labels: listOf(aNatural), classNames: optional(listOf(aText)) },
  );
  const { values, n, d } = matrixOf("classPoints", "points", points);
  if (d < 2) throw new TypeError(`classPoints: points must have two numbers or more, got ${d}`);
  if (labels.length !== n) throw new RangeError(`classPoints: labels must be ${n}, one a point, got ${labels.length}`);
  const classes = [...new Set(Array.from(labels))].sort((a, b) => a - b);
  const series = classes.map((label): PointSeries => {
    const own = Array.from({ length: n }, (_, i) => i).filter((i) => labels[i] === label);
    return {
      name: classNames?.[label] ?? `class ${label}`,
      x: own.map((i) => values[i * d]!),
      y: own.map((i) => values[i * d + 1]!),
    };
  });
  return shownAs(series, (shown) => ({
    "text/plain": `${n} points of ${shown.length} classes: plots.scatter's series`,
  }));
}
