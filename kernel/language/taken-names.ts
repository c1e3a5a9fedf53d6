/**
 * What a cell's values have from the user's own files: an import its name there, a function or a variable what the
 * names have that its declaration uses. A cell that uses such a value has those files run again first, where they
 * changed, since it is checked with them as they are.
 */
import type { ParsedCell } from "../source/parse.js";
import { earlierName, type Rewritten, type Taken } from "../source/rewrite.js";
import { ownFile } from "./specifiers.js";

/** These in one. */
export function allOf(parts: readonly Taken[]): Taken {
  const all = new Map<string, Set<string>>();
  for (const [file, names] of parts.flatMap((one) => [...one]))
    all.set(file, new Set([...(all.get(file) ?? []), ...names]));
  return all;
}

/**
 * What each name of a cell has.
 *
 * @param earlier what names of earlier cells have
 */
export function takenBy(
  { declared }: Pick<ParsedCell, "declared">,
  uses: Rewritten["uses"],
  folder: string,
  earlier: (names: readonly string[]) => Taken,
): (name: string) => Taken {
  const imports = new Map<string, Taken>();
  for (const { name, value, repeat } of declared) {
    if (!repeat) continue;
    const file = value ? ownFile(repeat.specifier, folder) : undefined;
    const names = repeat.imported === undefined ? [] : [repeat.imported];
    imports.set(name, new Map(file === undefined ? [] : [[file, new Set(names)]]));
  }
  const used = new Set([...uses.values()].flatMap((names) => [...names]));
  const isTaken = [...imports.values(), earlier([...used].map(earlierName))].some(({ size }) => size > 0);
  if (!isTaken) return () => new Map();
  return (name) => {
    const met = new Set<string>([name]);
    for (const one of met) for (const next of uses.get(one) ?? []) met.add(next); // grows while it is gone through
    const names = [...met];
    const others = names.filter((one) => !imports.has(one) && !uses.has(one)).map(earlierName);
    return allOf([...names.flatMap((one) => imports.get(one) ?? []), earlier(others)]);
  };
}
