import { cpus } from "node:os";
import { backendInfo, compile, tf, type CompiledFunction } from "../../backend/index.js";
import {
  aCount,
  aFunction,
  aModel,
  aSignal,
  aTensor,
  checkArguments,
  checkOptions,
  optional,
  orNull,
  recordOf,
} from "../../checks.js";
import { cellSignal } from "../../host.js";
import { DISPLAY, grouped, shownAs } from "../../shown.js";
import { table } from "../../table.js";
import { countMacs } from "../summary/macs.js";

/** What one model costs. */
export interface ModelCost {
  /** As the caller named it. */
  readonly name: string;
  /** Numbers in its weights. */
  readonly params: number;
  /** Multiply-adds of one image, as `countMacs` counts them; null where it does not know a layer. */
  readonly macs: number | null;
  /** Milliseconds of a forward pass of the batch: the median. */
  readonly medianMs: number;
  /** The lower and the upper quartile, between which half of the times lie. */
  readonly quartilesMs: readonly [lower: number, upper: number];
  /** The median as a share of the first model's. */
  readonly relative: number;
  /** Every time that was measured, in the order of the rounds. */
  readonly timesMs: readonly number[];
}

/** Several models side by side. */
export interface CostComparison {
  /** In the order in which they were given. */
  readonly models: readonly ModelCost[];
  /** Images of a batch. */
  readonly batchSize: number;
  /** What computed: the processor, its cores, and TensorFlow's version and device. */
  readonly machine: string;
}

/** What {@link compareCost} takes besides. */
export interface CompareCostOptions {
  /** Times that each model is measured. Default 20. */
  readonly rounds?: number;
  /** Passes of each model before, which do not count. Default 3. */
  readonly warmupRounds?: number;
  /** Told after each round how far it is. Default, and null: nobody. */
  readonly onProgress?: ((text: string) => void) | null;
  /** Ends it after the current pass. Default in a notebook the running cell's signal, else none; null: none. */
  readonly signal?: AbortSignal | null;
}

/**
 * Parameters, multiply-adds and inference time of models on the same batch of images. Each model is one compiled
 * program; in each round every model is measured once, each time another one first, so that what else the machine does
 * meets all of them. A time ends when the outputs can be read.
 *
 * @param models by the name that the result gives them: the first is what the others are compared with
 * @param images [B, H, W, C], as the models take them; the caller disposes of them
 * @throws RangeError for no model, TypeError for a model that does not take the images
 * @throws the signal's reason where it aborts
 * @example await compareCost({ whole: model, pruned, gemm: convolutionsAsGemm(pruned) }, images)
 */
export async function compareCost(
  models: Readonly<Record<string, tf.LayersModel>>,
  images: tf.Tensor,
  options: CompareCostOptions = {},
): Promise<CostComparison> {
  checkArguments("compareCost", { models, images }, { models: recordOf(aModel), images: aTensor });
  checkOptions("compareCost", options, {
    rounds: optional(aCount),
    warmupRounds: optional(aCount),
    onProgress: optional(orNull(aFunction)),
    signal: optional(orNull(aSignal)),
  });
  const { rounds = 20, warmupRounds = 3, onProgress, signal = cellSignal() } = options;
  const entries = Object.entries(models);
  if (entries.length === 0) throw new RangeError("compareCost: models must have one model or more, got none");
  for (const [name, model] of entries) checkFits(name, model, images);
  const programs = entries.map(([name, model]) => compile((x: tf.Tensor) => model.apply(x) as tf.Tensor, { name }));
  try {
    const times = entries.map((): number[] => []);
    for (let round = -warmupRounds; round < rounds; round++) {
      for (const place of entries.keys()) {
        signal?.throwIfAborted();
        const i = (place + round + warmupRounds) % entries.length;
        const ms = await timeOf(programs[i]!, images);
        if (round >= 0) times[i]!.push(ms);
      }
      onProgress?.(round < 0 ? `warming up: ${-round - 1} more` : `round ${round + 1} of ${rounds}`);
    }
    const first = quantile(times[0]!, 0.5);
    const costs = entries.map(([name, model], i) => costOf(name, model, times[i]!, first));
    return shown({ models: costs, batchSize: images.shape[0]!, machine: machineText() });
  } finally {
    for (const program of programs) program.dispose();
  }
}

function checkFits(name: string, model: tf.LayersModel, { shape }: tf.Tensor): void {
  const wanted = model.inputs[0]!.shape;
  const fits = wanted.length === shape.length && wanted.every((size, axis) => size === null || size === shape[axis]);
  if (model.inputs.length === 1 && fits) return;
  const sizes = wanted.map((size) => size ?? "B").join(", ");
  throw new TypeError(
    `compareCost: images must be [${sizes}], as ${name} takes them, got images of [${shape.join(", ")}]`,
  );
}

async function timeOf(program: CompiledFunction<[tf.Tensor], tf.Tensor>, images: tf.Tensor): Promise<number> {
  const startMs = performance.now();
  const output = await program(images);
  await output.data();
  const ms = performance.now() - startMs;
  output.dispose();
  return ms;
}

function costOf(name: string, model: tf.LayersModel, timesMs: readonly number[], firstMs: number): ModelCost {
  const medianMs = quantile(timesMs, 0.5);
  return {
    name,
    params: model.countParams(),
    macs: macsOf(model),
    medianMs,
    quartilesMs: [quantile(timesMs, 0.25), quantile(timesMs, 0.75)],
    relative: medianMs / firstMs,
    timesMs,
  };
}

function macsOf(model: tf.LayersModel): number | null {
  try {
    return countMacs(model).total;
  } catch (error) {
    if (error instanceof TypeError) return null; // a layer that it does not know
    throw error;
  }
}

/** Between two values by their distance, as NumPy's. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return low + (high - low) * (place - Math.floor(place));
}

function machineText(): string {
  const processors = cpus();
  return `${processors.length} cores (${processors[0]?.model.trim() ?? "unknown processor"}), ${backendInfo().title}`;
}

function shown(comparison: CostComparison): CostComparison {
  return shownAs(comparison, ({ models, batchSize, machine }) => {
    const rows = models.map(({ name, params, macs, medianMs, quartilesMs, relative, timesMs }) => [
      name,
      grouped(params),
      macs === null ? null : grouped(macs),
      medianMs.toFixed(2),
      quartilesMs.map((ms) => ms.toFixed(2)).join(" to "),
      relative.toFixed(2),
      timesMs.length,
    ]);
    const columns = ["model", "parameters", "multiply-adds", "median, ms", "quartiles, ms", "of the first", "n"];
    return table(columns, rows, `a forward pass of ${grouped(batchSize)} images, ${machine}`)[DISPLAY]();
  });
}
