/** What a set of images must be: said field by field where one of a user's own has a field that is wrong. */
import { withFields } from "./compound-rules.js";
import { anImageShape, type Rule, type Rules } from "./rules.js";
import { tagOf } from "./value-text.js";

/** Of one's own arrays of another kind. */
const fromArrays = (value: unknown): string =>
  value === undefined || value === null ? "" : "; datasets.fromArrays makes a set of other arrays";

const SET_FIELDS: Rules = {
  labels: {
    what: "an Int32Array of class indices",
    holds: (value) => tagOf(value) === "Int32Array",
    hint: fromArrays,
  },
  imageShape: anImageShape,
  classNames: { what: "an array of names", holds: Array.isArray },
};
const MEMORY_FIELDS: Rules = {
  images: {
    what: "a Uint8Array of pixels, 0 to 255",
    holds: (value) => tagOf(value) === "Uint8Array",
    hint: fromArrays,
  },
  ...SET_FIELDS,
};
const FILE_FIELDS: Rules = { files: { what: "an array of paths", holds: Array.isArray }, ...SET_FIELDS };

/** One split of a dataset, in memory. */
export const anImageSet: Rule = withFields("a set of images (cifar.train, say)", MEMORY_FIELDS, "images", "labels");
/** One split of a dataset, in files. */
export const aFileSet: Rule = withFields("a set of files", FILE_FIELDS, "files", "labels");
/** Either. */
export const anySet: Rule = {
  what: "a set of images (cifar.train, say), or of files",
  holds: (value) => anImageSet.holds(value) || aFileSet.holds(value),
  within: (value, path) => anImageSet.within!(value, path) ?? aFileSet.within!(value, path),
};
