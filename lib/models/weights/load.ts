import { tf } from "../../backend/index.js";
import { aFlag, aModel, aText, calledAs, checkArguments, checkOptions, oneOf, optional } from "../../checks.js";
import type { Safetensors, StoredTensor } from "../../safetensors/index.js";
import { setModelUse, type ModelUse } from "../model-use.js";
import { toOurs } from "./layout.js";
import { originOf, readMetadata, type WeightMetadata } from "./metadata.js";
import { unwrapped, type WeightNames } from "./names.js";
import { byPlace } from "./numbering.js";
import { float32, notFinite } from "./numbers.js";
import { knownNames, planWeights, type PlannedWeight } from "./plan.js";
import { readWeightFile } from "./read-weight-file.js";
import { indexOf } from "./shards.js";
import { gridBefore, resamplePositions } from "./position.js";

/** What {@link loadWeights} takes besides. */
export interface LoadWeightsOptions {
  /** Whose names the file's tensors have. Default: as its metadata or its names say. */
  readonly names?: WeightNames;
  /** Whether file and model must have the same names and shapes. false loads what fits. Default true. */
  readonly strict?: boolean;
  /** "new" leaves the layer `head` as the model has it, for classes other than the file's. Default "load". */
  readonly head?: "load" | "new";
  /**
   * Of a checkpoint that PyTorch saved the key whose weights to take. Default: averaged weights where there are some
   * ("state_dict_ema", "model_ema"), as in timm; else "state_dict", "model_state", "model", "module",
   * "model_state_dict" or "net", or whichever key alone holds tensors by name.
   */
  readonly entry?: string;
}

/** What the option `head` is called elsewhere. */
const HEAD_ALIASES = { newHead: "head", resetHead: "head", skipHead: "head", numClasses: "head", classifier: "head" };

/** What came of a loading. */
export interface LoadedWeights {
  /** Whose names the file has. */
  readonly names: WeightNames;
  /** The key of PyTorch's checkpoint whose weights were taken; left out where the file holds weights alone. */
  readonly entry?: string;
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
 * Gives a model the weights of a file (safetensors, or a state dict that PyTorch saved, or several of them by their
 * index) under the reference's names and layouts. Learned positional embeddings of another image size are interpolated,
 * and computed ones stay as the model has them. What `nn.DataParallel` and `torch.compile` put before every name is
 * left out. Layers that tfjs numbered itself, over the whole process, match by their place in the network. Where it
 * throws, nothing has changed.
 *
 * @param path of a safetensors file, of one that `torch.save` wrote (.pth, .pt), or of an index of shards
 *   (model.safetensors.index.json)
 * @throws RangeError listing missing, unexpected and misshapen names, or weights that are not finite; and for an option
 *   out of range
 * @throws TypeError for a weight of complex numbers, or of a type of 4 or 6 bits
 * @throws SyntaxError for a file that is damaged or of another format
 */
export async function loadWeights(
  model: tf.LayersModel,
  path: string,
  options: LoadWeightsOptions = {},
): Promise<LoadedWeights> {
  checkArguments("loadWeights", { model, path }, { model: aModel, path: aText });
  checkOptions(
    "loadWeights",
    options,
    {
      strict: optional(aFlag),
      head: optional({ ...oneOf(["load", "new"]), hint: () => '; "new" leaves the head as the model has it' }),
      names: optional(aText),
      entry: optional(aText),
    },
    [],
    HEAD_ALIASES,
  );
  const { strict = true, head = "load" } = options;
  const read = await calledAs("loadWeights", () => readWeightFile(path, options.entry));
  const metadata = readMetadata(path, read.metadata);
  const tensors = unwrapped(read.tensors);
  const names = options.names ?? metadata?.names ?? detectNames(model, tensors);
  const file = underNames(tensors, names, metadata);
  const plan = planWeights("loadWeights", model, names);
  const kept = new Set(plan.filter(({ layer }) => head === "new" && layer.name === "head"));

  const found: Found = { loaded: [], resampled: [], missing: [], misshapen: [], notFinite: [], otherClasses: false };
  const values = new Map<tf.LayerVariable, tf.Tensor>();
  try {
    for (const weight of plan) {
      if (kept.has(weight)) continue;
      const parts = weight.theirs.map((name) => file.get(name)?.stored);
      const absent = weight.theirs.filter((name) => !file.has(name));
      if (absent.length > 0) found.missing.push(...absent);
      else take(weight, parts as StoredTensor[], values, found);
    }
    const expected = new Set(plan.flatMap(({ theirs }) => theirs));
    const strangers = [...file].filter(([name]) => !expected.has(name) && !name.endsWith(".num_batches_tracked"));
    const unexpected = strangers.map(([, { called }]) => called);
    const { loaded, resampled, missing, misshapen } = found;
    const isKnown = plan.some(({ theirs }) => theirs.some((each) => file.has(each)));
    if (strict && missing.length + unexpected.length + misshapen.length > 0) {
      throw new RangeError(
        `loadWeights: ${path} must fit ${originOf(model)?.name ?? model.name} under ${names}'s names, ` +
          `got\n${listed({ missing, unexpected, misshapen })}${adviceFor(path, model, found, isKnown)}`,
      );
    }
    if (found.notFinite.length > 0) {
      const listed = [...found.notFinite.slice(0, 10), ...(found.notFinite.length > 10 ? ["…"] : [])].join(", ");
      throw new RangeError(`loadWeights: weights must be finite, got ${path} with ${listed}`);
    }
    const isHeadLoaded = head === "load" && !found.otherClasses; // without strict, what fits is loaded
    const { classNames, mean, std } = isHeadLoaded ? (metadata?.use ?? {}) : {};
    // first: it may throw
    if (classNames && mean !== undefined && std !== undefined) noteUse(path, model, { classNames, mean, std });
    for (const [variable, value] of values) variable.write(value);
    const entry = read.entry !== undefined && { entry: read.entry };
    return { names, ...entry, loaded, resampled, missing, unexpected, misshapen, ...(classNames && { classNames }) };
  } finally {
    tf.dispose([...values.values()]);
  }
}

/** @param isKnown whether the model has any name of the file */
function adviceFor(path: string, model: tf.LayersModel, found: Found, isKnown: boolean): string {
  const index = found.missing.length > 0 ? indexOf(path) : undefined;
  if (index !== undefined) return `\nthis is one shard of several: ${index} is their index`;
  if (found.otherClasses) return '\nfor another number of classes, head: "new" keeps the model\'s own head';
  return isKnown ? "" : `\nno name of the file is known: ${model.name} takes those of ${knownNames(model).join(", ")}`;
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

interface Found extends Record<"loaded" | "resampled" | "missing" | "misshapen" | "notFinite", string[]> {
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
  const numbers = parts.map((part, i) => float32("loadWeights", theirs[i]!, part));
  found.notFinite.push(...numbers.flatMap((each, i) => notFinite(theirs[i]!, each) ?? []));
  const value = tf.tidy(() => {
    const tensors = position
      ? [tf.tensor(position, wanted)]
      : parts.map(({ shape }, i) => tf.tensor(numbers[i]!, [...shape]));
    return toOurs(tensors.length === 1 ? tensors[0]! : tf.concat(tensors, 0), layout, variable.shape as number[]);
  });
  values.set(variable, value);
  found.loaded.push(name);
}

/**
 * A learned positional embedding for the model's grid of tokens; undefined for all else, and where it fits as it is.
 */
function resampled(layer: tf.layers.Layer, stored: StoredTensor, wanted: readonly number[]): Float32Array | undefined {
  const { shape } = stored;
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
    ? resamplePositions(float32("loadWeights", layer.name, stored), shape[1]!, shape[2]!, grid)
    : undefined;
}

/** Whose names the most of the file's tensors have. */
function detectNames(model: tf.LayersModel, tensors: Safetensors["tensors"]): WeightNames {
  const scores = knownNames(model).map((names) => {
    const file = underNames(tensors, names);
    const theirs = planWeights("loadWeights", model, names).flatMap((weight) => weight.theirs);
    return { names, score: theirs.filter((name) => file.has(name)).length };
  });
  return scores.reduce((best, each) => (each.score > best.score ? each : best)).names;
}

/** What a file calls a tensor, and the tensor. */
interface CalledTensor {
  readonly called: string;
  readonly stored: StoredTensor;
}

/**
 * A file's tensors by the names that a plan has. In a file of ours that says nothing of it, what tfjs numbered itself
 * lies in the order of the network.
 */
function underNames(
  tensors: Safetensors["tensors"],
  names: WeightNames,
  metadata?: WeightMetadata,
): ReadonlyMap<string, CalledTensor> {
  const called = [...tensors.keys()];
  const order = metadata?.numbering === "place" ? "number" : "place";
  const known = names === "saccade" ? byPlace(called, order) : called;
  return new Map(called.map((name, i) => [known[i]!, { called: name, stored: tensors.get(name)! }]));
}

function listed(lists: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(lists)
    .filter(([, names]) => names.length > 0)
    .map(([what, names]) => `${what} (${names.length}): ${names.join("; ")}`)
    .join("\n");
}
