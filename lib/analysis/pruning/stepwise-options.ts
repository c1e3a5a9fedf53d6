import type { tf } from "../../backend/index.js";
import {
  aCount,
  aFlag,
  aFunction,
  aModel,
  aNatural,
  anyNumber,
  aSignal,
  aText,
  aTitle,
  checkArguments,
  checkOptions,
  either,
  fields,
  listOf,
  notNegative,
  oneOf,
  optional,
  orNull,
  recordOf,
  someOf,
  type Rules,
} from "../../checks.js";
import type { PruningProgress } from "./pruning-progress.js";
import type { PruningStep } from "./pruning-steps.js";
import { aNorm, type UnitNorm } from "./rank-units.js";

/** What {@link pruneStepwise} takes. */
export interface PruneStepwiseOptions {
  /** The accuracy of a model, 0 to 1 and higher for a better one: on images that are held out of the training. */
  readonly measure: (model: tf.LayersModel) => number | Promise<number>;
  /**
   * Trains a model in place, which is after each unit: `(model) => train.fit(model, set, { epochs: 1 })`. Default null:
   * nothing is retrained.
   */
  readonly retrain?: ((model: tf.LayersModel) => unknown) | null;
  /** The layers whose units are pruned, one layer after the other. Default: all that can be, in the model's order. */
  readonly layers?: readonly string[];
  /** By which norm a layer's next unit is its smallest. Default "l1". */
  readonly norm?: UnitNorm;
  /** The largest drop that is kept, 0.01 for one point; a larger one is undone and ends its layer. Default 0.01. */
  readonly maxDrop?: number;
  /** From what a drop is counted: the step before, or the model before any pruning. Default "previous". */
  readonly dropFrom?: "previous" | "start";
  /**
   * Units that are tried of each layer at most, those of an earlier call among them: one number for all, or by layer.
   * Default null, and for a layer that is not named: all but one.
   */
  readonly maxSteps?: number | Readonly<Record<string, number>> | null;
  /** The steps of an earlier call that was stopped, to go on from; `model` is then that call's result. Default []. */
  readonly resume?: readonly PruningStep[];
  /**
   * Path of a safetensors file of the weights and the steps, written whole after each step: the same call, with the
   * same model, goes on from it where it was stopped, also by a kill. Default null: none.
   */
  readonly checkpoint?: string | null;
  /** What is told of each step, with the pruned model, which it may save or measure. Default none. */
  readonly callbacks?: {
    /** After each step; awaited. */
    readonly step?: (step: PruningStep, model: tf.LayersModel) => unknown;
  };
  /**
   * Ends the pruning; the step that it interrupts does not count. Default in a notebook the running cell's signal, else
   * none; null: none.
   */
  readonly signal?: AbortSignal | null;
  /** How it is shown as it goes. Default: in a notebook a table that grows, else a line a step; null: not at all. */
  readonly progress?: PruningProgress | null;
}

/** A number; null where JSON had no place for NaN. */
const aMeasure = orNull(anyNumber);

const aStep = fields("a step of an earlier result", {
  layer: aText,
  unit: aNatural,
  norm: anyNumber,
  before: aMeasure,
  after: aMeasure,
  retrained: aMeasure,
  drop: aMeasure,
  kept: aFlag,
  left: aCount,
});

const RULES: Rules = {
  measure: aFunction,
  retrain: optional(orNull(aFunction)),
  layers: optional(someOf(aText)),
  norm: optional(aNorm),
  maxDrop: optional(notNegative),
  dropFrom: optional(oneOf(["previous", "start"])),
  maxSteps: optional(orNull(either(aCount, recordOf(aCount)))),
  resume: optional(listOf(aStep)),
  checkpoint: optional(orNull(aTitle)),
  callbacks: optional(fields("an object of functions", { step: optional(aFunction) })),
  signal: optional(orNull(aSignal)),
  progress: optional(orNull(fields("an object of functions", { working: aFunction, step: aFunction, end: aFunction }))),
};

/** @throws RangeError or TypeError where one is not as it must be */
export function checkStepwise(model: tf.LayersModel, options: PruneStepwiseOptions): void {
  checkArguments("pruneStepwise", { model }, { model: aModel });
  checkOptions("pruneStepwise", options, RULES);
  const { resume = [], checkpoint = null } = options;
  if (checkpoint !== null && resume.length > 0)
    throw new RangeError(
      `pruneStepwise: resume must be left out with a checkpoint, whose file has the steps, got ${resume.length} steps`,
    );
}
