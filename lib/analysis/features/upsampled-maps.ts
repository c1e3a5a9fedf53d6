import { aCount, aList, checkArguments, listOf, withFields } from "../../checks.js";
import { shownAs } from "../../shown.js";
import type { GradCam } from "./grad-cam.js";

/** Maps as `plots.attentionOverlay` takes them. */
export interface OverlayMaps {
  /** [B, H, W] flat, 0 to 1. */
  readonly maps: Float32Array;
  /** [H, W] */
  readonly mapShape: readonly [number, number];
  /** What a value is, beside the colors. */
  readonly valueLabel: string;
}

/** Keeps a map without any difference at 0. */
const LEAST = 1e-7;

/**
 * Maps brought to the size of their images: each from its least value, 0, to its greatest, 1, with what lies between
 * places filled in (bilinear), for `plots.attentionOverlay({ title, ...set, ...upsampledMaps(cam, [32, 32]) })`.
 *
 * @param cam what `gradCam` gives
 * @param size [H, W] of the images in pixels
 * @throws TypeError for what is no map or size
 * Source: pytorch-grad-cam's `show_cam_on_image`: OpenCV's `resize` with INTER_LINEAR, scaled before and after.
 */
export function upsampledMaps(cam: Pick<GradCam, "maps" | "mapShape">, size: readonly [number, number]): OverlayMaps {
  const rule = withFields("what gradCam gives", { maps: aList, mapShape: listOf(aCount, 2) }, "maps", "mapShape");
  checkArguments("upsampledMaps", { cam, size }, { cam: rule, size: listOf(aCount, 2) });
  const { maps, mapShape } = cam;
  const places = mapShape[0] * mapShape[1];
  if (maps.length % places !== 0)
    throw new TypeError(`upsampledMaps: maps must hold B × ${mapShape.join(" × ")} values, got ${maps.length}`);
  const [height, width] = size;
  const batch = maps.length / places;
  const all = new Float32Array(batch * height * width);
  for (let image = 0; image < batch; image++) {
    const own = Float64Array.from(maps.subarray(image * places, (image + 1) * places));
    all.set(toUnit(resized(toUnit(own), mapShape, size)), image * height * width);
  }
  const overlay: OverlayMaps = { maps: all, mapShape: [height, width], valueLabel: "Grad-CAM, share of its range" };
  const text = `${batch} maps of ${height} × ${width}: plots.attentionOverlay({ title, ...set, ...maps })`;
  return shownAs(overlay, () => ({ "text/plain": text }));
}

function toUnit(values: Float64Array): Float64Array {
  const least = values.reduce((low, value) => Math.min(low, value), Infinity);
  const greatest = values.reduce((high, value) => Math.max(high, value), -Infinity);
  return values.map((value) => (value - least) / (LEAST + greatest - least));
}

/** Bilinear between the middles of places; beyond the outermost ones their values go on. */
function resized(values: Float64Array, [rows, columns]: readonly number[], size: readonly [number, number]) {
  const [height, width] = size;
  const down = weightsOf(rows!, height);
  const across = weightsOf(columns!, width);
  const all = new Float64Array(height * width);
  const at = (row: number, column: number) => values[row * columns! + column]!;
  down.forEach(([top, bottom, low], y) =>
    across.forEach(([left, right, far], x) => {
      const upper = at(top, left) * (1 - far) + at(top, right) * far;
      const lower = at(bottom, left) * (1 - far) + at(bottom, right) * far;
      all[y * width + x] = upper * (1 - low) + lower * low;
    }),
  );
  return all;
}

/** For each pixel the two places that it lies between, and the share of the second. */
function weightsOf(places: number, pixels: number): [number, number, number][] {
  return Array.from({ length: pixels }, (_, i) => {
    const at = Math.min(Math.max(((i + 0.5) * places) / pixels - 0.5, 0), places - 1);
    const first = Math.floor(at);
    return [first, Math.min(first + 1, places - 1), at - first];
  });
}
