/** What a bench prints: figures beside a peer's, as a table or as one JSON object per row. */
import { parseArgs } from "node:util";
import type { Project } from "../setup/project.js";

/** Runs with the arguments after its name; resolves with the exit code. */
export type BenchCase = (args: readonly string[], project: Project) => Promise<number>;

/** Says why a bench cannot run; 2 for a wrong argument, 1 for a peer that is not there. */
export class BenchFailure extends Error {
  constructor(
    message: string,
    readonly exitCode: 1 | 2,
  ) {
    super(message);
  }
}

/** All samples of one contender for one metric; none where it cannot do it at all. */
export type Samples = readonly number[];

/** What was measured of every contender in one case. */
export interface Metric {
  readonly metric: string;
  /** "" for a plain number. */
  readonly unit:
    | "ms"
    | "s"
    | "MB"
    | "lines"
    | "cells"
    | "images/s"
    | "%"
    | "steps"
    | "ms/image"
    | "ms/GFLOP"
    | "MB/s"
    | "";
  /** Samples by contender's name. */
  readonly samples: Readonly<Record<string, Samples>>;
}

/** A metric of one of a bench's cases: a network's, a study's; "kernel" throughout for the kernel. */
export interface CaseMetric extends Metric {
  readonly case: string;
}

/** Whose figures stand against whose. */
export interface Sides {
  readonly ours: readonly string[];
  readonly peers: readonly string[];
}

/** One of our variants beside one peer, as the report and the stored result have it. */
export interface Row {
  readonly case: string;
  readonly metric: string;
  readonly unit: string;
  readonly variant: string;
  readonly ours: number | null;
  readonly oursMin: number | null;
  readonly peerName: string;
  readonly peer: number | null;
  readonly peerMin: number | null;
  /** ours / peer, by medians. */
  readonly ratio: number | null;
  /** Quartiles of ours / peer over samples taken in the same turn; null where they were not taken in pairs. */
  readonly ratioSpread: readonly [number, number] | null;
  readonly n: number;
}

/** The middle of the samples, or the mean of the two in the middle; null of none. */
export function median(samples: Samples): number | null {
  if (samples.length === 0) return null;
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The least of the samples; null of none. */
export function minimum(samples: Samples): number | null {
  return samples.length === 0 ? null : Math.min(...samples);
}

/** One row for each of our variants beside each peer. */
export function toRows(metrics: readonly CaseMetric[], { ours, peers }: Sides): Row[] {
  return metrics.flatMap(({ case: name, metric, unit, samples }) =>
    ours
      .filter((variant) => variant in samples)
      .flatMap((variant) =>
        peers.map((peerName): Row => {
          const own = median(samples[variant]!);
          const peer = median(samples[peerName] ?? []);
          return {
            case: name,
            metric,
            unit,
            variant,
            ours: round(own),
            oursMin: round(minimum(samples[variant]!)),
            peerName,
            peer: round(peer),
            peerMin: round(minimum(samples[peerName] ?? [])),
            ratio: own === null || peer === null ? null : round(own / peer),
            ratioSpread: spread(samples[variant]!, samples[peerName] ?? []),
            n: samples[variant]!.length,
          };
        }),
      ),
  );
}

/**
 * What `--json` prints of one row: `ours` and `peer` are medians, or minima where `metric` says so; null where one
 * cannot.
 */
export interface JsonRow {
  readonly case: string;
  /** "training step, batch 100, ms: compiled / PyTorch as written" */
  readonly metric: string;
  readonly ours: number | null;
  readonly peer: number | null;
  readonly ratio: number | null;
  readonly n: number;
}

/** The rows of `--json`: for each of {@link toRows} its medians, and its minima where there are several samples. */
export function toJsonRows(metrics: readonly CaseMetric[], sides: Sides): JsonRow[] {
  return toRows(metrics, sides).flatMap(
    ({ case: name, metric, unit, variant, ours, oursMin, peerName, peer, peerMin, ratio, n }): JsonRow[] => {
      const what = (kind: string): string =>
        `${metric.trim()}${kind}${unit === "" ? "" : `, ${unit}`}: ${variant} / ${peerName}`;
      const medians = { case: name, metric: what(""), ours, peer, ratio, n };
      if (n < 2) return [medians];
      return [
        medians,
        {
          case: name,
          metric: what(", minimum"),
          ours: oursMin,
          peer: peerMin,
          ratio: oursMin === null || peerMin === null ? null : round(oursMin / peerMin),
          n,
        },
      ];
    },
  );
}

function spread(ours: Samples, peers: Samples): readonly [number, number] | null {
  if (ours.length !== peers.length || ours.length < 4) return null;
  const ratios = ours.map((value, i) => value / peers[i]!).sort((a, b) => a - b);
  const at = (share: number): number => round(ratios[Math.round(share * (ratios.length - 1))]!)!;
  return [at(0.25), at(0.75)];
}

/** A table of medians, with the minimum behind each, one contender per column. */
export function toTable(metrics: readonly Metric[], contenders: readonly string[]): string {
  const cell = (samples: Samples | undefined): string =>
    samples === undefined || samples.length === 0
      ? "–"
      : `${format(median(samples)!)} (${format(minimum(samples)!)}) n=${samples.length}`;
  const lines = [
    ["metric: median (minimum)", ...contenders],
    ...metrics.map(({ metric, unit, samples }) => [
      unit === "" ? metric : `${metric}, ${unit}`,
      ...contenders.map((name) => cell(samples[name])),
    ]),
  ];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((text, column) => (column === 0 ? text.padEnd(widths[column]!) : text.padStart(widths[column]!)))
        .join("  "),
    )
    .join("\n");
}

/** What an argument list says for `--name`; undefined where it does not name it. */
export function option(args: readonly string[], name: string): string | undefined {
  const { values } = parseArgs({ args: [...args], options: { [name]: { type: "string" } }, strict: false });
  return values[name] as string | undefined;
}

/**
 * Checks that every argument is known.
 * @throws BenchFailure (2) that lists the known ones.
 */
export function checkOptionsOf(
  bench: string,
  args: readonly string[],
  flags: readonly string[],
  valued: readonly string[],
): void {
  const options = Object.fromEntries([
    ...flags.map((name) => [name, { type: "boolean" }] as const),
    ...valued.map((name) => [name, { type: "string" }] as const),
  ]);
  try {
    parseArgs({ args: [...args], options });
  } catch (error) {
    const known = [...flags.map((flag) => `--${flag}`), ...valued.map((flag) => `--${flag} VALUE`)];
    throw new BenchFailure(`bench ${bench}: ${(error as Error).message}. The known ones: ${known.join(", ")}`, 2);
  }
}

function format(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** To five digits, as figures are printed and stored. */
export function round(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(5));
}
