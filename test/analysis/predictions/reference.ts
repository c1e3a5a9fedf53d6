/** What other people's libraries make of the same predictions; test/fixtures/predictions/make.py says which. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { IntervalMethod } from "../../../lib/analysis/index.js";
import { ROOT } from "../../house/imports.js";

interface Answer {
  readonly predictions: number[];
  readonly accuracy: number;
}

interface Reference {
  readonly intervals: {
    readonly right: number;
    readonly total: number;
    readonly level: number;
    readonly method: IntervalMethod;
    readonly interval: readonly [number, number];
  }[];
  readonly mcnemar: {
    readonly onlyA: number;
    readonly onlyB: number;
    readonly exact: boolean;
    readonly correction: boolean;
    readonly statistic: number;
    readonly pValue: number;
  }[];
  readonly overSeeds: {
    readonly values: number[];
    readonly level: number;
    readonly mean: number;
    readonly standardDeviation: number;
    readonly low: number;
    readonly high: number;
  }[];
  readonly labels: number[];
  readonly members: number[][][];
  readonly calibrations: {
    readonly bins: number;
    readonly ece: number;
    readonly mce: number;
    readonly brier: number;
    readonly nll: number;
  }[];
  readonly ensembles: Record<"logits" | "probabilities", Answer & { readonly first: number[] }> & {
    readonly vote: Answer & { readonly ties: number[] };
  };
}

export const REFERENCE = JSON.parse(
  readFileSync(join(ROOT, "test/fixtures/predictions/reference.json"), "utf8"),
) as Reference;
