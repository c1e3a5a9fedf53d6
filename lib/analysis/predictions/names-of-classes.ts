import { aText, listOf, optional, orNull, type Rule } from "../../checks.js";

/** Names of classes, or none. */
export const someClassNames: Rule = optional(orNull(listOf(aText)));

/** The name of each of K classes: "class 3" where none are given. @throws RangeError for another number of names */
export function namesOf(fn: string, classNames: readonly string[] | null | undefined, numClasses: number): string[] {
  if (classNames == null) return Array.from({ length: numClasses }, (_, label) => `class ${label}`);
  if (classNames.length !== numClasses)
    throw new RangeError(`${fn}: classNames must be ${numClasses}, one a class, got ${classNames.length}`);
  return Array.from(classNames);
}
