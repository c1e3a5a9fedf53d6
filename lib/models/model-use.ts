import type { tf } from "../backend/index.js";
import { noteUse, notedUse, type ModelUse } from "../layers/noted-use.js";
import { checkClassifier } from "./classifier.js";
import { aboveZero, aModel, aNumber, aText, checkFields, checkValue, either, listOf } from "../checks.js";

export type { ModelUse };

/**
 * Notes with a model how it is used: `fit`, `loadCheckpoint` and `loadWeights` do this. It is kept in tfjs'
 * user-defined metadata, so that a model saved as tfjs' LayersModel takes it along.
 *
 * @throws RangeError where there is not one name for each class, TypeError for a model that gives no logits
 */
export function setModelUse(model: tf.LayersModel, use: ModelUse): void {
  checkValue("setModelUse", "model", model, aModel);
  checkFields("setModelUse", "use", use, {
    classNames: listOf(aText),
    mean: either(aNumber, listOf(aNumber)),
    std: either(aboveZero, listOf(aboveZero)),
  });
  const { classNames, mean, std } = use;
  const classes = checkClassifier("setModelUse", model);
  if (classNames.length !== classes)
    throw new RangeError(`setModelUse: classNames must be ${classes}, the model's classes, got ${classNames.length}`);
  noteUse(model, { classNames: [...classNames], mean: plain(mean), std: plain(std) });
}

/** A name for each of the model's classes: the set's, which may have fewer or more, and "class 7" where it has none. */
export function classNamesFor(model: tf.LayersModel, classNames: readonly string[]): string[] {
  return Array.from({ length: model.outputs[0]!.shape.at(-1)! }, (_, label) => classNames[label] ?? `class ${label}`);
}

/** What {@link setModelUse} noted, or undefined. */
export function modelUse(model: tf.LayersModel): ModelUse | undefined {
  checkValue("modelUse", "model", model, aModel);
  return notedUse(model);
}

/**
 * What {@link setModelUse} noted, with other class names where they are given.
 *
 * @param fn whose they are
 * @throws RangeError where there is not one name for each class
 */
export function useOf(fn: string, model: tf.LayersModel, classNames: readonly string[] | undefined): Partial<ModelUse> {
  const use = { ...modelUse(model), ...(classNames && { classNames }) };
  const classes = model.outputs[0]!.shape.at(-1);
  if (use.classNames && use.classNames.length !== classes)
    throw new RangeError(`${fn}: classNames must name the model's ${classes} classes, got ${use.classNames.length}`);
  return use;
}

function plain(value: number | readonly number[]): number | number[] {
  return typeof value === "number" ? value : [...value];
}
