import {
  aCount,
  aFlag,
  aNatural,
  anInteger,
  aText,
  checkOptions,
  checkValue,
  either,
  inRange,
  listOf,
  optional,
  orNull,
  type Rules,
} from "../checks.js";
import { checkSet } from "./batch-options.js";
import { drawn, drawnStratified, takeImages } from "./draw.js";
import type { FileSet, ImageSet } from "./types.js";
import { asSet } from "./show-set.js";

/** Which images of a set are kept: classes, and how many, the first or drawn by a seed. */
export interface SubsetOptions {
  /** Images to keep, 1 to the number there are. Default all. */
  readonly count?: number;
  /**
   * Classes to keep, by label or by name, in the order that their new labels 0, 1, … take. Default all, labels
   * unchanged.
   */
  readonly classes?: readonly (number | string)[];
  /** Draws the images at random with this seed. Default null: the first ones are kept. */
  readonly seed?: number | null;
  /** Whether each class keeps its share of the images, to within one. Default false. */
  readonly stratified?: boolean;
}

const SUBSET_RULES: Rules = {
  count: optional(aCount),
  classes: optional(listOf(either(aNatural, aText))),
  seed: optional(orNull(anInteger)),
  stratified: optional(aFlag),
};
/** What scikit-learn, PyTorch and Keras call them. */
const DRAW_ALIASES = { randomState: "seed", randomSeed: "seed", generator: "seed", stratify: "stratified" };
const SUBSET_ALIASES = { ...DRAW_ALIASES, n: "count", size: "count", indices: "datasets.choose(set, indices)" };

/**
 * A part of a set of images or of files, as a copy: the classes asked for, relabelled, then `count` of their images
 * in the original order.
 * @throws RangeError when a class is unknown or fewer than `count` images are there
 */
export function subset<Kind extends ImageSet | FileSet>(set: Kind, options: SubsetOptions): Kind {
  checkSet("subset", set);
  checkOptions("subset", options, SUBSET_RULES, [], SUBSET_ALIASES);
  const { count, seed = null, stratified = false } = options;
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
  if (candidates.length === 0) throw new RangeError("subset: classes must hold an image of the set, got none");
  checkValue("subset", "count", kept, inRange({ from: 1, to: candidates.length, whole: true }));
  const words = seed === null ? undefined : [seed];
  const part = takeImages(
    set,
    stratified ? drawnStratified(candidates, set.labels, kept, words) : drawn(candidates, kept, words),
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

/** How a set is divided in two: by a number of images or a share. */
export interface SplitOptions {
  /** Images in the first part, 1 to the number there are less 1. */
  readonly count?: number;
  /** In place of `count`: the first part's share of the images, above 0 and below 1, rounded to whole images. */
  readonly share?: number;
  /** Seed of the drawing, an integer. Default 0. */
  readonly seed?: number;
  /** Whether each class is divided in the same proportion, to within one. Default true. */
  readonly stratified?: boolean;
}

const SPLIT_RULES: Rules = {
  count: optional(aCount),
  share: optional(inRange({ above: 0, below: 1 })),
  seed: optional(anInteger),
  stratified: optional(aFlag),
};

/** Of a test set's or validation's share the rest would be meant: these are not among them. */
const SPLIT_ALIASES = { ...DRAW_ALIASES, n: "count", ratio: "share", fraction: "share", trainSize: "share" };

/**
 * Divides a set of images or of files at random in two, as copies: `count` images and the rest, each in the original
 * order and none in both. For a validation set out of the training images.
 * @throws RangeError when a part would be empty, or unless one of count and share is given
 * @example const [train, validation] = datasets.split(await datasets.imageFolder("photos"), { share: 0.8, seed: 1 });
 */
export function split<Kind extends ImageSet | FileSet>(set: Kind, options: SplitOptions): [first: Kind, rest: Kind] {
  checkSet("split", set);
  checkOptions("split", options, SPLIT_RULES, [], SPLIT_ALIASES);
  const { share, seed = 0, stratified = true } = options;
  if ((options.count === undefined) === (share === undefined))
    throw new RangeError(
      `split: options must have either count or share, got ${share === undefined ? "neither" : "both"}`,
    );
  const all = set.labels.length;
  const count = options.count ?? Math.round(share! * all);
  checkValue("split", "count", count, inRange({ from: 1, below: all, whole: true }));
  const candidates = Array.from({ length: all }, (_, i) => i);
  const first = stratified ? drawnStratified(candidates, set.labels, count, [seed]) : drawn(candidates, count, [seed]);
  const chosen = new Set(first);
  return [
    takeImages(set, first),
    takeImages(
      set,
      candidates.filter((i) => !chosen.has(i)),
    ),
  ];
}
