import { encodePng } from "../png.js";
import type { LoggedImage } from "./run-log.js";

/** The bytes of a PNG file. */
export function pngOf({ data, width, height, channels }: LoggedImage): Uint8Array {
  return encodePng({ width, height, rgba: channels === 4 ? data : withOpacity(data, width * height, channels) });
}

/** uint8 [pixels, 4] */
function withOpacity(data: Uint8Array, pixels: number, channels: number): Uint8Array {
  const rgba = new Uint8Array(4 * pixels).fill(255);
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let c = 0; c < 3; c++) rgba[4 * pixel + c] = data[pixel * channels + (channels === 3 ? c : 0)]!;
  }
  return rgba;
}
