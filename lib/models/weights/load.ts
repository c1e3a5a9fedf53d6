import { tf } from "../../backend/index.js";
import { aFlag, aModel, aText, calledAs, checkArguments, checkOptions, oneOf, optional } from "../../checks.js";
import type { StoredTensor } from "../../safetensors/index.js";
import { setModelUse, type ModelUse } from "../model-use.js";
import { partShape, toOurs } from "./layout.js";
import { adviceFor } from "./load-advice.js";
import { isCheckpoint, originOf, readMetadata } from "./metadata.js";
import { unwrapped, type WeightNames } from "./names.js";
import { float32, notFinite } from "./numbers.js";
import { planWeights, type PlannedWeight } from "./plan.js";
import { readWeightFile } from "./read-weight-file.js";
import { detectNames, underNames } from "./detect-names.js";
import { gridBefore, resamplePositions } from "./position.js";
import { withKerasEpsilon } from "./torch-network.js";

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
 * index) under the reference's names and layouts; a network that is not of the registry takes those of one's own in
 * PyTorch, by its layers' names: "features.0.weight" [out, in, H, W] is the kernel [H, W, in, out] of `features/0`.
 * Learned positional embeddings of another image size are interpolated, and computed ones stay as the model has them.
 * What `nn.DataParallel` and `torch.compile` put before every name is
 * left out. Layers that tfjs numbered itself, over the whole process, match by their place in the network. Where it
 * throws, nothing has changed.
 *
 * @param path of a safetensors file, of one that `torch.save` wrote (.pth, .pt), or of an index of shards
 *   (model.safetensors.index.json)
 * @throws RangeError listing missing, unexpected and misshapen names, or weights that are not finite; for a checkpoint
 *   of `fit`'s, which `train.loadCheckpoint` loads; and for an option out of range
 * @throws TypeError for a weight of complex numbers, or of a type of 4 or 6 bits; under PyTorch's names for one whose
 *   order there cannot be known
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
  if (isCheckpoint(metadata)) {
    throw new RangeError(
      `loadWeights: path must be of weights, got ${path}, a checkpoint that fit wrote: ` +
        `train.loadCheckpoint(model, ${JSON.stringify(path)}) loads it`,
    );
  }
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
    if (strict && missing.length + unexpected.length + misshapen.length > 0) {
      const advice = adviceFor(path, model, { ...found, plan, names, file: [...file.keys()] });
      throw new RangeError(
        `loadWeights: ${path} must fit ${originOf(model)?.name ?? model.name} under ${names}'s names, ` +
          `got\n${listed({ missing, unexpected, misshapen })}${advice}`,
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
    if (names === "torch") tellEpsilon(model);
    const entry = read.entry !== undefined && { entry: read.entry };
    return { names, ...entry, loaded, resampled, missing, unexpected, misshapen, ...(classNames && { classNames }) };
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

/** A file does not say which epsilon PyTorch's norms had. */
function tellEpsilon(model: tf.LayersModel): void {
  const norms = withKerasEpsilon(model);
  if (norms.length === 0) return;
  console.warn(
    `loadWeights: ${norms.join(", ")} of ${model.name} ${norms.length === 1 ? "has" : "have"} Keras' epsilon 0.001, ` +
      "and PyTorch's norms 0.00001 unless they are made with another: epsilon: 1e-5 gives PyTorch's outputs",
  );
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
  const wanted = partShape(layout, parts.length);
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
      ? [tf.tensor(position, [...wanted])]
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

function listed(lists: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(lists)
    .filter(([, names]) => names.length > 0)
    .map(([what, names]) => `${what} (${names.length}): ${names.join("; ")}`)
    .join("\n");
}
