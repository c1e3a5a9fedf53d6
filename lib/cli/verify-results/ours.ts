/** What was measured here of one figure: over the seeds stored, or of one seed with its interval. */
import { accuracyInterval } from "../../analysis/predictions/accuracy-interval.js";
import { overSeeds } from "../../analysis/predictions/over-seeds.js";
import type { Size } from "../../study/claims.js";
import { newestOfSeeds, type StoredResult } from "../../study/stored-result.js";
import { numberText } from "./figures.js";

/** A figure as it is asked for. */
export interface Wanted {
  readonly run: string;
  readonly measure: string;
  readonly format?: string | undefined;
}

/** What is stored of a figure at one size. */
export interface Ours {
  readonly size: Size;
  /** "68.3 %" */
  readonly mean: string;
  /** "68.3 % (67.9 % to 68.5 %, 3 seeds)" */
  readonly text: string;
}

/** What is stored of a figure: of size full, then of quick; empty where nothing is. */
export function oursOf(results: readonly StoredResult[], wanted: Wanted): Ours[] {
  return (["full", "quick"] as const).flatMap((size) => {
    const found = newestOfSeeds(results.filter((one) => one.size === size && valueIn(one, wanted) !== undefined));
    return found.length === 0 ? [] : [{ size, ...textsOf(found, wanted) }];
  });
}

function valueIn({ measures }: StoredResult, { run, measure }: Wanted): number | undefined {
  return measures[`${run}.${measure}`];
}

function textsOf(results: readonly StoredResult[], wanted: Wanted): Omit<Ours, "size"> {
  const [format, digits] = (wanted.format ?? (wanted.measure === "accuracy" ? "percent 1" : "fixed 3")).split(" ");
  const text = (value: number): string => numberText(value, format!, Number(digits ?? 0));
  const { mean, min, max, n } = overSeeds(results.map((one) => valueIn(one, wanted)!));
  const spread = n > 1 ? `${text(min)} to ${text(max)}, ${n} seeds` : `1 seed${intervalOf(results[0]!, wanted, text)}`;
  return { mean: text(mean), text: `${text(mean)} (${spread})` };
}

/** What the draw of the test images leaves open in an accuracy; nothing of another measure. */
function intervalOf({ predictions }: StoredResult, { run, measure }: Wanted, text: (value: number) => string): string {
  const stored = predictions[run];
  if (measure !== "accuracy" || stored === undefined) return "";
  const { count } = stored.test;
  const { low, high } = accuracyInterval({ right: Math.round(count * stored.accuracy), total: count });
  return `; 95 % interval ${text(low)} to ${text(high)}`;
}
