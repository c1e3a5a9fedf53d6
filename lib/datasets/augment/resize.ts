import { roundHalfEven, type Raster } from "./raster.js";

/** Bits behind the point of a weight. */
const PRECISION = 22;

/**
 * Resizes with a bilinear filter that widens where the image shrinks (antialiasing), in Pillow's fixed-point
 * arithmetic.
 * @throws RangeError when a side is not a whole number above 0
 *
 * Source: Pillow's Image.resize with Resampling.BILINEAR.
 */
export function resize(image: Raster, height: number, width: number): Raster {
  if (!(Number.isInteger(height) && height > 0 && Number.isInteger(width) && width > 0)) {
    throw new RangeError(`resize: sides must be whole numbers above 0, got ${height}×${width}`);
  }
  const wide = width === image.width ? image : resizeRows(image, width);
  return height === image.height
    ? { ...wide, data: wide === image ? image.data.slice() : wide.data }
    : resizeColumns(wide, height);
}

/** A window of the image. @throws RangeError when it does not lie in the image */
export function crop(image: Raster, top: number, left: number, height: number, width: number): Raster {
  const { channels } = image;
  if (top < 0 || left < 0 || height < 1 || width < 1 || top + height > image.height || left + width > image.width) {
    throw new RangeError(
      `crop: the window must lie in the image ${image.height}×${image.width}, got ${height}×${width} at ` +
        `${top}, ${left}`,
    );
  }
  const data = new Uint8Array(height * width * channels);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * channels;
    data.set(image.data.subarray(from, from + width * channels), y * width * channels);
  }
  return { data, height, width, channels };
}

/**
 * The middle of the image; of a half pixel, as Python rounds. @throws RangeError when it is smaller. Source:
 * torchvision's CenterCrop.
 */
export function centerCrop(image: Raster, height: number, width: number): Raster {
  return crop(
    image,
    roundHalfEven((image.height - height) / 2),
    roundHalfEven((image.width - width) / 2),
    height,
    width,
  );
}

/** For each place along the new side: the first old place, and the weights from there on. */
function filter(oldSize: number, newSize: number): { readonly first: number; readonly weights: Int32Array }[] {
  const scale = oldSize / newSize;
  const support = Math.max(scale, 1);
  return Array.from({ length: newSize }, (_, at) => {
    const centre = (at + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const last = Math.min(oldSize, Math.trunc(centre + support + 0.5));
    const shares = Array.from({ length: last - first }, (_, i) =>
      Math.max(0, 1 - Math.abs((i + first - centre + 0.5) * (1 / support))),
    );
    const total = shares.reduce((sum, share) => sum + share, 0);
    return { first, weights: Int32Array.from(shares, (share) => Math.trunc(0.5 + (share / total) * 2 ** PRECISION)) };
  });
}

function resizeRows({ data, height, width, channels }: Raster, newWidth: number): Raster {
  const result = new Uint8Array(height * newWidth * channels);
  const places = filter(width, newWidth);
  for (let y = 0, to = 0; y < height; y++) {
    for (const { first, weights } of places) {
      for (let c = 0; c < channels; c++, to++) {
        let sum = 1 << (PRECISION - 1);
        for (let i = 0, from = (y * width + first) * channels + c; i < weights.length; i++, from += channels)
          sum += data[from]! * weights[i]!;
        result[to] = sum >> PRECISION; // the weights are not negative and make 1 together
      }
    }
  }
  return { data: result, height, width: newWidth, channels };
}

function resizeColumns({ data, height, width, channels }: Raster, newHeight: number): Raster {
  const row = width * channels;
  const result = new Uint8Array(newHeight * row);
  filter(height, newHeight).forEach(({ first, weights }, y) => {
    for (let x = 0; x < row; x++) {
      let sum = 1 << (PRECISION - 1);
      for (let i = 0, from = first * row + x; i < weights.length; i++, from += row) sum += data[from]! * weights[i]!;
      result[y * row + x] = sum >> PRECISION;
    }
  });
  return { data: result, height: newHeight, width, channels };
}
