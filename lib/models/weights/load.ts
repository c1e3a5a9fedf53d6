import { tf } from "../../backend/index.js";
import { aFlag, aModel, aText, checkArguments, checkOptions, oneOf, optional } from "../../checks.js";
import type { Safetensors, StoredTensor } from "../../safetensors/index.js";
import { setModelUse, type ModelUse } from "../model-use.js";
import { toOurs } from "./layout.js";
import { readMetadata } from "./metadata.js";
import { unwrapped, type WeightNames } from "./names.js";
import { knownNames, planWeights, type PlannedWeight } from "./plan.js";
import { readWeightFile } from "./read-weight-file.js";
import { gridBefore, resamplePositions } from "./position.js";

export interface LoadWeightsOptions {
  /** Whose names the file's tensors have. Default: as its metadata or its names say. */
  readonly names?: WeightNames;
  /** Whether file and model must have the same names and shapes. false loads what fits. Default true. */
  readonly strict?: boolean;
  /** "new" leaves the layer `head` as the model has it, for classes other than the file's. Default "load". */
  readonly head?: "load" | "new";
}

/** What came of a loading. */
export interface LoadedWeights {
  readonly names: WeightNames;
  /** Our names of the weights that now have the file's values. */
  readonly loaded: readonly string[];
  /** Our names of positional embeddings that were interpolated. */
  readonly resampled: readonly string[];
  /** Theirs that the file lacks. As the next two, empty unless strict is false. */
  readonly missing: readonly string[];
  /** Theirs that the model has no place for. */
  readonly unexpected: readonly string[];
  /** Theirs of another shape, with both shapes. */
  readonly misshapen: readonly string[];
  /**
   * In the order of the logits, where the file tells and its head was loaded. With mean and std they are noted with the
   * model, for `predict`.
   */
  readonly classNames?: readonly string[];
}

/**
 * Gives a model the weights of a file (safetensors, or a state dict that PyTorch saved) under the reference's names and
 * layouts. Learned positional embeddings of another image size are interpolated, and computed ones stay as the model
 * has them. What `nn.DataParallel` and `torch.compile` put before every name is left out. Where it throws, nothing has
 * changed.
 *
 * @param path of a safetensors file, or of one that `torch.save` wrote (.pth, .pt)
 * @throws RangeError listing missing, unexpected and misshapen names; and for an option out of range
 * @throws SyntaxError for a file that is damaged or of another format
 */
export async function loadWeights(
  model: tf.LayersModel,
  path: string,
  options: LoadWeightsOptions = {},
): Promise<LoadedWeights> {
  checkArguments("loadWeights", { model, path }, { model: aModel, path: aText });
  checkOptions("loadWeights", options, {
    strict: optional(aFlag),
    head: optional(oneOf(["load", "new"])),
    names: optional(aText),
  });
  const { strict = true, head = "load" } = options;
  const read = await readWeightFile(path);
  const file: Safetensors = { ...read, tensors: unwrapped(read.tensors) };
  const metadata = readMetadata(path, file.metadata);
  const names = options.names ?? metadata?.names ?? detectNames(model, file);
  const plan = planWeights("loadWeights", model, names);
  const kept = new Set(plan.filter(({ layer }) => head === "new" && layer.name === "head"));

  const found: Found = { loaded: [], resampled: [], missing: [], misshapen: [], otherClasses: false };
  const values = new Map<tf.LayerVariable, tf.Tensor>();
  try {
    for (const weight of plan) {
      if (kept.has(weight)) continue;
      const parts = weight.theirs.map((name) => file.tensors.get(name));
      const absent = weight.theirs.filter((name) => !file.tensors.has(name));
      if (absent.length > 0) found.missing.push(...absent);
      else take(weight, parts as StoredTensor[], values, found);
    }
    const expected = new Set(plan.flatMap(({ theirs }) => theirs));
    const unexpected = [...file.tensors.keys()].filter(
      (name) => !expected.has(name) && !name.endsWith(".num_batches_tracked"),
    );
    const { loaded, resampled, missing, misshapen } = found;
    if (strict && missing.length + unexpected.length + misshapen.length > 0) {
      const advice = found.otherClasses
        ? '\nfor another number of classes, head: "new" keeps the model\'s own head'
        : plan.some(({ theirs }) => theirs.some((each) => file.tensors.has(each)))
          ? ""
          : `\nno name of the file is known: ${model.name} takes those of ${knownNames(model).join(", ")}`;
      throw new RangeError(
        `loadWeights: ${path} must fit ${model.name} under ${names}'s names, ` +
          `got\n${listed({ missing, unexpected, misshapen })}${advice}`,
      );
    }
    const { classNames, mean, std } = head === "load" ? (metadata?.use ?? {}) : {};
    // first: it may throw
    if (classNames && mean !== undefined && std !== undefined) noteUse(path, model, { classNames, mean, std });
    for (const [variable, value] of values) variable.write(value);
    return { names, loaded, resampled, missing, unexpected, misshapen, ...(classNames && { classNames }) };
  } finally {
    tf.dispose([...values.values()]);
  }
}

function noteUse(path: string, model: tf.LayersModel, use: ModelUse): void {
  try {
    setModelUse(model, use);
  } catch (error) {
    throw new SyntaxError(
      `loadWeights: the metadata "saccade" must tell the use of the model's classes, got ${path}, where ` +
        `${(error as Error).message.replace("setModelUse: ", "")}`,
    );
  }
}

interface Found extends Record<"loaded" | "resampled" | "missing" | "misshapen", string[]> {
  /** Whether the head is among the misshapen. */
  otherClasses: boolean;
}

/** The weight's new value, or why there is none. */
function take(
  { name, layer, variable, theirs, layout }: PlannedWeight,
  parts: readonly StoredTensor[],
  values: Map<tf.LayerVariable, tf.Tensor>,
  found: Found,
): void {
  const wanted = [layout.shape[0]! / parts.length, ...layout.shape.slice(1)];
  const position = resampled(layer, parts[0]!, wanted);
  if (position) found.resampled.push(name);
  const wrong = position ? -1 : parts.findIndex(({ shape }) => shape.join() !== wanted.join());
  if (wrong >= 0) {
    if (layer.getClassName() === "SinusoidalEmbedding") return;
    found.otherClasses ||= layer.name === "head";
    found.misshapen.push(`${theirs[wrong]} [${parts[wrong]!.shape.join(", ")}], the model's is [${wanted.join(", ")}]`);
    return;
  }
  const value = tf.tidy(() => {
    const tensors = position
      ? [tf.tensor(position, wanted)]
      : parts.map(({ shape, values }) => tf.tensor(float32(values), [...shape]));
    return toOurs(tensors.length === 1 ? tensors[0]! : tf.concat(tensors, 0), layout, variable.shape as number[]);
  });
  values.set(variable, value);
  found.loaded.push(name);
}

/**
 * A learned positional embedding for the model's grid of tokens; undefined for all else, and where it fits as it is.
 */
function resampled(
  layer: tf.layers.Layer,
  { shape, values }: StoredTensor,
  wanted: readonly number[],
): Float32Array | undefined {
  if (
    layer.getClassName() !== "PositionalEmbedding" ||
    shape.length !== 3 ||
    shape[0] !== 1 ||
    shape[2] !== wanted[2] ||
    shape[1] === wanted[1]
  )
    return undefined;
  const grid = gridBefore(layer);
  const side = Math.round(Math.sqrt(shape[1]! - (grid?.prefix ?? 0)));
  return grid && side > 0 && side ** 2 === shape[1]! - grid.prefix
    ? resamplePositions(float32(values), shape[1]!, shape[2]!, grid)
    : undefined;
}

/** Whose names the most of the file's tensors have. */
function detectNames(model: tf.LayersModel, { tensors }: Safetensors): WeightNames {
  const scores = knownNames(model).map((names) => {
    const theirs = planWeights("loadWeights", model, names).flatMap((weight) => weight.theirs);
    return { names, score: theirs.filter((name) => tensors.has(name)).length };
  });
  return scores.reduce((best, each) => (each.score > best.score ? each : best)).names;
}

function float32(values: StoredTensor["values"]): Float32Array {
  if (values instanceof Float32Array) return values;
  return values instanceof BigInt64Array ? Float32Array.from(values, Number) : Float32Array.from(values);
}

function listed(lists: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(lists)
    .filter(([, names]) => names.length > 0)
    .map(([what, names]) => `${what} (${names.length}): ${names.join("; ")}`)
    .join("\n");
}
