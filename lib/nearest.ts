/** Which known name was probably meant: what an error adds to a name that is not known. */
import { distance } from "fastest-levenshtein";

/** How far a name may be from the one that was meant, as a share of its length. */
const DISTANCE_SHARE = 0.4;

/**
 * The known name that was probably meant, by letters and digits alone: "CCT-6/3x1" means cct_6_3x1_32, "lr"
 * learningRate, "validationData" validation.
 *
 * @param aliases further names, with the known ones that they stand for
 * @returns undefined where none is near
 */
function nearestName(
  name: string,
  known: readonly string[],
  aliases: Readonly<Record<string, string>> = {},
): string | undefined {
  const asked = lettersOf(name);
  let best: string | undefined;
  let least = Math.floor(asked.length * DISTANCE_SHARE) + 1;
  for (const [each, stands] of [...known.map((each) => [each, each] as const), ...Object.entries(aliases)]) {
    const far = distanceTo(each, asked);
    if (far < least) [best, least] = [stands, far];
  }
  return best;
}

/** "; did you mean learningRate?", or nothing where no known name is near. */
export function didYouMean(
  name: unknown,
  known: readonly string[],
  aliases: Readonly<Record<string, string>> = {},
): string {
  const near = typeof name === "string" ? nearestName(name, known, aliases) : undefined;
  return near === undefined ? "" : `; did you mean ${near}?`;
}

/** Letters put in, left out or changed; two that stand in each other's place are one change. */
function distanceTo(name: string, asked: string): number {
  const letters = lettersOf(name);
  if (asked === "") return Infinity;
  // One that goes on where the asked name ends is nearer than any with another letter.
  if (letters.startsWith(asked)) return (letters.length - asked.length) / 100;
  if (asked === initialsOf(name)) return 0.5;
  return sorted(asked) === sorted(letters) ? 1 : distance(asked, letters);
}

function lettersOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .slice(0, 100);
}

const sorted = (letters: string): string => [...letters].sort().join("");

/** "lr" of learningRate. One word has none. */
function initialsOf(name: string): string | undefined {
  const initials = name.replace(/(?<!^)[^A-Z]/g, "").toLowerCase();
  return initials.length > 1 ? initials : undefined;
}
