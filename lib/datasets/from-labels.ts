import type { tf } from "../backend/index.js";
import { shown } from "../checks.js";

/** Labels as a user has them. */
export type LabelsLike = ArrayLike<number> | readonly string[] | tf.Tensor;

/** @throws TypeError or RangeError for what are no class indices and no names of classes */
export function labelsOf(
  given: LabelsLike,
  classNames: readonly string[] | undefined,
): { readonly labels: Int32Array; readonly classNames: readonly string[] } {
  const values: readonly unknown[] = Array.from(isTensor(given) ? ofTensor(given) : (given as ArrayLike<unknown>));
  if (values.length > 0 && values.every((value) => typeof value === "string"))
    return ofNames(values as readonly string[], classNames);
  const wrong = values.findIndex((value) => !(Number.isSafeInteger(value) && (value as number) >= 0));
  if (wrong >= 0) {
    const rows = Array.isArray(values[wrong]) || ArrayBuffer.isView(values[wrong]);
    throw new (typeof values[wrong] === "number" ? RangeError : TypeError)(
      `fromArrays: labels must be class indices from 0, or names, got labels[${wrong}]=${shown(values[wrong])}` +
        (rows ? "; of one-hot rows the index of the largest is meant (tf.argMax(rows, 1))" : ""),
    );
  }
  const labels = Int32Array.from(values as readonly number[]);
  const classes = labels.reduce((most, label) => Math.max(most, label + 1), 0);
  return { labels, classNames: classNames ?? Array.from({ length: classes }, (_, label) => `${label}`) };
}

function isTensor(value: unknown): value is tf.Tensor {
  return "dataSync" in (value as object);
}

/** Keras keeps CIFAR's labels as [N, 1]. */
function ofTensor(tensor: tf.Tensor): ArrayLike<number> {
  const [count = 1] = tensor.shape;
  if (tensor.size !== count || tensor.rank === 0)
    throw new TypeError(
      `fromArrays: labels must be a tensor [N] or [N, 1], got [${tensor.shape.join(", ")}]` +
        (tensor.rank === 2 ? "; of one-hot rows the index of the largest is meant (tf.argMax(rows, 1))" : ""),
    );
  return tensor.dataSync();
}

function ofNames(names: readonly string[], classNames: readonly string[] | undefined) {
  const known = classNames ?? [...new Set(names)].sort((a, b) => (a < b ? -1 : 1));
  const places = new Map(known.map((name, label) => [name, label]));
  const strange = names.findIndex((name) => !places.has(name));
  if (strange >= 0)
    throw new RangeError(
      `fromArrays: labels must be of classNames, ${known.join(", ")}, got labels[${strange}]=${shown(names[strange])}`,
    );
  return { labels: Int32Array.from(names, (name) => places.get(name)!), classNames: known };
}
