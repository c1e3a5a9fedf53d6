import type { Tally } from "./tally.js";

/** Classes that share a row and a column. */
export interface ClassGroup {
  readonly name: string;
  readonly classes: readonly number[];
}

/** Classes that have a row of their own at most. */
export const MOST_ALONE = 20;

/** A group for each class; of more than 20 for each of those confused most with each other, and one for the others. */
export function groupsOf(tally: Tally, classNames: readonly string[]): ClassGroup[] {
  const all = classNames.map((_, index) => index);
  const alone = all.length <= MOST_ALONE ? all : mostConfused(tally, all);
  const others = all.filter((index) => !alone.includes(index));
  return [
    ...alone.map((index) => ({ name: classNames[index]!, classes: [index] })),
    ...(others.length > 0 ? [{ name: `${others.length} others`, classes: others }] : []),
  ];
}

/** The classes of the pairs that are most often taken for each other, in the classes' order. */
function mostConfused({ counts, numClasses }: Tally, all: readonly number[]): number[] {
  const pairs = all.flatMap((one) =>
    all.slice(one + 1).map((other) => ({
      classes: [one, other],
      errors: counts[one * numClasses + other]! + counts[other * numClasses + one]!,
    })),
  );
  const found = new Set<number>();
  for (const { classes } of pairs.sort((one, other) => other.errors - one.errors)) {
    const more = classes.filter((index) => !found.has(index));
    if (found.size + more.length <= MOST_ALONE) more.forEach((index) => found.add(index));
  }
  return [...found].sort((a, b) => a - b);
}

/** Of each class the place of its group. */
export function placesOf(groups: readonly ClassGroup[]): number[] {
  const places: number[] = [];
  groups.forEach(({ classes }, place) => classes.forEach((index) => (places[index] = place)));
  return places;
}

/** counts[true group][predicted group]: images. */
export function groupCounts({ counts, numClasses }: Tally, groups: readonly ClassGroup[]): number[][] {
  const places = placesOf(groups);
  const table = groups.map(() => groups.map(() => 0));
  counts.forEach((count, at) => {
    table[places[Math.floor(at / numClasses)]!]![places[at % numClasses]!]! += count;
  });
  return table;
}
