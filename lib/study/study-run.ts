import type { tf } from "../backend/index.js";
import { aFunction, anySet, checkValue, type Rules } from "../checks.js";
import { batchCount } from "../datasets/batch-options.js";
import type { FileSet, ImageSet } from "../datasets/types.js";
import { evaluate } from "../train/evaluate.js";
import type { Evaluation } from "../train/evaluation.js";
import type { FitOptions } from "../train/fit-options.js";
import { fit } from "../train/fit.js";
import type { History } from "../train/history.js";
import type { TestTimeAugmentation } from "../train/test-time.js";

/** How a run of a study trains: all that `train.fit` takes, but its name and its checkpoint, and the sets. */
export interface StudyRunOptions<Name extends string = string> extends Omit<
  FitOptions<Name>,
  "name" | "checkpoint" | "resume"
> {
  /** What it trains on. */
  readonly train: ImageSet | FileSet;
  /** What it is tested on, once, when it has trained. */
  readonly test: ImageSet | FileSet;
  /** By which `datasets.subset` drew the test images, where it did. Default the study's seed, else 0. */
  readonly testSeed?: number;
  /** Test-time augmentation, as `train.evaluate` has it. Default null: none. */
  readonly testTimeAugmentation?: TestTimeAugmentation | null;
}

/** One trained network of a study, and how it did. */
export interface StudyRun<Name extends string = string> {
  /** "a", "all.vitRows". */
  readonly name: string;
  /** The network, trained. */
  readonly model: tf.LayersModel;
  /** What it was tested on. */
  readonly test: ImageSet | FileSet;
  /** By which its test images were drawn. */
  readonly testSeed: number;
  /** What `train.fit` returned. */
  readonly history: History<Name>;
  /** What `train.evaluate` returned, of the test images. */
  readonly evaluation: Evaluation<Name>;
  /** Share of the test images that are right, 0 to 1. */
  readonly accuracy: number;
  /** Mean over the test images, of the loss that was trained on. */
  readonly testLoss: number;
  /** How many numbers the network has. */
  readonly parameters: number;
  /** Steps of an epoch. */
  readonly stepsPerEpoch: number;
  /** Wall time of the training, of all its parts where it was interrupted. */
  readonly seconds: number;
  /** Wall time of training and test in this process. */
  readonly wallSeconds: number;
}

/** What beside `fit`'s own rules a run's options must be. */
const RULES: Rules = { train: anySet, test: anySet };

/** Checks what a run takes beside the options of `train.fit`, which checks those itself. */
export function checkRun(fn: string, model: unknown, options: StudyRunOptions): void {
  checkValue(fn, "model", model, aFunction);
  for (const [name, rule] of Object.entries(RULES))
    checkValue(fn, name, (options as unknown as Record<string, unknown> | undefined)?.[name], rule);
}

/** Trains and tests. @param kept where the run keeps what it can go on from, if anywhere */
export async function trainedRun<Name extends string>(
  name: string,
  make: () => tf.LayersModel | Promise<tf.LayersModel>,
  { train, test, testSeed = 0, testTimeAugmentation = null, ...options }: StudyRunOptions<Name>,
  kept: Pick<FitOptions, "checkpoint" | "resume">,
): Promise<StudyRun<Name>> {
  const started = performance.now();
  const model = await make();
  const history = await fit<Name>(model, train, { ...(options as FitOptions<Name>), ...kept, name });
  const evaluation = await evaluate<Name>(model, test, {
    testTimeAugmentation,
    ...(typeof options.loss === "function" && { loss: options.loss }),
    ...(options.metrics && { metrics: options.metrics }),
  });
  return {
    name,
    model,
    test,
    testSeed,
    history,
    evaluation,
    accuracy: evaluation.accuracy,
    testLoss: evaluation.loss,
    parameters: model.countParams(),
    stepsPerEpoch: batchCount(train.labels.length, history.config),
    seconds: history.seconds,
    wallSeconds: (performance.now() - started) / 1000,
  };
}

/** What a result holds of the runs, by name. */
export function measuresOf(runs: readonly StudyRun[]): Record<string, number> {
  const losses = runs.flatMap(({ history }) => history.losses);
  const each = runs.flatMap(({ name, accuracy, testLoss, history, seconds, parameters }): [string, number][] => [
    [`${name}.accuracy`, accuracy],
    // Of a diverged run there is none.
    ...(Number.isFinite(testLoss) ? [[`${name}.testLoss`, testLoss] as [string, number]] : []),
    [`${name}.steps`, history.steps],
    [`${name}.seconds`, seconds],
    [`${name}.parameters`, parameters],
  ]);
  const lost = losses.filter(({ loss }) => !Number.isFinite(loss)).length;
  return { ...Object.fromEntries(each), "checks.lossesNotFinite": lost };
}
