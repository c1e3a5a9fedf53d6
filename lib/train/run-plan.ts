import type { tf } from "../backend/index.js";
import { aModel, checkArguments, checkOptions } from "../checks.js";
import { planBatches, type BatchPlan } from "../datasets/batch-options.js";
import type { ActiveRun } from "../tracking/active-run.js";
import type { RunLog } from "../tracking/run-log.js";
import type { FileSet, ImageSet } from "../datasets/types.js";
import { checkHeldWeights } from "../layers/held-weights.js";
import { checkClassifier } from "../models/classifier.js";
import { modelUse } from "../models/model-use.js";
import { checkBatchSizes } from "./batch-sizes.js";
import { checkWorkers, defaultWorkers } from "./feed.js";
import { resolveConfig, type FitConfig } from "./fit-config.js";
import type { CheckpointOptions, FitCallbacks, FitOptions } from "./fit-options.js";
import { FIT_ALIASES, FIT_RULES } from "./fit-rules.js";
import { aTrainingSet } from "./called-elsewhere.js";
import { checkValidation, planFor } from "./inputs.js";
import { groupsOf } from "./parameter-groups.js";
import { tryLoss, tryMetrics, type LossFunction, type Metrics } from "./own-functions.js";
import type { Progress } from "./progress.js";

/** A set and how it is gone through. */
export interface Passage {
  readonly set: ImageSet | FileSet;
  readonly batches: BatchPlan;
  /** Threads that make the batches. */
  readonly workers: number;
}

/** All that a run is, checked and complete; nothing has been made of it yet. */
export interface RunPlan {
  readonly model: tf.LayersModel;
  readonly config: FitConfig;
  readonly loss: "crossEntropy" | LossFunction;
  readonly metrics: Metrics;
  readonly training: Passage;
  /** What is measured after each epoch, by the name that it has in the history. */
  readonly measured: readonly (Passage & { readonly name: "training" | "validation" })[];
  readonly checkpoint: CheckpointOptions | undefined;
  /** Undefined: a folder that holds a run is refused. */
  readonly resume: boolean | undefined;
  readonly callbacks: FitCallbacks;
  readonly progress: boolean | Progress;
  readonly name: string | undefined;
  readonly log: readonly RunLog[] | ActiveRun | undefined;
  /** Undefined: by the run's length. */
  readonly logEvery: number | undefined;
  readonly logHistograms: boolean;
  readonly signal: AbortSignal | null | undefined;
}

/**
 * Checks all that `fit` was given, and fills in what it was not.
 *
 * @throws TypeError or RangeError where set, model and options do not fit each other
 */
export function planRun(model: tf.LayersModel, set: ImageSet | FileSet, options: FitOptions): RunPlan {
  checkArguments("fit", { model, set }, { model: aModel, set: aTrainingSet });
  checkOptions("fit", options, FIT_RULES, [], FIT_ALIASES);
  checkHeldWeights("fit", model);
  const {
    loss: given = "crossEntropy",
    metrics,
    validation,
    checkpoint,
    resume,
    callbacks,
    progress,
    name,
    log,
    logEvery,
    logHistograms = false,
    signal,
    workers = defaultWorkers(set),
    ...rest
  } = options;
  if (resume && !checkpoint) throw new RangeError("fit: resume must come with checkpoint, got none");
  checkWorkers("fit", set, workers);
  const loss = given as RunPlan["loss"]; // a record is refused above
  const config = resolveConfig(rest, loss, [modelUse(model), set], checkClassifier("fit", model));
  const plan: RunPlan = {
    model,
    config,
    loss,
    metrics: metrics ?? {},
    training: { set, batches: planFor("fit", model, set, config), workers },
    measured: planMeasurements(model, set, validation ?? undefined, config, workers),
    checkpoint: checkpoint ?? undefined,
    resume,
    callbacks: callbacks ?? {},
    progress: progress === undefined ? !showsProgress(log) : (progress ?? false),
    name: name ?? undefined,
    log: log ?? undefined,
    logEvery: logEvery ?? undefined,
    logHistograms,
    signal,
  };
  if (Object.keys(plan.metrics).length > 0 && plan.measured.length === 0)
    throw new RangeError(
      'fit: metrics must come with a validation set, or with monitor: "training", on which they are measured after ' +
        "each epoch, got neither",
    );
  checkBatchSizes("fit", model, set.labels.length, config);
  groupsOf("fit", model, config.parameterGroups);
  checkOwnFunctions(plan);
  return plan;
}

/** Whether a log of the run shows where it stands. */
function showsProgress(log: FitOptions["log"]): boolean {
  return Array.isArray(log) && (log as readonly RunLog[]).some((one) => one.showsProgress === true);
}

/** @throws RangeError for a validation set that does not fit, or that is missing though it is monitored */
function planMeasurements(
  model: tf.LayersModel,
  set: ImageSet | FileSet,
  validation: ImageSet | FileSet | undefined,
  { batchSize, mean, std, monitor }: FitConfig,
  workers: number,
): RunPlan["measured"] {
  if (monitor === "validation" && !validation)
    throw new RangeError("fit: monitor validation must come with a validation set, got none");
  const how = { batchSize, mean, std };
  const measured: RunPlan["measured"][number][] = [];
  if (monitor === "training") measured.push({ name: "training", set, batches: planBatches(set, how, "fit"), workers });
  if (validation) {
    const batches = planFor("fit: validation", model, validation, how);
    checkValidation("fit", set, validation);
    measured.push({ name: "validation", set: validation, batches, workers: defaultWorkers(validation) });
  }
  return measured;
}

function checkOwnFunctions({ loss, metrics, training, config: { mixup, cutmix } }: RunPlan): void {
  const classes = training.batches.numClasses;
  if (typeof loss === "function") tryLoss("fit", loss, classes, mixup > 0 || cutmix > 0);
  tryMetrics("fit", metrics, classes);
}
