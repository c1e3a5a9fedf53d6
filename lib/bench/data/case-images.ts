/** The images of a case: drawn ones, in memory or as JPEG files. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { resize } from "../../datasets/augment/resize.js";
import { rasterAt } from "../../datasets/batch-filler.js";
import { generated, imageFolder, type FileSet, type ImageSet } from "../../datasets/index.js";
import type { DataCase } from "./data-cases.js";

/** In memory enough for many batches; as files, which take longer to make, for some. */
const COUNT = { memory: 4096, files: 512 };
/** Of a file; Imagenette's smallest archive has photographs of about this size. */
const [HEIGHT, WIDTH] = [160, 213];

/** @param folder where files may be written */
export async function imagesOf({ source, imageShape }: DataCase, folder: string): Promise<ImageSet | FileSet> {
  if (source === "memory") return generated({ trainImages: COUNT.memory, testImages: 1, imageShape }).train;
  const { train } = generated({ trainImages: COUNT.files, testImages: 1 });
  for (const [label, name] of train.classNames.entries()) {
    await mkdir(join(folder, name), { recursive: true });
    for (let index = label; index < COUNT.files; index += train.classNames.length) {
      const { data } = resize(rasterAt(train.images, train.imageShape, index), HEIGHT, WIDTH);
      await writeFile(
        join(folder, name, `${index}.jpg`),
        await sharp(data, { raw: { height: HEIGHT, width: WIDTH, channels: 3 } })
          .jpeg({ quality: 85 })
          .toBuffer(),
      );
    }
  }
  return imageFolder(folder, { side: imageShape[0] });
}
