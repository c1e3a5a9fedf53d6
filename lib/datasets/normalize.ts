import type { Raster } from "./augment/raster.js";

/** By what pixels scaled to 0 to 1 are normalized: numbers of each channel [C], those of std above 0. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** One number for each channel [C], of one for all or of one each. */
export function eachChannel(value: number | readonly number[], channels: number): readonly number[] {
  return typeof value === "number" ? new Array<number>(channels).fill(value) : Array.from(value);
}

/** What each byte becomes in each channel, (byte / 255 − mean) / std: [256 · C], channel fastest. */
export function normalizingTable({ mean, std }: Normalization): Float32Array {
  const channels = mean.length;
  return Float32Array.from(
    { length: 256 * channels },
    (_, i) => (Math.floor(i / channels) / 255 - mean[i % channels]!) / std[i % channels]!,
  );
}

/**
 * Normalizes an image's bytes [H, W, C].
 *
 * @param target where the numbers go, in the same order; it may be longer
 * @param table of {@link normalizingTable}
 */
export function normalizeInto(target: Float32Array, bytes: Uint8Array, table: Float32Array): void {
  const channels = table.length / 256;
  for (let i = 0; i < bytes.length; i += channels) {
    for (let c = 0; c < channels; c++) target[i + c] = table[bytes[i + c]! * channels + c]!;
  }
}

/** One picture as a network takes it. @returns [H, W, C], channel fastest */
export function normalizeImage({ data }: Raster, normalization: Normalization): Float32Array {
  const pixels = new Float32Array(data.length);
  normalizeInto(pixels, data, normalizingTable(normalization));
  return pixels;
}
