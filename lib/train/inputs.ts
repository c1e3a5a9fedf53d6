import { setImmediate } from "node:timers/promises"; // a kernel lets no other timer of an interrupted cell fire
import type { tf } from "../backend/index.js";
import type { FileSet, ImageSet } from "../datasets/types.js";
import { aModel, anySet, checkArguments } from "../checks.js";
import { checkClassifier } from "../models/classifier.js";
import { modelUse } from "../models/model-use.js";

/**
 * Checks that a set can go through a model, before any tensor is made.
 *
 * @throws TypeError where the model takes no image or gives no logits, or its image does not fit the set's
 * @throws RangeError where the set is empty, inconsistent, or a label is out of range
 */
export function checkInputs(fn: string, model: tf.LayersModel, set: ImageSet | FileSet): void {
  checkArguments(fn, { model, set }, { model: aModel, set: anySet });
  const classes = checkClassifier(fn, model);
  const wanted = model.inputs[0]!.shape.slice(1);
  if (wanted.length !== 3 || wanted.some((size, axis) => size !== null && size !== set.imageShape[axis])) {
    throw new TypeError(`${fn}: the model takes images [${wanted}], got ${set.name} with [${set.imageShape}]`);
  }
  const count = set.labels.length;
  if (count === 0) throw new RangeError(`${fn}: the set must hold at least one image, got none`);
  const [each, what, found] =
    "files" in set
      ? [1, "file", set.files.length]
      : [set.imageShape[0] * set.imageShape[1] * set.imageShape[2], "numbers", set.images.length];
  if (found !== count * each)
    throw new RangeError(`${fn}: the set must hold ${each} ${what} per label, got ${found} for ${count} labels`);
  const wrong = set.labels.find((label) => label < 0 || label >= classes);
  if (wrong !== undefined)
    throw new RangeError(`${fn}: labels must be 0 to ${classes - 1}, the model's classes, got ${wrong}`);
}

/**
 * As {@link checkInputs}, of the set that a run is measured on.
 *
 * @throws RangeError where its classes are not the training set's: a folder that lacks one gives the later ones other
 *   labels
 */
export function checkValidation(
  fn: string,
  model: tf.LayersModel,
  { classNames }: ImageSet | FileSet,
  validation: ImageSet | FileSet,
): void {
  checkInputs(`${fn}: validation`, model, validation);
  if (JSON.stringify(validation.classNames) === JSON.stringify(classNames)) return;
  throw new RangeError(
    `${fn}: validation must have the training set's classes ${listed(classNames)}, got ` +
      `${listed(validation.classNames)}; ${MATCHING}`,
  );
}

/**
 * Checks that each class of a set has the place by which the model knows it, where it knows names.
 *
 * @throws RangeError where one has not: a folder that lacks a class gives the later ones other labels
 */
export function checkClasses(fn: string, model: tf.LayersModel, { classNames }: ImageSet | FileSet): void {
  const known = modelUse(model)?.classNames;
  if (known === undefined) return;
  const isKnown = (name: string, label: number) =>
    label >= known.length || known[label] === name || known[label] === `class ${label}`;
  if (classNames.every(isKnown)) return;
  throw new RangeError(
    `${fn}: the set must have the classes that the model was trained on, ${listed(known)}, got ` +
      `${listed(classNames)}; ${MATCHING}`,
  );
}

const MATCHING = "datasets.withClasses(set, names) matches them by name";

function listed(names: readonly string[]): string {
  return names.length <= 20 ? names.join(", ") : `${names.slice(0, 20).join(", ")} and ${names.length - 20} more`;
}

/** @throws RangeError unless each value is a whole number above 0 */
export function checkCounts(fn: string, counts: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(counts)) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`${fn}: ${name} must be a whole number above 0, got ${name}=${value}`);
    }
  }
}

/** Lets timers, sockets and interrupts have their turn. */
export function yieldToEvents(): Promise<void> {
  return setImmediate();
}
