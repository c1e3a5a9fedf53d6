import { tf } from "../../backend/index.js";
import { cellSignal, endsOnSignal } from "../../host.js";
import { prunableLayers } from "./prunable-layers.js";
import { smaller } from "./prune.js";
import { defaultProgress, NO_PROGRESS, type PruningProgress } from "./pruning-progress.js";
import { keptPruning, savePruning, weightsDigest } from "./pruning-checkpoint.js";
import { asStepwise, goneIn, withNumbers, type PruningStep, type StepwisePruning } from "./pruning-steps.js";
import { rankingOf } from "./rank-units.js";
import { removalOf, unitCount, unitLayer } from "./removal.js";
import { checkStepwise, type PruneStepwiseOptions } from "./stepwise-options.js";

const FN = "pruneStepwise";

/** What rounding may add to a difference of two accuracies. */
const ROUNDING = 1e-9;

/**
 * Prunes one unit after the other, layer by layer: the unit of the smallest norm goes, the smaller network is measured,
 * retrained and measured again, and stays where the drop is small enough. A larger drop is undone and ends its layer,
 * as does a measurement that is not finite, and one unit that is left. Each step is a really smaller network (see
 * `prune`), which learns as the masked one does, and faster.
 *
 * @param model changed in nothing
 * @returns the pruned model and a row for each unit, also where a signal ended it early: what was kept until then
 * @throws RangeError for a layer whose units cannot be pruned, with the reason, and where `measure` gives no finite
 *   number for the model as it is
 * @throws what `measure`, `retrain` and `callbacks` throw
 * Source: Li et al. 2017, §3.2; the stop rule: the report "Assignment 3: Getting into the Flow of Deep
 * Learning", step 3.
 * @example
 * const retrain = (model: tf.LayersModel) => train.fit(model, set, { epochs: 1, progress: train.silentProgress });
 * const measure = async (model: tf.LayersModel) => (await train.evaluate(model, heldOut)).accuracy;
 * const { model: small, steps } = await pruneStepwise(model, { retrain, measure, layers: ["conv1", "conv2"] });
 */
export function pruneStepwise(model: tf.LayersModel, options: PruneStepwiseOptions): Promise<StepwisePruning> {
  return endsOnSignal(() => pruned(model, options));
}

async function pruned(model: tf.LayersModel, options: PruneStepwiseOptions): Promise<StepwisePruning> {
  checkStepwise(model, options);
  const { progress, checkpoint = null } = options;
  const from = checkpoint === null ? "" : weightsDigest(model);
  const kept = checkpoint === null ? undefined : await keptPruning(FN, checkpoint, from, model);
  const shown = progress === null ? NO_PROGRESS : (progress ?? defaultProgress());
  try {
    const run = new StepwiseRun(kept?.model ?? model, { ...options, ...(kept && { resume: kept.steps }) }, shown, from);
    return await run.result();
  } finally {
    kept?.model.dispose();
    shown.end();
  }
}

/** What a call has come to. */
class StepwiseRun {
  readonly #signal: AbortSignal | null | undefined;
  readonly #steps: PruningStep[];
  readonly #layers: readonly string[];
  /** By layer the numbers, in the model before any pruning, of the units that are left. */
  readonly #left: ReadonlyMap<string, number[]>;
  #model: tf.LayersModel;
  #current = Number.NaN;
  #start = Number.NaN;

  constructor(
    model: tf.LayersModel,
    readonly options: PruneStepwiseOptions,
    readonly shown: PruningProgress,
    /** The digest of the model before any pruning, where a checkpoint is written. */
    readonly from: string,
  ) {
    const { signal = cellSignal(), layers, resume = [] } = options;
    this.#signal = signal;
    const free = prunableLayers(model).filter(({ reason }) => reason === null);
    if (layers === undefined && free.length === 0 && resume.length === 0)
      throw new RangeError(`${FN}: a layer must have units that can go, got none: prunableLayers says why`);
    this.#layers = layers ?? free.map(({ layer }) => layer);
    this.#steps = resume.map(withNumbers);
    const named = new Set([...this.#layers, ...this.#steps.map(({ layer }) => layer)]);
    this.#left = new Map([...named].map((name) => [name, unitsLeft(model, name, this.#steps)]));
    this.#model = smaller(FN, model, {});
  }

  async result(): Promise<StepwisePruning> {
    try {
      const isDone = await this.#pruneLayers();
      return asStepwise({
        model: this.#model,
        units: goneIn(this.#steps),
        steps: this.#steps,
        start: this.#start,
        end: this.#current,
        endedBy: isDone ? "layers" : "signal",
      });
    } catch (error) {
      this.#model.dispose();
      throw error;
    }
  }

  /** @returns whether nothing stopped it */
  async #pruneLayers(): Promise<boolean> {
    const first = await this.#measured(this.#model);
    if (first === undefined) return false;
    if (!Number.isFinite(first))
      throw new RangeError(`${FN}: measure must give a finite number for the model as it is, got ${first}`);
    this.#current = first;
    this.#start = this.#steps[0]?.before ?? first;
    for (const layer of this.#layers) {
      while (this.#goesOn(layer)) if (!(await this.#step(layer))) return false;
    }
    return true;
  }

  #goesOn(layer: string): boolean {
    const { maxSteps } = this.options;
    const most = typeof maxSteps === "number" ? maxSteps : maxSteps?.[layer];
    const done = this.#steps.filter((step) => step.layer === layer);
    if (done.at(-1)?.kept === false || (most !== undefined && done.length >= most)) return false;
    return this.#left.get(layer)!.length > 1;
  }

  /** @returns false where it was stopped meanwhile: nothing has changed then */
  async #step(layer: string): Promise<boolean> {
    const { norm: by = "l1", maxDrop = 0.01, dropFrom = "previous", callbacks } = this.options;
    const left = this.#left.get(layer)!;
    const { unit: place, norm } = rankingOf(FN, this.#model, layer, by).units[0]!;
    const unit = left[place]!;
    const candidate = smaller(FN, this.#model, { [layer]: [place] });
    let isKept = false;
    try {
      const found = await this.#tried(candidate, layer, unit);
      if (found === undefined) return false;
      const before = this.#current;
      const drop = (dropFrom === "previous" ? before : this.#start) - found.retrained;
      isKept = drop <= maxDrop + ROUNDING;
      const step = { layer, unit, norm, before, ...found, drop, kept: isKept, left: left.length - (isKept ? 1 : 0) };
      this.#steps.push(step);
      if (isKept) {
        left.splice(place, 1);
        this.#model.dispose();
        this.#model = candidate;
        this.#current = found.retrained;
      }
      const { checkpoint } = this.options;
      if (checkpoint) await savePruning(checkpoint, this.from, { model: this.#model, steps: this.#steps });
      this.shown.step(step);
      await callbacks?.step?.(step, this.#model);
      return true;
    } finally {
      if (!isKept) candidate.dispose();
    }
  }

  /** What a smaller model gives, before and after it is retrained; undefined where it was stopped meanwhile. */
  async #tried(
    model: tf.LayersModel,
    layer: string,
    unit: number,
  ): Promise<Pick<PruningStep, "after" | "retrained"> | undefined> {
    const { retrain = null } = this.options;
    this.shown.working({ layer, unit, doing: "measuring" });
    const after = await this.#measured(model);
    if (after === undefined || retrain === null) return after === undefined ? undefined : { after, retrained: after };
    this.shown.working({ layer, unit, doing: "retraining" });
    const trained = await retrain(model);
    if (this.#signal?.aborted || endedBySignal(trained)) return undefined;
    this.shown.working({ layer, unit, doing: "measuring" });
    const retrained = isAllFinite(model) ? await this.#measured(model) : Number.NaN;
    return retrained === undefined ? undefined : { after, retrained };
  }

  /** Undefined where it was stopped before or meanwhile. */
  async #measured(model: tf.LayersModel): Promise<number | undefined> {
    if (this.#signal?.aborted) return undefined;
    try {
      const value: unknown = await this.options.measure(model);
      if (typeof value !== "number")
        throw new TypeError(`${FN}: measure must give a number, the accuracy, got ${typeof value}`);
      return this.#signal?.aborted ? undefined : value;
    } catch (error) {
      if (this.#signal?.aborted && error === this.#signal.reason) return undefined;
      throw error;
    }
  }
}

/** @throws RangeError where the layer's units cannot go, or the steps are not of this model */
function unitsLeft(model: tf.LayersModel, name: string, steps: readonly PruningStep[]): number[] {
  const count = unitCount(unitLayer(FN, model, name));
  if (count > 1) removalOf(FN, model, { [name]: [0] });
  const own = steps.filter(({ layer }) => layer === name);
  const gone = new Set(own.filter(({ kept }) => kept).map(({ unit }) => unit));
  const left = Array.from({ length: count + gone.size }, (_, unit) => unit).filter((unit) => !gone.has(unit));
  const expected = own.at(-1)?.left ?? count;
  if (left.length !== count || expected !== count) {
    throw new RangeError(
      `${FN}: resume must be the steps that made the model, with ${expected} units left of ${name}, got one with ` +
        `${count}`,
    );
  }
  return left;
}

/** Whether `train.fit`, whose result a retraining may give, was stopped by Ctrl-C. */
function endedBySignal(result: unknown): boolean {
  return (result as { readonly endedBy?: unknown } | null | undefined)?.endedBy === "signal";
}

function isAllFinite(model: tf.LayersModel): boolean {
  return tf.tidy(() => model.weights.every((weight) => tf.all(tf.isFinite(weight.read())).dataSync()[0] === 1));
}
