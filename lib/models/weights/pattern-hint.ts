import type { tf } from "../../backend/index.js";
import { didYouMean } from "../../nearest.js";
import { referenceNames } from "./plan.js";

/**
 * What the error of a pattern that names no weight ends in: our names of what a reference calls so, how to name all but
 * the head, or the nearest name.
 *
 * @param names ours, of all weights
 */
export function patternHint(model: tf.LayersModel, pattern: string, names: readonly string[]): string {
  const expression = expressionOf(pattern, "[/.]");
  const ours = referenceNames(model).flatMap(([name, theirs]) => (expression.test(theirs) ? [layerOf(name)] : []));
  if (ours.length > 0) return `; here that is ${shortened(ours).join(", ")}`;
  if (/^(backbone|base|body|encoder|features|trunk)\b/i.test(pattern))
    return '; freeze(model, "*"), then unfreeze(model, "head") freezes all but the head';
  const known = names.flatMap((name) => name.split("/").map((_, i, words) => words.slice(0, i + 1).join("/")));
  return didYouMean(pattern, [...new Set(known)]);
}

/** A pattern of names, `*` for any text, of whole words up to one of the letters `ends`. */
export function expressionOf(pattern: string, ends: string): RegExp {
  const parts = pattern.split(/\*+/).map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}(${ends}|$)`);
}

/** The layer's name of a weight's. */
export function layerOf(name: string): string {
  return name.replace(/\/[^/]*$/, "");
}

/** One layer by its name, several by what their names begin with: "block*". */
function shortened(layers: readonly string[]): readonly string[] {
  if (new Set(layers).size === 1) return layers.slice(0, 1);
  const first = [...new Set(layers.map((layer) => layer.split("/")[0]!))];
  if (first.length === 1) return first;
  const numbered = (word: string) => word.replace(/\d+$/, "*");
  const repeats = (word: string) => first.filter((each) => numbered(each) === numbered(word)).length > 1;
  return [...new Set(first.map((word) => (repeats(word) ? numbered(word) : word)))];
}
