import { cellSignal } from "../host.js";
import { aFileSet, aFunction, aSignal, calledAs, checkOptions, checkValue, optional } from "../checks.js";
import { augmented } from "./augment.js";
import { progressLine } from "../files/progress-line.js";
import { decodeFile } from "./pipeline/decode.js";
import { createRandom } from "./random.js";
import type { FileSet, ImageSet } from "./types.js";
import { asSet } from "./show-set.js";

/** How a set of files is decoded into memory. */
export interface LoadImagesOptions {
  /** Stops the loading; in a notebook the running cell's signal by default. */
  readonly signal?: AbortSignal;
  /** Called after each image. Default: a bar in a notebook, else a line to standard error. */
  readonly progress?: (done: number, total: number) => void;
}

/** Decoders at work at once; the decoding itself runs outside the main thread. */
const AT_ONCE = 8;

/**
 * Decodes a set of files into memory: of each image the largest middle window of the set's shape, resized.
 * Needs N · H · W · C bytes.
 * @throws ImageError, naming the file, when one cannot be decoded
 * @throws the signal's reason when it aborts
 */
export async function loadImages(set: FileSet, options: LoadImagesOptions = {}): Promise<ImageSet> {
  checkValue("loadImages", "set", set, aFileSet);
  checkOptions("loadImages", options, { signal: optional(aSignal), progress: optional(aFunction) });
  const shown = progressLine();
  const line = (done: number, total: number): void =>
    shown.update(() => `${set.name}: ${done} of ${total} images decoded`, done, total);
  const { signal = cellSignal(), progress = line } = options;
  const [height, width, channels] = set.imageShape;
  const size = height * width * channels;
  const { files, ...rest } = set;
  const images = new Uint8Array(files.length * size);
  const random = createRandom(0); // not drawn from: nothing is changed at random
  let next = 0;
  let done = 0;
  let failed = false;
  const work = async (): Promise<void> => {
    while (next < files.length && !failed) {
      signal?.throwIfAborted();
      const index = next++;
      const image = await calledAs("loadImages", () => decodeFile(files[index]!, channels));
      images.set(augmented(image, {}, random, height, width).data, index * size);
      progress(++done, files.length);
    }
  };
  const workers = Array.from({ length: AT_ONCE }, () =>
    work().catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  await Promise.all(workers).finally(() => shown.end());
  return asSet({ ...rest, images });
}
