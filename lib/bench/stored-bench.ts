/** A bench's result as `--store` keeps it: every sample, the rows computed from them, and how it came about. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { commitOf } from "../files/commit.js";
import { writeWholeSync } from "../files/write-whole.js";
import type { MachineUse, MachineWatch } from "./machine.js";
import { BenchFailure, median, minimum, round, toRows, type CaseMetric, type Row, type Sides } from "./bench-case.js";

/** The benches that store a result, each with what follows `npm run bench --` to measure it. */
const STORED_BENCHES = {
  kernel: "kernel",
  "kernel-debugger": "kernel --only debugger",
  training: "training",
  "training-gpu": "training", // where a GPU is found
  inference: "inference",
  "mixed-precision-amx": "mixed-precision", // by the kind of processor
  "mixed-precision-amd": "mixed-precision",
  "mixed-precision-intel": "mixed-precision",
  "mixed-precision-arm": "mixed-precision",
  data: "data",
  "fine-tune": "fine-tune",
  cifar100: "cifar100",
  sweep: "sweep",
  "sweep-networks": "sweep --space networks",
  workers: "workers",
} as const;
/** A bench that stores a result. */
export type StoredBenchName = keyof typeof STORED_BENCHES;
const NAMES = Object.keys(STORED_BENCHES) as StoredBenchName[];

/** What makes a bench's result. */
export function storeCommand(bench: StoredBenchName): string {
  return `npm run bench -- ${STORED_BENCHES[bench]} --store`;
}

/** What a bench measured. */
export interface BenchOutcome extends Sides {
  readonly metrics: readonly CaseMetric[];
  /** "PyTorch" → "2.13.0+cpu" */
  readonly versions: Readonly<Record<string, string>>;
  /** What each case was run with, and what was found of it beside its metrics. */
  readonly cases?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A stored result: what was measured, and how it came about. */
export interface StoredBench extends BenchOutcome {
  readonly bench: StoredBenchName;
  readonly command: string;
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly commit: string;
  readonly wallSeconds: number;
  readonly machine: MachineUse;
  /** Medians, minima, ratios and their spread, of `metrics`' samples. */
  readonly rows: readonly Row[];
}

/** Where a bench's result lies, as seen from the checkout. */
export function benchFile(bench: string): string {
  return `notebooks/results/bench/${bench}.json`;
}

/**
 * @param allowed options that may stand beside `--store`: its result says them
 * @throws BenchFailure (2) where `--store` is given beside what makes a run less than a whole one
 */
export function checkStore(bench: string, args: readonly string[], allowed: readonly string[] = []): boolean {
  if (!args.includes("--store")) return false;
  const may = ["json", ...allowed].map((name) => `--${name}`);
  const others = args.filter((arg, at) =>
    arg.startsWith("--") ? arg !== "--store" && !may.includes(arg) : !may.includes(args[at - 1]!),
  );
  if (others.length > 0)
    throw new BenchFailure(
      `bench ${bench}: --store keeps a whole run, so only ${may.join(", ")} may stand beside it, got ` +
        `${others.join(" ")}`,
      2,
    );
  return true;
}

/**
 * Writes a bench's result: whole, or not at all.
 * @param command what followed `npm run bench --`
 * @returns the file's path
 */
export function storeBench(
  root: string,
  bench: StoredBenchName,
  beganMs: number,
  watch: MachineWatch,
  outcome: BenchOutcome,
  command = `${bench} --store`,
): string {
  const metrics = outcome.metrics.map((metric) => ({
    ...metric,
    samples: Object.fromEntries(
      Object.entries(metric.samples).map(([name, values]) => [name, values.map((value) => round(value)!)]),
    ),
  }));
  const stored: StoredBench = {
    bench,
    command: `npm run bench -- ${command}`,
    date: new Date().toISOString(),
    commit: commitOf(root),
    wallSeconds: Math.round((performance.now() - beganMs) / 1000),
    machine: watch.use(),
    ...outcome,
    metrics,
    rows: toRows(metrics, outcome),
  };
  const file = join(root, benchFile(bench));
  mkdirSync(dirname(file), { recursive: true });
  writeWholeSync(file, `${oneLineEach(JSON.stringify(stored, null, 1))}\n`);
  return benchFile(bench);
}

/** The results that are stored, by bench. */
export function storedBenches(root: string): StoredBench[] {
  return NAMES.map((bench) => join(root, benchFile(bench)))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, "utf8")) as StoredBench);
}

/** The benches of which nothing is stored. */
export function benchesNotStored(root: string): StoredBenchName[] {
  return NAMES.filter((bench) => !existsSync(join(root, benchFile(bench))));
}

/** What of a stored result does not follow from its samples; nothing where all does. */
export function recheckBench({ metrics, ours, peers, rows }: StoredBench): string[] {
  const again = toRows(metrics, { ours, peers });
  if (again.length !== rows.length) return [`${rows.length} rows are stored, its samples give ${again.length}`];
  return again.flatMap((row, index) =>
    JSON.stringify(row) === JSON.stringify(rows[index])
      ? []
      : [
          `${row.case}, ${row.metric}, ${row.variant} / ${row.peerName}: stored ` +
            `${JSON.stringify(rows[index])}, its samples give ${JSON.stringify(row)}`,
        ],
  );
}

/** "PyTorch as written" → "pytorch_as_written": a name as a marker in a text can say it. */
function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_|_$/g, "");
}

/**
 * What a text can name of a stored result:
 * `CASE.METRIC.CONTENDER.median`, `.min` and `.n`; `CASE.METRIC.OURS_over_PEER`, the ratio of medians; the least and
 * the most of such a ratio over all cases, `all.METRIC.OURS_over_PEER.least` and `.most`; and `day`, the run's date.
 */
export function measuresOf({ metrics, rows, date }: StoredBench): Record<string, number | string> {
  const measures: Record<string, number | string> = { day: date.slice(0, 10) };
  for (const { case: name, metric, samples } of metrics) {
    for (const [contender, values] of Object.entries(samples)) {
      if (values.length === 0) continue;
      const at = `${slug(name)}.${slug(metric)}.${slug(contender)}`;
      Object.assign(measures, {
        [`${at}.median`]: median(values)!,
        [`${at}.min`]: minimum(values)!,
        [`${at}.n`]: values.length,
      });
    }
  }
  for (const { case: name, metric, variant, peerName, ratio } of rows) {
    if (ratio === null) continue;
    const what = `${slug(metric)}.${slug(variant)}_over_${slug(peerName)}`;
    measures[`${slug(name)}.${what}`] = ratio;
    const [least, most] = [`all.${what}.least`, `all.${what}.most`];
    measures[least] = Math.min(ratio, Number(measures[least] ?? Infinity));
    measures[most] = Math.max(ratio, Number(measures[most] ?? -Infinity));
  }
  return measures;
}

/** Puts arrays of numbers and rows on one line each: thousands of samples. */
function oneLineEach(json: string): string {
  return json
    .replace(/\[\s+(-?[\d.e+-]+(?:,\s+-?[\d.e+-]+)*)\s+\]/g, (_, list: string) => `[${list.replace(/\s+/g, " ")}]`)
    .replace(/\{\s+("case": [^{}]*?"ratio"[^{}]*?)\s+\}/g, (_, row: string) => `{ ${row.replace(/\n\s+/g, " ")} }`);
}
