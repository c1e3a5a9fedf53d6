import {
  aFlag,
  anInteger,
  anyNumber,
  anySet,
  aText,
  checkOptions,
  checkValue,
  either,
  listOf,
  optional,
} from "../checks.js";
import { choose, chooseStratified, takeImages } from "./choose.js";
import type { FileSet, ImageSet } from "./types.js";
import { asSet } from "./show-set.js";

export interface SubsetOptions {
  /** Images to keep, 1 to the number there are. Default all. */
  readonly count?: number;
  /**
   * Classes to keep, by label or by name, in the order that their new labels 0, 1, … take. Default all, labels
   * unchanged.
   */
  readonly classes?: readonly (number | string)[];
  /** Draws the images at random with this seed; without it the first ones are kept. */
  readonly seed?: number;
  /** Whether each class keeps its share of the images, to within one. Default false. */
  readonly stratified?: boolean;
}

/**
 * A part of a set of images or of files, as a copy: the classes asked for, relabelled, then `count` of their images
 * in the original order.
 * @throws RangeError when a class is unknown or fewer than `count` images are there
 */
export function subset<Kind extends ImageSet | FileSet>(set: Kind, options: SubsetOptions): Kind {
  checkValue("subset", "set", set, anySet);
  checkOptions("subset", options, {
    count: optional(anyNumber),
    classes: optional(listOf(either(anyNumber, aText))),
    seed: optional(anInteger),
    stratified: optional(aFlag),
  });
  const { count, seed, stratified = false } = options;
  const classes = options.classes?.map((kept) => (typeof kept === "string" ? labelOf(kept, set.classNames) : kept));
  const relabel = new Int32Array(set.classNames.length).map((_, i) => (classes ? -1 : i));
  classes?.forEach((kept, label) => {
    if (!(kept in set.classNames)) {
      throw new RangeError(`subset: classes must be 0 to ${set.classNames.length - 1}, got ${kept}`);
    }
    if (relabel[kept] !== -1) throw new RangeError(`subset: classes must differ, got ${kept} twice`);
    relabel[kept] = label;
  });
  const candidates: number[] = [];
  set.labels.forEach((label, i) => {
    if (relabel[label]! >= 0) candidates.push(i);
  });
  const kept = count ?? candidates.length;
  if (!Number.isInteger(kept) || kept < 1 || kept > candidates.length) {
    throw new RangeError(`subset: count must be an integer from 1 to ${candidates.length}, got ${kept}`);
  }
  const words = seed === undefined ? undefined : [seed];
  const part = takeImages(
    set,
    stratified ? chooseStratified(candidates, set.labels, kept, words) : choose(candidates, kept, words),
  );
  return asSet({
    ...part,
    labels: part.labels.map((label) => relabel[label]!),
    classNames: classes ? classes.map((kept) => set.classNames[kept]!) : set.classNames,
  });
}

function labelOf(name: string, classNames: readonly string[]): number {
  const label = classNames.indexOf(name);
  if (label < 0) throw new RangeError(`subset: classes must be of ${classNames.join(", ")}, got ${name}`);
  return label;
}

export interface SplitOptions {
  /** Images in the first part, 1 to the number there are less 1. */
  readonly count: number;
  /** Seed of the drawing, an integer. Default 0. */
  readonly seed?: number;
  /** Whether each class is divided in the same proportion, to within one. Default true. */
  readonly stratified?: boolean;
}

/**
 * Divides a set of images or of files at random in two, as copies: `count` images and the rest, each in the original
 * order and none in both. For a validation set out of the training images.
 * @throws RangeError when a part would be empty
 */
export function split<Kind extends ImageSet | FileSet>(set: Kind, options: SplitOptions): [first: Kind, rest: Kind] {
  checkValue("split", "set", set, anySet);
  checkOptions("split", options, { count: anyNumber, seed: optional(anInteger), stratified: optional(aFlag) });
  const { count, seed = 0, stratified = true } = options;
  const all = set.labels.length;
  if (!Number.isInteger(count) || count < 1 || count >= all) {
    throw new RangeError(`split: count must be an integer from 1 to ${all - 1}, got ${count}`);
  }
  const candidates = Array.from({ length: all }, (_, i) => i);
  const first = stratified
    ? chooseStratified(candidates, set.labels, count, [seed])
    : choose(candidates, count, [seed]);
  const chosen = new Set(first);
  return [
    takeImages(set, first),
    takeImages(
      set,
      candidates.filter((i) => !chosen.has(i)),
    ),
  ];
}
