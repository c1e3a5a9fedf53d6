/** Lines of a run's record: JSON, in which numbers that are not finite stand as texts. */
import type { ArtifactEntry, ConfigEntry, EndEntry, PlainRecord, RunStart, ScalarsEntry } from "./run-log.js";

/** One line of a record. */
export type RecordLine =
  | ({ readonly type: "run" } & Omit<RunStart, "record">)
  | ({ readonly type: "scalars" } & ScalarsEntry)
  | ({ readonly type: "histograms" } & StoredHistograms)
  | ({ readonly type: "artifact" } & ArtifactEntry)
  | ({ readonly type: "config" } & ConfigEntry)
  | ({ readonly type: "end" } & EndEntry);

/** Distributions as a record keeps them. */
export interface StoredHistograms {
  /** Steps done. */
  readonly step: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** By name: counts [n] between edges [n + 1], of the finite numbers, and how many were not. */
  readonly values: Readonly<Record<string, BinnedValues>>;
}

/** How numbers are distributed. */
export interface BinnedValues {
  /** Ends of the bins, rising [n + 1]. */
  readonly edges: readonly number[];
  /** Numbers in each bin [n]. */
  readonly counts: readonly number[];
  /** Numbers that were NaN or infinite. */
  readonly notFinite: number;
}

const TEXTS: Readonly<Record<string, number>> = { NaN, Infinity, "-Infinity": -Infinity };

/** A line with its end, in one piece: two such never mix. */
export function lineOf(line: RecordLine): string {
  return `${JSON.stringify(line, asText)}\n`;
}

/** What JSON has no number for as its text: a replacer of JSON.stringify. */
export function asText(_: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

/** @returns undefined for what is no whole line: one that was torn as its writer ended */
export function parseLine(text: string): RecordLine | undefined {
  let line: RecordLine;
  try {
    line = JSON.parse(text) as RecordLine;
  } catch {
    return undefined;
  }
  if (typeof line !== "object" || line === null || typeof line.type !== "string") return undefined;
  if (line.type === "scalars") return { ...line, values: withNumbers(line.values) as ScalarsEntry["values"] };
  if (line.type === "end") return { ...line, result: withNumbers(line.result) as PlainRecord };
  return line;
}

/** A number, also one that stands as a text; undefined for anything else. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "string") return Object.hasOwn(TEXTS, value) ? TEXTS[value] : undefined;
  return typeof value === "number" ? value : undefined;
}

/** The texts "NaN", "Infinity" and "-Infinity" as the numbers that they stand for. */
function withNumbers(value: unknown): unknown {
  if (typeof value === "string") return numberOf(value) ?? value;
  if (Array.isArray(value)) return value.map(withNumbers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withNumbers(one)]));
}
