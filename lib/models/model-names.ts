/**
 * What timm and torchvision call a network that is the same here. Their resnet34 and vgg16 are `resnet34_torchvision`
 * and `vgg16_torchvision`: the plain names are the studies'.
 */
export const ALIASES = {
  vit_tiny_patch16_224: "vit_ti16",
  vit_small_patch16_224: "vit_s16",
  vit_base_patch16_224: "vit_b16",
  vit_b_16: "vit_b16",
  vit_small_patch32_224: "vit_s32",
  vit_base_patch32_224: "vit_b32",
  vit_b_32: "vit_b32",
} as const;

export type ModelAlias = keyof typeof ALIASES;

/** How far a name may be from the one that was meant, as a share of its length. */
const DISTANCE_SHARE = 0.4;

/**
 * The known name that was probably meant, by letters and digits alone: "CCT-6/3x1" means cct_6_3x1_32, "vit_base"
 * vit_b16.
 *
 * @param known names, and aliases with what they stand for
 * @returns undefined where none is near
 */
export function nearestName(
  name: string,
  known: readonly string[],
  aliases: Readonly<Record<string, string>> = ALIASES,
): string | undefined {
  const asked = lettersOf(name);
  let best: string | undefined;
  let least = Math.floor(asked.length * DISTANCE_SHARE) + 1;
  for (const [each, stands] of [...known.map((each) => [each, each] as const), ...Object.entries(aliases)]) {
    const letters = lettersOf(each);
    // One that goes on where the asked name ends is nearer than any with another letter.
    const far =
      letters.startsWith(asked) && asked !== "" ? (letters.length - asked.length) / 100 : distance(asked, letters);
    if (far < least) [best, least] = [stands, far];
  }
  return best;
}

function lettersOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .slice(0, 100);
}

/** Letters put in, left out or changed. Source: Levenshtein 1966. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
