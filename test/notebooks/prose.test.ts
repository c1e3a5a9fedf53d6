/**
 * Numbers in README's and the notebooks' prose: what was measured is inserted from a stored result, all else is named
 * here.
 */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { START, studies } from "./studies.js";

const ROOT = new URL("../../", import.meta.url);

/** Numbers with a unit that are typed, and why each may be. */
const TYPED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "README.md": { "2 GB": "what set-up says of itself" },
  "notebooks/guide/in-a-project-of-your-own.md": {
    "274 MB": "the size that PyPI gives for the wheel, held by lib/setup/wheels.ts",
    "3 GB": "what lib/setup/wheels.ts says of NVIDIA's libraries",
  },
  "notebooks/guide/commands.md": {
    "2 GB": "what set-up says of itself",
    "0.5 GB": "what set-up says of itself",
    "2 MB": "MAX_BYTES of lib/cli/studies/output-faults.ts",
  },
  "notebooks/training-profile.ipynb": {
    "0.8 %": "exact: parameters, held by claims.json",
    "115 million": "exact: multiply-adds, held by claims.json",
    "12 times": "exact: parameters, held by claims.json",
    "14.6 million": "exact: multiply-adds, held by claims.json",
    "3 %": "what a test of these networks holds",
    "42 %": "the source's",
    "59 %": "the source's",
    "7.9 times": "exact: multiply-adds, held by claims.json",
    "86 %": "the source's",
    "9 %": "the source's",
  },
  "notebooks/architecture-history.ipynb": {
    "0.9 points": "exact: between the source's two, held by claims.json",
    "100 %": "the recipe's",
    "13.5 %": "exact: 2,000 of 14,800 steps and 1,000 of 7,400",
    "13.7 times": "exact: multiply-adds, held by claims.json",
    "15.3 %": "the paper's",
    "18.2 %": "the paper's",
    "2.3 times": "exact: parameters, held by claims.json",
    "26.2 %": "the paper's",
    "27 %": "exact: 2,000 of 7,400 steps",
    "285 MB": "exact: held by claims.json",
    "300 million": "the paper's",
    "537,297.50 MB": "the source's",
    "57 million": "the source's",
    "58.3 million": "the source's",
    "6.3 times": "exact: parameters, held by claims.json",
    "7.3 %": "the paper's",
    "7.7 points": "between the source's two",
    "8 %": "the source's",
    "8%": "the source's",
    "85.8 million": "exact: held by claims.json",
    "94.071 %": "the source's",
    "96.047 %": "the source's",
  },
  "notebooks/cnn-attention-vs-vit.ipynb": {
    "68 %": "the source's",
    "52 %": "the source's",
    "16 points": "between the source's two",
    "70 times": "exact: multiply-adds, held by claims.json",
    "4.6 times": "exact: parameters, held by claims.json",
    "28 %": "exact: multiply-adds, held by claims.json",
    "12 %": "exact: multiply-adds, held by claims.json",
    "7 %": "exact: parameters, held by claims.json",
    "1.3 million": "exact: 32 · 32 · 128 · 10 weights",
  },
  "notebooks/cifar10-94.ipynb": {
    "1.97 million": "exact: parameters, held by claims.json",
    "23 %": "the source's",
    "5 %": "more epochs than the source's, as the cell of arms has it",
    "64 times": "the source's",
    "94 %": "the source's",
    "94%": "the paper's title",
    "94.01 %": "the source's",
    "95 %": "of an interval",
  },
  "notebooks/cct-cifar100.ipynb": {
    "0.42 million": "exact: parameters, held by claims.json",
    "1 %": "chance among 100 classes",
    "1.56 M": "the source's",
    "10 %": "the source's",
    "3 million": "exact: parameters, held by claims.json",
    "3.168 M": "the authors'",
    "307 million": "the source's",
    "50 %": "the source's",
    "60 %": "the source's",
    "66.90 %": "the authors'",
    "70 %": "the source's",
    "70.46 %": "the authors'",
    "70.78 %": "exact: the score solved for the accuracy",
    "71.02 %": "exact: the score solved for the accuracy, held by claims.json",
    "75.145 %": "the source's",
    "76.71 %": "the authors'",
    "80.92 %": "the authors'",
    "81 %": "the source's",
  },
  "notebooks/cnn-tuning-and-pruning.ipynb": {
    "0.298 million": "the source's",
    "0.31 points": "the standard error of 89.5 % of 10,000 images",
    "0.75 million": "the source's",
    "0.75M": "the source's",
    "1 %": "the source's rule",
    "11.4 times": "exact: FLOPs, held by claims.json",
    "116.6 s": "the source's",
    "1M": "the source's",
    "2.1 times": "exact: FLOPs, by the formula",
    "3 points": "the source's",
    "330 s": "the source's",
    "4 points": "the source's",
    "6 times": "the source's",
    "80 %": "the accuracy at which size quick stops",
    "86.3 %": "the source's",
    "87 %": "the source's",
    "87.51 %": "the source's",
    "88 %": "the source's",
    "881 s": "the source's",
    "89.06 %": "the source's",
    "89.46 %": "the source's",
    "89.48 %": "the source's",
    "89.53 %": "the source's",
    "89.58 %": "the source's",
    "9 hours": "the source's",
    "9.8 times": "exact: FLOPs, held by claims.json",
    "90 %": "the source's",
    "90.5 %": "the source's",
    "95 %": "of an interval",
    "95.9 %": "the source's",
  },
  "notebooks/vit-activations.ipynb": {
    "42.29 %": "the source's",
    "42.3 %": "the source's, rounded",
    "40.07 %": "the source's",
    "34.19 %": "the source's",
    "34.9 %": "the source's",
    "29.33 %": "the source's",
    "2.2 points": "between the source's two",
  },
};

const NUMBER =
  /(?<![\w.])\d[\d,.]*\s?(?:%|ms|s|min|h|points?|GB|MB|kB|images\/s|times|hours?|minutes?|seconds?|million|M)(?!\w)/g;

/** The text without what is inserted by name, and without code. */
function typed(text: string): string {
  return text
    .replace(/```[^]*?```/g, "")
    .replace(/<!-- [a-z0-9-]+\/[\w.-]+ [a-z]+ -->\n[^]*?\n<!-- \/ -->/g, "")
    .replace(/<!-- [^>]*? -->.*?<!-- \/ -->/g, "")
    .replace(/`[^`]*`/g, "");
}

function proseOf(file: string): string {
  const text = readFileSync(new URL(file, ROOT), "utf8");
  if (!file.endsWith(".ipynb")) return text;
  const { cells } = JSON.parse(text) as { cells: { cell_type: string; source: string[] }[] };
  return cells
    .filter(({ cell_type }) => cell_type === "markdown")
    .map(({ source }) => source.join(""))
    .join("\n\n");
}

const PAGES = [
  "README.md",
  "notebooks/results/bench/README.md",
  ...readdirSync(new URL("notebooks/guide/", ROOT))
    .filter((name) => /\.(md|ipynb)$/.test(name))
    .map((name) => `notebooks/guide/${name}`),
  ...[START, ...studies].map((name) => `notebooks/${name}.ipynb`),
];

test.each(PAGES)("%s types no measured number", (file) => {
  const numbers = [...new Set(typed(proseOf(file)).match(NUMBER) ?? [])];
  expect(numbers.sort()).toEqual(Object.keys(TYPED[file] ?? {}).sort());
});

/** Lines of a paragraph that Markdown takes for HTML as they are, with their `code` and links unread. */
function rawLines(text: string): string[] {
  return text.match(/^ *<!-- (?!\/ -->).*-->.*<!-- \/ -->.*$/gm) ?? [];
}

test.each(PAGES)("%s begins no line with an inserted number", (file) => {
  expect(rawLines(proseOf(file))).toEqual([]);
});

test("a line that begins with an inserted number is seen, one that holds a marker alone or within is not", () => {
  const inserted = "<!-- a/quick x percent 1 -->44.5 %<!-- / -->";
  const text = `It is\n  ${inserted} of [all](x).\n<!-- a/b table -->\n\nof ${inserted}\n\n<!-- / -->`;
  expect(rawLines(text)).toEqual([`  ${inserted} of [all](x).`]);
});

test("a number is seen where it is typed, and not where it is inserted or code", () => {
  const text =
    "reaches 46.1 %, <!-- a/quick x percent 1 -->44.5 %<!-- / --> in 3.5 min, `12 s`\n```\n5 " +
    "s\n```\n<!-- a/b table -->\n\n7 s\n\n<!-- / -->\n4 cores, 3 studies";
  expect(typed(text).match(NUMBER)).toEqual(["46.1 %", "3.5 min"]);
});
