/** Whether a value is a whole number of a range is asked by the rules of `lib/rules.ts`, and nowhere again by hand. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT, sources } from "../house/imports.js";

/** Files that ask it of something else than an argument. */
const OTHERS: Readonly<Record<string, string>> = {
  "lib/rules.ts": "the rules themselves",
  "lib/backend/compile/random-ops.ts": "which bits a number has",
  "lib/safetensors/header.ts": "what a file holds",
  "lib/files/unpickle.ts": "what a file holds",
  "lib/models/weights/torch-file/tensor.ts": "what a file holds",
  "lib/datasets/cifar-layout.ts": "what a file holds",
  "lib/datasets/from-labels.ts": "each of as many labels as there are images: said by its place",
  "lib/datasets/from-pixels.ts": "whether floats hold whole numbers",
  "lib/datasets/random.ts": "asked for each image of each epoch",
  "lib/datasets/augment/resize.ts": "asked for each image of each epoch",
  "lib/plots/confusion-matrix-figure.ts": "each cell of a matrix: said by its place",
  "lib/plots/confusion-grid/tally.ts": "each of as many labels as there are images: said by its place",
  "lib/plots/style.ts": "where an axis has its ticks",
  "lib/plots/image-batch.ts": "each pixel: said by its place",
  "lib/analysis/predictions/predicted.ts": "each label: said by its place",
  "lib/study/claims.ts": "how a number is written",
  "lib/study/judge-claims.ts": "how a number is written",
  "lib/study/report.ts": "how a number is written",
  "lib/train/read-image.ts": "what a decoder or a user's picture holds",
  "lib/bench/tables/training-table.ts": "how a number is written",
  "lib/cli/runs/run-tables.ts": "how a number is written",
  "lib/sweeps/result/result-table.ts": "how a number is written",
  "lib/sweeps/process/pin-process.ts": "what another program wrote",
};

const WHOLE = /Number\.is(Safe)?Integer\b/;

it("no file asks by hand whether an argument is a whole number, where a rule says it", () => {
  const asking = sources("lib").filter((file) => WHOLE.test(readFileSync(join(ROOT, file), "utf8")));
  expect(asking.filter((file) => !(file in OTHERS))).toEqual([]);
});
