import type { tf } from "../../backend/index.js";
import { DISPLAY, shownAs, type MimeBundle } from "../../shown.js";
import { table } from "../../table.js";
import type { UnitsByLayer } from "./removal.js";

/** One unit that was pruned, and what that did. Plain data, NaN where a measurement gave it. */
export interface PruningStep {
  /** The name of its layer. */
  readonly layer: string;
  /** Its number in the model before any pruning, from 0. */
  readonly unit: number;
  /** The norm of its weights, the smallest of its layer's. */
  readonly norm: number;
  /** What `measure` gave before: the accuracy, 0 to 1. */
  readonly before: number;
  /** Without the unit. */
  readonly after: number;
  /** Without it and retrained; where nothing is retrained, as `after`. */
  readonly retrained: number;
  /** From the reference to `retrained`, 0.01 for one point; below 0 where it became better. */
  readonly drop: number;
  /** Whether the unit is gone; false: the drop was too large, and the unit is back. */
  readonly kept: boolean;
  /** Units that the layer has after it. */
  readonly left: number;
}

/** What came of stepwise pruning. */
export interface StepwisePruning {
  /** The pruned model, after the last step that was kept; the caller disposes of it. */
  readonly model: tf.LayersModel;
  /** What has gone from the model before any pruning, as `prune` takes it. */
  readonly units: UnitsByLayer;
  /** In the order in which they were done; `plots.lines` draws their columns. */
  readonly steps: readonly PruningStep[];
  /** What `measure` gave before the first step. */
  readonly start: number;
  /** What it gave for `model`. */
  readonly end: number;
  /** Whether all layers are done, or a signal ended it before. */
  readonly endedBy: "layers" | "signal";
}

/** JSON has null for NaN. */
export function withNumbers(step: PruningStep): PruningStep {
  const entries = Object.entries(step).map(([key, value]) => [key, value ?? Number.NaN]);
  return Object.fromEntries(entries) as PruningStep;
}

/** What these steps took away, by layer. */
export function goneIn(steps: readonly PruningStep[]): Record<string, number[]> {
  const gone: Record<string, number[]> = {};
  for (const { layer, unit } of steps.filter(({ kept }) => kept)) (gone[layer] ??= []).push(unit);
  return gone;
}

/** Steps that a reader is shown, the last ones. */
const SHOWN = 60;

/** The same result; a notebook shows it as the table of its steps. */
export function asStepwise(result: StepwisePruning): StepwisePruning {
  return shownAs(result, ({ steps, start, end, endedBy, units }) => {
    const gone = Object.entries(units).map(([layer, list]) => `${list.length} of ${layer}`);
    const earlier = steps.length > SHOWN ? `; the last ${SHOWN} of ${steps.length} steps` : "";
    const title =
      `pruned: ${gone.length === 0 ? "nothing" : gone.join(", ")}; ${percent(start)} → ${percent(end)}` +
      `${endedBy === "signal" ? "; stopped before its end" : ""}${earlier}`;
    return stepsTable(steps.slice(-SHOWN), title);
  });
}

/** Steps as a table. */
export function stepsTable(steps: readonly PruningStep[], title: string | null): MimeBundle {
  const rows = steps.map(({ layer, unit, norm, before, after, retrained, drop, left, kept }) => [
    layer,
    unit,
    norm.toPrecision(4),
    ...[before, after, retrained].map(percent),
    points(drop),
    left,
    kept ? "yes" : "undone",
  ]);
  const columns = [
    "layer",
    "unit",
    "norm",
    "before",
    "after",
    "retrained",
    "drop, points",
    "units left",
    "removal kept",
  ];
  return table(columns, rows, title)[DISPLAY]();
}

/** "conv1 unit 3: 88.12 % → 80.03 % → 88.40 % retrained, drop −0.28 points, 6 units left" */
export function stepLine({ layer, unit, before, after, retrained, drop, left, kept }: PruningStep): string {
  return (
    `${layer} unit ${unit}: ${percent(before)} → ${percent(after)} → ${percent(retrained)} retrained, ` +
    `drop ${points(drop)} points, ${kept ? `${left} units left` : "undone"}`
  );
}

function percent(share: number): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(2)} %` : String(share);
}

function points(share: number): string {
  return Number.isFinite(share) ? (100 * share).toFixed(2).replace("-", "−") : String(share);
}
