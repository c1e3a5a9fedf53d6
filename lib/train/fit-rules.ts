import {
  aliasesAmong,
  aboveZero,
  aCount,
  aFlag,
  aFunction,
  anInteger,
  anObject,
  aNumber,
  anySet,
  aRate,
  aSignal,
  aText,
  either,
  fields,
  inRange,
  listOf,
  notNegative,
  oneOf,
  optional,
  orNull,
  perChannel,
  withFields,
  type Rule,
  type Rules,
} from "../checks.js";
import { callbacksHint, lossHint, metricsHint, monitorHint, withHint } from "./called-elsewhere.js";
import { anActiveRun, aRunLog } from "../tracking/run-checks.js";
import { aLookahead } from "./lookahead.js";
import { lossRules } from "./loss.js";
import { anOptimizer } from "./optimizer.js";
import { someGroups } from "./parameter-groups.js";
import { aSchedule } from "./schedule.js";

/** The same rule, for an option whose null is its default. */
const orDefault = (rule: Rule): Rule => ({ ...orNull(rule), what: `${rule.what}, or null for the default` });

/** How pixels are normalized, as `fit`, `evaluate` and `predict` take it. */
export const NORMALIZED_RULES: Rules = {
  mean: optional(perChannel(aNumber)),
  std: optional(perChannel(aboveZero)),
};

/** Of functions of one's own. */
export const OWN_FUNCTION_RULES: Rules = {
  loss: optional(withHint(either(oneOf(["crossEntropy"]), aFunction), lossHint)),
  metrics: optional(
    orNull(
      withHint(
        {
          what: "functions by name, { topThree: (logits, labels) => … }",
          holds: (value) =>
            anObject.holds(value) && Object.values(value as object).every((each) => aFunction.holds(each)),
        },
        metricsHint,
      ),
    ),
  ),
};

/** What makes a run what it is. */
const CONFIG_RULES: Rules = {
  ...lossRules(),
  learningRate: optional(notNegative),
  optimizer: optional(anOptimizer),
  schedule: optional(orNull(aSchedule)),
  epochs: optional(aboveZero),
  batchSize: optional(aCount),
  dropRemainder: optional(aFlag),
  microBatchSize: optional(orNull(aCount)),
  parallelParts: optional(orDefault(aCount)),
  mixedPrecision: optional({ what: 'true, false or "auto"', holds: (value) => aFlag.holds(value) || value === "auto" }),
  clipNorm: optional(orNull(aboveZero)),
  emaDecay: optional(orNull(aRate)),
  lookahead: optional(orNull(aLookahead)),
  parameterGroups: optional(orNull(someGroups)),
  monitor: optional(orDefault(withHint(oneOf(["validation", "training", "running"]), monitorHint))),
  targetAccuracy: optional(orNull(inRange({ above: 0, to: 1 }))),
  patience: optional(orNull(aCount)),
  checkFinite: optional(aFlag),
  movingStatistics: optional(oneOf(["epoch", "step"])),
  shuffle: optional(aFlag),
  seed: optional(anInteger),
  ...NORMALIZED_RULES,
  augment: optional(orNull(anObject)),
  mixup: optional(notNegative),
  cutmix: optional(notNegative),
  lossEvery: optional(orDefault(aCount)),
};

/** What fields of `checkpoint` and `callbacks` are called elsewhere. */
const PLACES = { dir: "folder", dirpath: "folder", filepath: "folder", path: "folder", saveFreq: "everySteps" };
const MOMENTS = { onEpochEnd: "epoch", onBatchEnd: "step", onTrainBatchEnd: "step", onValidationEnd: "epoch" };

/** All that `fit` takes. */
export const FIT_RULES: Rules = {
  ...CONFIG_RULES,
  ...OWN_FUNCTION_RULES,
  validation: optional(orNull(anySet)),
  checkpoint: optional(
    orNull(
      fields(
        "{ folder, everySteps, everyMinutes }",
        { folder: aText, everySteps: optional(orNull(aCount)), everyMinutes: optional(orNull(aboveZero)) },
        { aliases: PLACES },
      ),
    ),
  ),
  resume: optional(aFlag),
  callbacks: optional(
    orNull(
      withHint(
        fields(
          "functions by when they are called, { step, epoch }",
          { step: optional(aFunction), epoch: optional(aFunction) },
          { aliases: MOMENTS },
        ),
        callbacksHint,
      ),
    ),
  ),
  signal: optional(orNull(aSignal)),
  name: optional(orNull(aText)),
  log: optional(orNull(either(listOf(aRunLog), anActiveRun))),
  logEvery: optional(orDefault(aCount)),
  logHistograms: optional(aFlag),
  progress: optional(
    orNull(
      either(
        aFlag,
        withFields("an object of step, mark and end", {
          step: aFunction,
          mark: aFunction,
          measured: optional(aFunction),
          end: aFunction,
        }),
      ),
    ),
  ),
  workers: optional(inRange({ from: 0, to: 64, whole: true })),
};

/** What gives the weights of the best epoch back. */
const BEST = 'checkpoint, and after the run train.loadCheckpoint(model, "…/best.safetensors")';

/** What `fit`'s options are called in Keras, PyTorch, Lightning, Hugging Face and timm, where letters do not tell. */
export const FIT_ALIASES: Readonly<Record<string, string>> = {
  amp: "mixedPrecision",
  precision: "mixedPrecision",
  bf16: "mixedPrecision",
  fp16: "mixedPrecision",
  transform: "augment",
  augmentation: "augment",
  criterion: "loss",
  lossFn: "loss",
  maxGradNorm: "clipNorm",
  gradientClipVal: "clipNorm",
  clipGrad: "clipNorm",
  gradientAccumulationSteps: "microBatchSize",
  accumulateGradBatches: "microBatchSize",
  earlyStopping: "patience",
  earlyStoppingPatience: "patience",
  ema: "emaDecay",
  useEma: "emaDecay",
  mixupAlpha: "mixup",
  cutmixAlpha: "cutmix",
  restoreBestWeights: BEST,
  saveBest: BEST,
  saveBestOnly: BEST,
  loadBestModelAtEnd: BEST,
  modelEmaDecay: "emaDecay",
  paramGroups: "parameterGroups",
  layerDecay: "parameterGroups",
  numWorkers: "workers",
  dropLast: "dropRemainder",
  manualSeed: "seed",
  randomState: "seed",
  lr: "learningRate",
  smoothing: "labelSmoothing",
  classWeight: "classWeights",
  verbose: "progress",
  evalSet: "validation",
  valSet: "validation",
  valData: "validation",
  testSet: "validation",
  validationSplit: "validation, of datasets.split(set, { share })",
  maxEpochs: "epochs",
  numEpochs: "epochs",
  numTrainEpochs: "epochs",
  maxSteps: "epochs, which may be a part of one: steps / datasets.batchCount(images, { batchSize })",
  checkpointDir: "checkpoint.folder",
  outputDir: "checkpoint.folder",
  saveSteps: "checkpoint.everySteps",
  initialEpoch: "resume",
  momentum: "optimizer.momentum",
  weightDecay: "optimizer.weightDecay",
  betas: "optimizer.beta1",
  warmup: "schedule.warmupFraction",
  warmupSteps: "schedule.warmupFraction",
  warmupEpochs: "schedule.warmupFraction",
  logger: "log",
  loggers: "log",
  logEveryNSteps: "logEvery",
  loggingSteps: "logEvery",
  reportTo: "log",
  onEpochEnd: "callbacks.epoch",
  onBatchEnd: "callbacks.step",
};

/** Those of an option that a function has. */
export function aliasesOf(rules: Rules): Readonly<Record<string, string>> {
  return aliasesAmong(FIT_ALIASES, rules);
}
