import type { Call, Patches } from "./kernel-call.js";
import { isSameSize, type View } from "./operands.js";

/** Orders that put the axes of a patch behind those of the grid. */
const CUTS = ["0,1,3,2,4", "0,1,3,2,4,5"];

/**
 * Notes that a tensor holds patches: images as [B, H / P, P, W / P, P·C], or [B, H / P, P, W / P, P, C], transposed.
 *
 * @param given what was transposed
 * @param name of the result
 */
export function notePatches({ notes }: Call, { base, shape }: View, order: readonly number[], name: string): void {
  const [batch, height, width, channels] = base.shape;
  const [images, rows, side, columns, across] = shape;
  const sizes = [height, width, channels, rows, side, columns, across];
  if (!CUTS.includes(order.join()) || base.shape.length !== 4 || !sizes.every((size) => typeof size === "number"))
    return;
  const [high, wide, deep, down, pixels, right, last] = sizes as number[];
  const isCut =
    isSameSize(batch, images) &&
    down! * pixels! === high &&
    right! * pixels! === wide &&
    last === (shape.length === 5 ? pixels! * deep! : pixels);
  if (isCut) notes.patches.set(name, { source: { base, shape: base.shape }, side: pixels! });
}

/** The images behind rows of one patch each; undefined where they are none. */
export function patchesBehind({ notes }: Call, { base, shape }: View): Patches | undefined {
  const patches = notes.patches.get(base.name);
  if (!patches) return undefined;
  const length = base.shape.slice(3).reduce<number>((product, size) => product * (size as number), 1);
  return shape.at(-1) === length ? patches : undefined;
}
