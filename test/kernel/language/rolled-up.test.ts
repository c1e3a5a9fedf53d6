/**
 * Cells checked with the rolled-up declarations and with the packages' own files: the same is found, and the same is
 * shown.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findDeclarations } from "../../../kernel/language/declarations.js";
import { ensureDeclarations } from "../../../lib/cli/bootstrap/declarations.mjs";
import { Notebook } from "./notebook.js";

const ROOT = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const FOLDER = join(ROOT, "notebooks");
const TF = 'import * as tf from "@tensorflow/tfjs"; ';
const SACCADE =
  'import * as saccade from "saccade"; import { tf, models, datasets, train, layers, plots, backend } from "saccade"; ';

/** Wrong in one way each, so that a type that turned into `any` shows. */
const CELLS: readonly string[] = [
  `${TF}const x: string = tf.ones([2]).add(1);`,
  `${TF}const x: string = tf.ones([2, 2]).matMul(tf.ones([2, 2])).relu().softmax().mean();`,
  `${TF}tf.ones([2]).addd(1);`,
  `${TF}tf.ones([2]).conv2d(3);`,
  `${TF}const x: string = tf.layers.dense({ units: 3 });`,
  `${TF}tf.layers.dense({ unit: 3 });`,
  `${TF}tf.layers.densee({ units: 3 });`,
  `${TF}const x: string = tf.sequential({ layers: [tf.layers.flatten()] }).predict(tf.ones([1, 2]));`,
  `${TF}const x: string = tf.train.adam(0.1).minimize(() => tf.scalar(1));`,
  `${TF}const x: string = tf.data.array([1, 2]).batch(2);`,
  `${TF}const x: string = tf.variable(tf.zeros([1])).assign(1);`,
  `${TF}const x: string = tf.tidy(() => tf.zeros([1]));`,
  `${TF}const x: string = tf.grad((y: tf.Tensor) => y.square());`,
  `${TF}const x: tf.Tensor4D = tf.zeros<tf.Rank.R3>([1, 2, 3]);`,
  `${TF}class L extends tf.layers.Layer { call(a: number) { return a; } }`,
  `${TF}const x: string = tf.io.browserFiles; const y: string = tf.env(); const z: string = tf.memory();`,
  `${TF}const x: string = await tf.loadGraphModel("a");`,
  `import { Tensor } from "@tensorflow/tfjs-core/dist/tensor"; ${TF}const t: Tensor = tf.ones([1]); ` +
    "const x: string = t.add(1);",
  `import * as core from "@tensorflow/tfjs-core"; ${TF}const t: core.Tensor = tf.ones([1]); const x: string = t;`,
  `${SACCADE}const x: string = tf.ones([2]).add(1); const y: string = tf.node;`,
  `${SACCADE}const a: string = tf.layers.add().apply([tf.input({ shape: [3] })]); const b: string = ` +
    "tf.sequential().apply(tf.ones([1, 2]), { training: true }); const c: string = models.createModel('cnn2')" +
    ".predict(tf.ones([1, 2])); const d: string = tf.train.sgd(1).minimize(() => tf.scalar(1), true);",
  `${SACCADE}const x: string = models.create; const y: string = models;`,
  `${SACCADE}const a: string = datasets.cifar10; const b: string = train.fit; const c: string = ` +
    "layers.gelu; const d: string = plots.lines; const e: string = backend.compile;",
  `${SACCADE}models.creat("a"); saccade.showw();`,
  `${SACCADE}type Anys<T> = { [K in keyof T]: 0 extends 1 & T[K] ? K : never }[keyof T]; const lost: ` +
    "[Anys<typeof tf>, Anys<typeof tf.layers>, Anys<tf.Tensor>, Anys<typeof saccade>, Anys<typeof " +
    "models>, Anys<typeof backend>] = 0;",
  "const r: string = await fetch('a'); const s: string = (await fetch('a')).json();",
  "const r: string = new Response('a').body; const h: string = new Headers(); const f: string = new FormData();",
  "import fs, { readFileSync } from 'node:fs'; const x: number = readFileSync('a'); const y: number = " +
    "fs.promises.readFile('a', 'utf8');",
  "import { readFile } from 'fs/promises'; import * as path from 'path'; import test from 'node:test'; " +
    "const x: number = await readFile('a'); const y: number = path.posix; const z: number = test;",
  "const x: number = Buffer.from('a').toString(); const y: string = process.memoryUsage(); const z: " +
    "string = setTimeout(() => {}, 1);",
  "const x: string = new Map([[1, 'a']]).get(1); const y: string = [1].toSorted().at(-1); const z: " +
    "string = new Set([1]).union(new Set([2]));",
  "const x: string = structuredClone([1]); const y: string = new AbortController().signal; const z: " +
    "string = performance.now(); const w: string = new TextDecoder();",
  "const x: string = Promise.withResolvers<number>(); const y: string = new Intl.NumberFormat(); const " +
    "z: string = Iterator.from([1]); const u: string = Symbol.dispose; const v: string = new WeakRef({});",
  "const x: string = new EventTarget(); const y: string = new URL('a:b').searchParams; const z: string " +
    "= crypto.subtle; const w: string = navigator; const s: string = new ReadableStream();",
  "const e: string = new Error('a', { cause: 1 }).cause; const s: number = import.meta.filename; const " +
    "r: number = require('node:os'); const q: number = document;",
];

/** Where members are listed whole. */
const MEMBERS: readonly string[] = [
  `${TF}tf.`,
  `${TF}tf.layers.`,
  `${TF}tf.ones([2]).`,
  `${TF}tf.train.`,
  `${TF}tf.data.`,
  `${TF}tf.io.`,
  `${TF}tf.initializers.`,
  `${TF}tf.sequential().`,
  `${TF}tf.variable(tf.zeros([1])).`,
  `${SACCADE}saccade.`,
  `${SACCADE}tf.`,
  `${SACCADE}models.`,
  `${SACCADE}datasets.`,
  `${SACCADE}train.`,
  `${SACCADE}layers.`,
  `${SACCADE}plots.`,
  `${SACCADE}backend.`,
  "import * as fs from 'node:fs'; fs.",
  "process.",
  "Buffer.",
  "[1].",
  "'a'.",
  "new Response().",
  "Promise.",
  "import * as util from 'node:util'; util.",
];

/** Names that are looked at, each at the end of its cell. */
const HOVERS: readonly string[] = [
  `${TF}tf.ones([2]).add`,
  `${TF}tf.ones([2]).matMul`,
  `${TF}tf.layers.dense`,
  `${TF}tf.conv2d`,
  `${TF}tf.Tensor`,
  `${TF}tf.Sequential`,
  `${TF}tf.train.adam`,
  `${TF}tf.data.generator`,
  `${TF}tf.sequential().fit`,
  `${SACCADE}models.createModel`,
  `${SACCADE}backend.compile`,
  `${SACCADE}train.fit`,
  `${SACCADE}datasets.cifar10`,
  `${SACCADE}saccade.show`,
  `${SACCADE}tf.dropout`,
  `${SACCADE}tf.node`,
  "fetch",
  "Response",
  "console.log",
  "[1].map",
  "import { readFileSync } from 'node:fs'; readFileSync",
  "process.hrtime.bigint",
  "Buffer.concat",
  "structuredClone",
  "Promise.all",
];

describe("rolled-up declarations", () => {
  let rolled: Notebook;
  let real: Notebook;
  beforeAll(async () => {
    await ensureDeclarations(ROOT);
    rolled = new Notebook(FOLDER);
    real = new Notebook(FOLDER, undefined, false);
  });
  afterAll(async () => {
    await rolled.close();
    await real.close();
  });

  it("are those that a notebook of this project is checked with", () => {
    const { node, paths } = findDeclarations(ROOT, [join(ROOT, "node_modules")]);
    expect(node).toBe(join(ROOT, "dist/types"));
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(["saccade", "@tensorflow/tfjs", "@tensorflow/tfjs-core/*"]),
    );
  });

  it("are left alone where a notebook's folder has packages of its own", () => {
    const { paths } = findDeclarations(ROOT, [join(ROOT, "node_modules/nowhere")]);
    expect(Object.keys(paths)).toEqual(["saccade"]);
  });

  for (const cell of CELLS) {
    it(`find the same: ${cell.slice(cell.lastIndexOf(SACCADE) + 1).slice(-90)}`, async () => {
      const found = await check(rolled, cell);
      expect(found).not.toEqual([]);
      expect(found).toEqual(await check(real, cell));
    });
  }

  it("type a functional model, its predictions and a step without a cast", async () => {
    const cell =
      `${SACCADE}const input = tf.input({ shape: [4] }); const inner = tf.layers.dense({ units: 4 }).apply(input); ` +
      "const model = tf.model({ inputs: input, outputs: tf.layers.add().apply([inner, input]) }); " +
      "model.predict(tf.ones([1, 4])).dataSync(); tf.sequential().predict(tf.ones([1, 4])).dataSync(); " +
      "const labels = tf.tensor1d([0], 'int32'); tf.train.sgd(1).minimize(() => " +
      "train.crossEntropy(model.apply(tf.ones([1, 4]), { training: true }), labels), true).dataSync();";
    for (const notebook of [rolled, real]) expect(await check(notebook, cell)).toEqual([]);
  });

  for (const cell of MEMBERS) {
    it(`list the same members: ${cell.slice(-50)}`, async () => {
      const found = await members(rolled, cell);
      expect(found).not.toEqual([]);
      expect(found).toEqual(await members(real, cell));
    });
  }

  for (const cell of HOVERS) {
    it(`show the same: ${cell.slice(-50)}`, async () => {
      const shown = await rolled.language.inspect(cell, cell.length, 0);
      expect(shown).not.toBeNull();
      expect(shown).toEqual(await real.language.inspect(cell, cell.length, 0));
    });
  }

  /** What is wrong with a cell; it does not run. */
  async function check(notebook: Notebook, cell: string): Promise<readonly string[]> {
    const prepared = await notebook.language.prepare(cell, { checking: "error", id: 1 });
    return prepared.ok
      ? []
      : prepared.diagnostics.map(
          ({ code, message, start }) =>
            `${start} ${code} ${message.replace('SymbolConstructor["dispose"]', "typeof Symbol.dispose")}`,
        ); // one type, two ways to say it
  }

  async function members(notebook: Notebook, cell: string): Promise<readonly string[]> {
    const { items } = await notebook.language.complete(cell, cell.length);
    return items.map(({ text, type }) => `${text} ${type}`);
  }
});
