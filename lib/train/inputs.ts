import { setImmediate } from "node:timers/promises"; // a kernel lets no other timer of an interrupted cell fire
import type { tf } from "../backend/index.js";
import type { FileSet, ImageSet } from "../datasets/types.js";
import { aModel, anySet, checkArguments } from "../checks.js";
import { planBatches, type BatchOptions, type BatchPlan } from "../datasets/batch-options.js";
import { checkClassifier } from "../models/classifier.js";
import { modelUse } from "../models/model-use.js";

/**
 * Checks that a set can go through a model, before any tensor is made, and plans its batches.
 *
 * @param options of the batches, each of its kind
 * @returns a plan whose soft targets, where images are mixed, are as wide as the logits
 * @throws TypeError where the model takes no image or gives no logits, or its image does not fit the set's
 * @throws RangeError where the set is empty, inconsistent, a label is out of range, or an option does not fit the set
 */
export function planFor(fn: string, model: tf.LayersModel, set: ImageSet | FileSet, options: BatchOptions): BatchPlan {
  const numClasses = checkInputs(fn, model, set);
  return { ...planBatches(set, options, fn), numClasses };
}

/** @returns K, the model's classes */
function checkInputs(fn: string, model: tf.LayersModel, set: ImageSet | FileSet): number {
  checkArguments(fn, { model, set }, { model: aModel, set: anySet });
  const classes = checkClassifier(fn, model);
  const wanted = model.inputs[0]!.shape.slice(1);
  if (wanted.length !== 3 || wanted.some((size, axis) => size !== null && size !== set.imageShape[axis])) {
    throw new TypeError(`${fn}: the model takes images [${wanted}], got ${set.name} with [${set.imageShape}]`);
  }
  if (set.labels.length === 0) throw new RangeError(`${fn}: the set must hold at least one image, got none`);
  const wrong = set.labels.find((label) => label < 0 || label >= classes);
  if (wrong !== undefined)
    throw new RangeError(`${fn}: labels must be 0 to ${classes - 1}, the model's classes, got ${wrong}`);
  return classes;
}

/**
 * Checks the set that a run is measured on.
 *
 * @throws RangeError where its classes are not the training set's: a folder that lacks one gives the later ones other
 *   labels
 */
export function checkValidation(fn: string, { classNames }: ImageSet | FileSet, validation: ImageSet | FileSet): void {
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

/** Lets timers, sockets and interrupts have their turn. */
export function yieldToEvents(): Promise<void> {
  return setImmediate();
}
