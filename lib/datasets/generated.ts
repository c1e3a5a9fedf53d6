import { createRandom } from "./random.js";
import { drawScene, SCENE_SIDE } from "./scene.js";
import { SHAPES } from "./shapes.js";
import type { Dataset, ImageSet, Provenance } from "./types.js";

export interface GeneratedOptions {
  /** Training images, 1 or more. Default 50,000. */
  readonly trainImages?: number;
  /** Test images, 1 or more. Default 10,000. */
  readonly testImages?: number;
  /** Seed of the drawing, an integer. Default 0. */
  readonly seed?: number;
}

/**
 * Images drawn by this library: one of ten shapes in any colour, place, size and turn before a textured
 * ground, 32 × 32 × 3, the classes in equal numbers. A linear classifier does badly on them and a small
 * convolutional network well. For when no archive can be had; numbers from it say nothing about the
 * archive's images, and its provenance says so.
 *
 * The same seed gives the same images; fewer images are the first of more.
 * @throws RangeError when a number of images is not 1 or more
 */
export function generated(options: GeneratedOptions = {}): Dataset {
  const { trainImages = 50_000, testImages = 10_000, seed = 0 } = options;
  for (const [name, count] of Object.entries({ trainImages, testImages })) {
    if (!Number.isInteger(count) || count < 1) throw new RangeError(`generated: ${name} must be an integer of 1 or more, got ${count}`);
  }
  const provenance: Provenance = { kind: "generated", label: `GENERATED images (drawn shapes, seed ${seed})`, archives: [] };
  return {
    name: "generated",
    train: draw("train", trainImages, seed, provenance),
    test: draw("test", testImages, seed, provenance),
    classNames: CLASS_NAMES,
    provenance,
  };
}

const CLASS_NAMES: readonly string[] = SHAPES.map(([name]) => name);

function draw(split: "train" | "test", count: number, seed: number, provenance: Provenance): ImageSet {
  const size = SCENE_SIDE * SCENE_SIDE * 3;
  const images = new Uint8Array(count * size);
  const labels = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const label = i % SHAPES.length;
    labels[i] = label;
    drawScene(images, i * size, SHAPES[label]![1], createRandom(seed, split === "train" ? 0 : 1, i));
  }
  return { name: "generated", split, images, labels, imageShape: [SCENE_SIDE, SCENE_SIDE, 3], classNames: CLASS_NAMES, provenance };
}
