import { flattened } from "../../tracking/flattened.js";
import type { PlainRecord } from "../../tracking/index.js";
import type { RunLine } from "./recorded-runs.js";

/** One thing that two runs have otherwise; undefined where one lacks it. */
export interface Difference {
  readonly name: string;
  readonly a: unknown;
  readonly b: unknown;
}

/** Two runs beside each other. */
export interface RunDifferences {
  /** Settings that differ. */
  readonly config: readonly Difference[];
  /** What differs of data, model, machine, versions, command and commit. */
  readonly circumstances: readonly Difference[];
  /** All of the result, and how they ended: those that differ, then the others. */
  readonly result: readonly Difference[];
  /** Settings and circumstances that are the same. */
  readonly same: number;
}

/** What two runs have otherwise: settings first, then under what they ran, then what came out. */
export function runDifferences(a: RunLine, b: RunLine): RunDifferences {
  const config = compared(a.config, b.config);
  const circumstances = compared(circumstancesOf(a), circumstancesOf(b));
  const result = compared(outcomeOf(a), outcomeOf(b));
  return {
    config: config.filter(differs),
    circumstances: circumstances.filter(differs),
    result: [...result.filter(differs), ...result.filter((each) => !differs(each))],
    same: [...config, ...circumstances].filter((each) => !differs(each)).length,
  };
}

function circumstancesOf({ data, model, machine, versions, command, commit }: RunLine): PlainRecord {
  return { data, model, machine, versions, command, commit };
}

function outcomeOf({ status, seconds, steps, result }: RunLine): PlainRecord {
  return { status, steps, ...result, seconds };
}

const differs = ({ a, b }: Difference): boolean => JSON.stringify(a) !== JSON.stringify(b);

function compared(one: PlainRecord, other: PlainRecord): Difference[] {
  const [a, b] = [new Map(flattened(one)), new Map(flattened(other))];
  return [...new Set([...a.keys(), ...b.keys()])].map((name) => ({ name, a: a.get(name), b: b.get(name) }));
}
