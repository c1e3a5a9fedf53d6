import { aText, checkArguments, someOf } from "../checks.js";
import { didYouMean } from "../nearest.js";

/**
 * The names that a notebook's parameter asks for: "vitRows,vitPatches", or all of them for "all".
 *
 * @param parameter its name, for the error
 * @param asked names joined by commas, or "all"
 * @param known the names that there are, one or more
 * @returns in the order of `known`
 * @throws RangeError for a name that is not known: it lists the known ones, and says which was probably meant
 * @throws TypeError for an argument of another kind
 */
export function chosen<Name extends string>(parameter: string, asked: string, known: readonly Name[]): Name[] {
  checkArguments(parameter, { asked, known }, { asked: aText, known: someOf(aText) });
  if (asked === "all") return [...known];
  const names = asked.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !known.some((one) => one === name));
  if (unknown !== undefined)
    throw new RangeError(
      `${parameter}: a name must be one of ${known.join(", ")} (several joined by commas), or all, got ` +
        `${JSON.stringify(unknown)}${didYouMean(unknown, known)}`,
    );
  return known.filter((name) => names.includes(name));
}
