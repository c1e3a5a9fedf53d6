/** A figure of each kind, with names and labels as long as the studies' own. */
import {
  activations,
  attentionOverlay,
  bars,
  confusionMatrix,
  contour,
  heatmap,
  histogram,
  imageGrid,
  lines,
  parallelCoordinates,
  paretoFront,
  reliabilityDiagram,
  scatter,
  type Figure,
  type ParallelAxis,
} from "../../../lib/plots/index.js";
import { profileFigures } from "./profile-figures.js";

export const CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
export const SOURCE =
  "CIFAR-10 (cifar-10-binary.tar.gz, sha256 c4a38c50a1bc…); size quick, seed 0; 2,500 training and 1,000 test images";

export const CAPTION = "What another seed changes is larger than what the learning rate does, here and in the source.";
export const RUN = "cct-20261129-081500-abc";
/** What stands below each figure's title. */
const BELOW = { source: SOURCE, caption: CAPTION, run: RUN };

/** Numbers from 0 to 1 that are the same in every run. */
export function numbers(seed: number): () => number {
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

/** GELU's oldest approximation, over inputs from -4 to 4. */
function swish(places: number): number[] {
  const inputs = Array.from({ length: places }, (_, i) => -4 + (8 * i) / (places - 1));
  return inputs.map((x) => x / (1 + Math.exp(-1.702 * x)));
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
      ...BELOW,
    }),
    bar: bars({
      title: "Test accuracy by class",
      categories: CLASSES,
      xLabel: "true class",
      yLabel: "accuracy, %",
      ...BELOW,
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
      ...BELOW,
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
      ...BELOW,
    }),
    confusion: confusionMatrix({
      title: "Confusion of the CNN with self-attention",
      counts: CLASSES.map((_, i) => CLASSES.map((_, j) => Math.floor((i === j ? 60 : 8) * next()))),
      classNames: CLASSES,
      ...BELOW,
    }),
    grid: imageGrid({
      title: "Test images and what the ViT took them for",
      images: drawnImages(24, 32),
      imageShape: [32, 32, 3],
      captions: Array.from({ length: 24 }, (_, i) => `${CLASSES[i % 10]} → ${CLASSES[(i * 7) % 10]}`),
      ...BELOW,
    }),
    overlay: attentionOverlay({
      title: "Attention of the class token, last block, mean over heads",
      images: drawnImages(8, 32),
      imageShape: [32, 32, 3],
      maps: someMaps(8, 8),
      mapShape: [8, 8],
      captions: CLASSES.slice(0, 8),
      ...BELOW,
    }),
    contour: contour({
      title: "Test accuracy over learning rate and momentum, mean of three runs each",
      x: [0.0001, 0.001, 0.005, 0.01, 0.1],
      y: [0, 0.5, 0.9, 0.99],
      logX: true,
      valueLabel: "test accuracy, %",
      xLabel: "learning rate",
      yLabel: "momentum",
      ...BELOW,
      values: [0, 0.5, 0.9, 0.99].map((momentum) =>
        [0.0001, 0.001, 0.005, 0.01, 0.1].map((rate) => 90 - 6 * (Math.log10(rate / (1 - momentum)) + 1.2) ** 2),
      ),
    }),
    parallel: parallelCoordinates({
      title: "48 hyper-parameters and the test accuracy that they led to",
      ...BELOW,
      axes: sweep(48),
    }),
    histogram: histogram({
      title: "Gradient norms",
      xLabel: "norm",
      series: [
        { name: "block 1", values: Array.from({ length: 500 }, () => next() + next()) },
        { name: "block 3", values: Array.from({ length: 500 }, () => next() + next() + 0.5) },
      ],
      ...BELOW,
    }),
    activations: activations({
      title: "Activation functions of the four networks, and their derivatives",
      functions: ["sigmoid", "tanh", "relu", "gelu", { name: "x · sigmoid(1.702 x)", values: swish(101) }],
      range: [-4, 4],
      ...BELOW,
    }),
    bands: lines({
      title: "Training loss over three seeds",
      series: [
        { name: "CNN with self-attention", runs: [1, 2, 3].map((seed) => falling(seed, 2)) },
        { name: "ViT, rows as written", runs: [4, 5].map((seed) => falling(seed, 3)) },
      ],
      band: "std",
      xLabel: "epoch",
      yLabel: "cross-entropy",
      ...BELOW,
    }),
    diverged: lines({
      title: "Training loss at two learning rates",
      series: [
        { name: "learning rate 0.01", y: falling(6, 2) },
        { name: "learning rate 0.5", y: falling(7, 2).map((loss, i) => (i < 30 ? loss : NaN)) },
      ],
      xLabel: "epoch",
      yLabel: "cross-entropy",
      ...BELOW,
    }),
    reliability: reliabilityDiagram({
      title: "Reliability of the CNN with self-attention",
      bins: Array.from({ length: 15 }, (_, i) => ({
        from: i / 15,
        to: (i + 1) / 15,
        count: i < 2 ? 0 : Math.round(40 * i ** 1.3),
        confidence: (i + 0.5) / 15,
        accuracy: Math.min(1, (i + 0.5) / 15 + 0.2 * next() - 0.1),
      })),
      ...BELOW,
    }),
    pareto: paretoFront({
      title: "Test accuracy against time of 72 configurations",
      series: [
        {
          name: "sweep",
          x: Array.from({ length: 72 }, () => 100 + 900 * next()),
          y: Array.from({ length: 72 }, (_, i) => (i === 7 ? NaN : 86 + 4 * next())),
          labels: Array.from({ length: 72 }, (_, i) => `(${3 + 2 * (i % 2)}, ${8 << (i % 3)}, 100)`),
        },
      ],
      xLabel: "seconds to 90 % training accuracy",
      yLabel: "test accuracy, %",
      ...BELOW,
    }),
    ...profileFigures(BELOW),
  };
}
