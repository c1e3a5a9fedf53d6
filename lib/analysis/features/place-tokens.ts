import { aCount, anImageShape, fields, oneOf, type Rule } from "../../checks.js";
import type { TokenPlaces } from "../attention/attention-maps.js";

/** Of an argument that is a {@link TokenPlaces}. */
export const someTokens: Rule = fields("{ form, patchSize, imageShape }", {
  form: oneOf(["patches", "image-rows"]),
  patchSize: aCount,
  imageShape: anImageShape,
});

/**
 * Where an image's tokens begin: behind a class token, or at once.
 *
 * @param count tokens that a layer gives
 * @throws RangeError where the image has another number of them
 */
export function firstToken(fn: string, count: number, { form, patchSize, imageShape }: TokenPlaces): 0 | 1 {
  const own = (imageShape[0] * imageShape[1]) / patchSize ** 2;
  if (count === own) return 0;
  if (count === own + 1) return 1;
  throw new RangeError(
    `${fn}: tokens must be ${count}, or ${count - 1} and a class token, got ${own} of ${form} of ${patchSize}`,
  );
}

/**
 * What tokens say, on the image that they are of.
 *
 * @param values [B, N] flat
 * @returns [B, h, w] flat: of patches their grid, of image rows every pixel, its channels added up
 */
export function placeTokens(
  values: Float32Array,
  { form, patchSize, imageShape: [height, width, channels] }: TokenPlaces,
): { readonly maps: Float32Array; readonly mapShape: readonly [number, number] } {
  if (form === "patches") return { maps: values, mapShape: [height / patchSize, width / patchSize] };
  const row = channels * patchSize ** 2; // numbers of a token
  const tokens = (height * width * channels) / row;
  const size = height * width;
  const maps = new Float32Array((values.length / tokens) * size);
  for (let i = 0; i < values.length * row; i++) {
    const [token, number] = [Math.floor(i / row), i % row];
    const image = Math.floor(token / tokens);
    maps[image * size + (((token % tokens) * row + number) % size)]! += values[token]!;
  }
  return { maps, mapShape: [height, width] };
}
