/** A figure of each kind, with names and labels as long as the studies' own. */
import {
  attentionOverlay,
  bars,
  confusionMatrix,
  contour,
  heatmap,
  histogram,
  imageGrid,
  lines,
  parallelCoordinates,
  scatter,
  type Figure,
  type ParallelAxis,
} from "../../../lib/plots/index.js";

export const CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
export const SOURCE =
  "CIFAR-10 (cifar-10-binary.tar.gz, sha256 c4a38c50a1bc…); size quick, seed 0; 2,500 training and 1,000 test images";

/** Numbers from 0 to 1 that are the same in every run. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/** Blobs on gradients, uint8 [count, size, size, 3]. */
export function drawnImages(count: number, size: number): Uint8Array {
  const next = numbers(count);
  const images = new Uint8Array(count * size * size * 3);
  for (let n = 0; n < count; n++) {
    const [cx, cy, r, ...color] = [
      next() * size,
      next() * size,
      (0.15 + 0.2 * next()) * size,
      255 * next(),
      255 * next(),
      255 * next(),
    ];
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const inside = Math.hypot(x - cx!, y - cy!) < r!;
        for (let c = 0; c < 3; c++)
          images[((n * size + y) * size + x) * 3 + c] = inside ? color[c]! : (255 * (c === 0 ? x : y)) / size;
      }
    }
  }
  return images;
}

function falling(seed: number, from: number): number[] {
  const next = numbers(seed);
  return Array.from({ length: 50 }, (_, i) => from * Math.exp(-i / 30) + 0.4 + 0.1 * next());
}

function someMaps(count: number, side: number): Float32Array {
  const next = numbers(7);
  return Float32Array.from({ length: count * side * side }, () => next() ** 3 / 64);
}

/** A sweep's runs: each hyper-parameter, and an accuracy. */
function sweep(runs: number): ParallelAxis[] {
  const next = numbers(11);
  const pick = <T>(list: readonly T[]): T[] =>
    Array.from({ length: runs }, () => list[Math.floor(next() * list.length)]!);
  return [
    { label: "initialiser", values: pick(["xavier", "kaiming", "orthogonal"]) },
    { label: "batch size", values: pick([64, 256, 512, 1028]), log: true },
    { label: "learning rate", values: pick([0.01, 0.005]), log: true },
    { label: "momentum", values: pick([0.9, 0.5]) },
    { label: "seconds to 90 % training accuracy", values: Array.from({ length: runs }, () => 60 + 800 * next()) },
    { label: "test accuracy, %", values: Array.from({ length: runs }, () => 86 + 4 * next()) },
  ];
}

/** The six kinds of the comparison first, then the others. */
export function figures(): Readonly<Record<string, Figure>> {
  const next = numbers(1);
  return {
    line: lines({
      title: "Training loss, mean over every 200 batches of 100 images",
      series: [
        { name: "CNN with self-attention", y: falling(1, 2) },
        { name: "ViT, rows as written", y: falling(2, 2.2) },
        { name: "ViT, patches", y: falling(3, 2.1) },
      ].map((one) => ({ ...one, x: one.y.map((_, i) => 200 * (i + 1)) })),
      xLabel: "step (a batch of 100 images)",
      yLabel: "cross-entropy",
      source: SOURCE,
    }),
    bar: bars({
      title: "Test accuracy by class",
      categories: CLASSES,
      xLabel: "true class",
      yLabel: "accuracy, %",
      source: SOURCE,
      series: ["CNN with self-attention", "ViT, patches"].map((name) => ({
        name,
        values: CLASSES.map(() => 100 * next()),
      })),
      reference: { value: 10, label: "chance" },
    }),
    scatter: scatter({
      title: "Accuracy against parameters",
      xLabel: "parameters",
      yLabel: "test accuracy, %",
      logX: true,
      source: SOURCE,
      series: [
        {
          name: "ours",
          x: [159498, 737294, 3191397],
          y: [52.1, 68.4, 75.1],
          labels: ["ViT as written", "CNN with self-attention", "CCT-6/3x1"],
        },
        {
          name: "published",
          x: [3.168e6, 3.76e6, 0.284e6, 0.482e6],
          y: [76.71, 77.05, 66.9, 70.46],
          labels: ["CCT-6/3x1", "CCT-7/3x1", "CCT-2/3x2", "CCT-4/3x2"],
        },
      ],
    }),
    heatmap: heatmap({
      title: "Cosine similarity between positional embeddings",
      values: Array.from({ length: 65 }, (_, i) =>
        Float32Array.from({ length: 65 }, (_, j) => Math.cos((i - j) / 9) * Math.exp(-Math.abs(i - j) / 40)),
      ),
      valueLabel: "cosine similarity",
      xLabel: "position",
      yLabel: "position",
      diverging: true,
      source: SOURCE,
    }),
    confusion: confusionMatrix({
      title: "Confusion of the CNN with self-attention",
      counts: CLASSES.map((_, i) => CLASSES.map((_, j) => Math.floor((i === j ? 60 : 8) * next()))),
      classNames: CLASSES,
      source: SOURCE,
    }),
    grid: imageGrid({
      title: "Test images and what the ViT took them for",
      images: drawnImages(24, 32),
      imageShape: [32, 32, 3],
      captions: Array.from({ length: 24 }, (_, i) => `${CLASSES[i % 10]} → ${CLASSES[(i * 7) % 10]}`),
      source: SOURCE,
    }),
    overlay: attentionOverlay({
      title: "Attention of the class token, last block, mean over heads",
      images: drawnImages(8, 32),
      imageShape: [32, 32, 3],
      maps: someMaps(8, 8),
      mapShape: [8, 8],
      captions: CLASSES.slice(0, 8),
      source: SOURCE,
    }),
    contour: contour({
      title: "Test accuracy over learning rate and momentum, mean of three runs each",
      x: [0.0001, 0.001, 0.005, 0.01, 0.1],
      y: [0, 0.5, 0.9, 0.99],
      logX: true,
      valueLabel: "test accuracy, %",
      xLabel: "learning rate",
      yLabel: "momentum",
      source: SOURCE,
      values: [0, 0.5, 0.9, 0.99].map((momentum) =>
        [0.0001, 0.001, 0.005, 0.01, 0.1].map((rate) => 90 - 6 * (Math.log10(rate / (1 - momentum)) + 1.2) ** 2),
      ),
    }),
    parallel: parallelCoordinates({
      title: "48 hyper-parameters and the test accuracy that they led to",
      source: SOURCE,
      axes: sweep(48),
    }),
    histogram: histogram({
      title: "Gradient norms",
      xLabel: "norm",
      series: [
        { name: "block 1", values: Array.from({ length: 500 }, () => next() + next()) },
        { name: "block 3", values: Array.from({ length: 500 }, () => next() + next() + 0.5) },
      ],
      source: SOURCE,
    }),
  };
}
