import { clip8, histograms, mapValues, type Raster } from "./raster.js";

function table(value: (byte: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => value(byte));
}

/** 255 − value. Source: Pillow's ImageOps.invert. */
export function invert(image: Raster): Raster {
  return mapValues(image, [table((byte) => 255 - byte)]);
}

/** Keeps the highest bits. @param bits 0 to 8; all of a value is kept at 8. Source: Pillow's ImageOps.posterize. */
export function posterize(image: Raster, bits: number): Raster {
  const mask = 256 - 2 ** (8 - bits);
  return mapValues(image, [table((byte) => byte & mask)]);
}

/** Inverts the values from the threshold up. @param threshold 0 to 256. Source: Pillow's ImageOps.solarize. */
export function solarize(image: Raster, threshold: number): Raster {
  return mapValues(image, [table((byte) => (byte < threshold ? byte : 255 - byte))]);
}

/** Adds to the values below 128, to at most 255. Source: timm's SolarizeAdd. */
export function solarizeAdd(image: Raster, add: number): Raster {
  return mapValues(image, [table((byte) => (byte < 128 ? Math.min(255, byte + add) : byte))]);
}

/**
 * Stretches each channel so that its darkest value is 0 and its lightest 255. Source: Pillow's ImageOps.autocontrast.
 */
export function autoContrast(image: Raster): Raster {
  return mapValues(
    image,
    histograms(image).map((counts) => {
      const low = counts.findIndex((count) => count > 0);
      const high = counts.findLastIndex((count) => count > 0);
      if (high <= low) return table((byte) => byte);
      const scale = 255 / (high - low);
      const offset = -low * scale;
      return table((byte) => clip8(Math.trunc(byte * scale + offset)));
    }),
  );
}

/** Flattens each channel's histogram. Source: Pillow's ImageOps.equalize. */
export function equalize(image: Raster): Raster {
  return mapValues(
    image,
    histograms(image).map((counts) => {
      const found = counts.filter((count) => count > 0);
      const pixels = found.reduce((sum, count) => sum + count, 0);
      const step = found.length <= 1 ? 0 : Math.floor((pixels - found.at(-1)!) / 255);
      if (step === 0) return table((byte) => byte);
      let sum = Math.floor(step / 2);
      return table((byte) => {
        const value = Math.floor(sum / step);
        sum += counts[byte]!;
        return Math.min(255, value);
      });
    }),
  );
}
