import { aCount, anImageShape, anInteger, checkOptions, checkValue, inRange, optional, type Rules } from "../checks.js";
import type { Raster } from "./augment/raster.js";
import { resize } from "./augment/resize.js";
import { createRandom } from "./random.js";
import { drawScene, SCENE_SIDE, type Color } from "./scene.js";
import { SHAPES } from "./shapes.js";
import type { Dataset, ImageSet, Provenance } from "./types.js";
import { asDataset, asSet } from "./show-set.js";

/** How many images are drawn, of how many classes and which size. */
export interface GeneratedOptions {
  /** Training images, 1 or more. Default 50,000. */
  readonly trainImages?: number;
  /** Test images, 1 or more. Default 10,000. */
  readonly testImages?: number;
  /** Seed of the drawing, an integer. Default 0. */
  readonly seed?: number;
  /**
   * 2 to 100. Up to 10, the shape alone tells the class; of more, its colour too: `ceil(classes / 10)` colours
   * for each shape. Default 10.
   */
  readonly classes?: number;
  /**
   * [S, S, 3], or [S, S, 1] for grey. S is even, 16 to 512: up to 32 it is cut from the middle of the 32 × 32
   * drawing, above that the drawing is enlarged. Default [32, 32, 3].
   */
  readonly imageShape?: readonly [number, number, number];
}

/**
 * Images drawn by this library: one of ten shapes in any colour, place, size and turn before a textured
 * ground, 32 × 32 × 3, the classes in equal numbers. A linear classifier does badly on them and a small
 * convolutional network well. For when no archive can be had; numbers from it say nothing about the
 * archive's images, and its provenance says so.
 *
 * The same seed gives the same images; fewer images are the first of more.
 * @throws RangeError when a number of images is not 1 or more, or classes or imageShape cannot be drawn
 */
export function generated(options: GeneratedOptions = {}): Dataset {
  checkOptions("generated", options, RULES);
  const {
    trainImages = 50_000,
    testImages = 10_000,
    seed = 0,
    classes = 10,
    imageShape = [SCENE_SIDE, SCENE_SIDE, 3],
  } = options;
  const most = imageShape[2] === 1 ? SHAPES.length : SHAPES.length * PAINTS.length;
  checkValue("generated", "classes", classes, inRange({ from: 2, to: most, whole: true }));
  const provenance: Provenance = {
    kind: "generated",
    label: `GENERATED images (drawn shapes, seed ${seed})`,
    archives: [],
  };
  const kinds = Array.from({ length: classes }, (_, label) => kindOf(label, classes));
  const split = (split: "train" | "test", count: number): ImageSet =>
    draw({ split, count, seed, kinds, imageShape, provenance });
  return asDataset({
    name: "generated",
    train: split("train", trainImages),
    test: split("test", testImages),
    classNames: kinds.map((kind) => kind.name),
    provenance,
  });
}

const MAX_SIDE = 512;

const RULES: Rules = {
  trainImages: optional(aCount),
  testImages: optional(aCount),
  seed: optional(anInteger),
  classes: optional(aCount),
  imageShape: optional({
    ...anImageShape,
    what: `[S, S, 1 or 3] with S even, 16 to ${MAX_SIDE}`,
    holds: (value) => {
      if (!anImageShape.holds(value)) return false;
      const [height, width, channels] = value as [number, number, number];
      const fits = height >= 16 && height <= MAX_SIDE && height % 2 === 0;
      return fits && width === height && (channels === 1 || channels === 3);
    },
  }),
};

const PAINTS: readonly (readonly [name: string, colour: Color])[] = [
  ["red", [230, 25, 30]],
  ["green", [30, 190, 40]],
  ["blue", [20, 60, 240]],
  ["yellow", [250, 230, 20]],
  ["magenta", [240, 40, 230]],
  ["cyan", [40, 230, 240]],
  ["white", [250, 250, 250]],
  ["black", [5, 5, 5]],
  ["orange", [255, 130, 0]],
  ["purple", [110, 20, 160]],
];

/** What a class looks like. */
interface Kind {
  readonly name: string;
  readonly shape: (typeof SHAPES)[number][1];
  readonly paint: Color | undefined;
}

function kindOf(label: number, classes: number): Kind {
  const paints = Math.ceil(classes / SHAPES.length);
  const [name, shape] = SHAPES[Math.floor(label / paints)]!;
  if (paints === 1) return { name, shape, paint: undefined };
  const [colour, paint] = PAINTS[label % paints]!;
  return { name: `${colour} ${name}`, shape, paint };
}

interface Drawing {
  readonly split: "train" | "test";
  readonly count: number;
  readonly seed: number;
  readonly kinds: readonly Kind[];
  readonly imageShape: readonly [number, number, number];
  readonly provenance: Provenance;
}

function draw({ split, count, seed, kinds, imageShape, provenance }: Drawing): ImageSet {
  const size = imageShape[0] * imageShape[1] * imageShape[2];
  const images = new Uint8Array(count * size);
  const labels = new Int32Array(count);
  const scene = new Uint8Array(SCENE_SIDE * SCENE_SIDE * 3);
  for (let i = 0; i < count; i++) {
    const label = i % kinds.length;
    const { shape, paint } = kinds[label]!;
    labels[i] = label;
    drawScene(scene, 0, shape, createRandom(seed, split === "train" ? 0 : 1, i), paint);
    const drawing: Raster = { data: scene, height: SCENE_SIDE, width: SCENE_SIDE, channels: 3 };
    cutMiddle(
      images,
      i * size,
      imageShape[0] > SCENE_SIDE ? resize(drawing, imageShape[0], imageShape[0]) : drawing,
      imageShape,
    );
  }
  return asSet({
    name: "generated",
    split,
    images,
    labels,
    imageShape,
    classNames: kinds.map((kind) => kind.name),
    provenance,
  });
}

/** Grey is ITU-R 601's luma. */
function cutMiddle(
  target: Uint8Array,
  offset: number,
  { data: scene, width }: Raster,
  [side, , channels]: readonly [number, number, number],
): void {
  const margin = (width - side) / 2;
  for (let y = 0, to = offset; y < side; y++) {
    for (let x = 0, from = ((y + margin) * width + margin) * 3; x < side; x++, from += 3) {
      const [red, green, blue] = [scene[from]!, scene[from + 1]!, scene[from + 2]!];
      if (channels === 1) target[to++] = 0.299 * red + 0.587 * green + 0.114 * blue;
      else {
        target[to++] = red;
        target[to++] = green;
        target[to++] = blue;
      }
    }
  }
}
