import { tf } from "../../backend/index.js";
import { recordKernels, type Recording, type Source } from "../../backend/record-kernels.js";

/** A size of an axis: a number, or so many for each image of the batch. */
export type Size = number | { readonly perImage: number };

/** A weight, or what was computed of weights alone. */
export interface TracedConstant {
  /** float32, int32 or bool. Of one that is repeated for each image, one image's: its first axis is 1. */
  readonly tensor: tf.Tensor;
  readonly shape: readonly Size[];
  /** The weight that it is; undefined for another one. */
  readonly variable: tf.Variable | undefined;
  readonly layer: string;
}

/** A kernel that was called, for a batch of any size. */
export interface TracedStep {
  readonly kernel: string;
  readonly layer: string;
  readonly inputs: ReadonlyMap<string, Source>;
  /** As tfjs has them; a number that follows the batch's is a {@link Size}. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly outputs: readonly { readonly shape: readonly Size[]; readonly dtype: tf.DataType }[];
}

/** What a model computes of a batch of any size. */
export interface Traced {
  readonly steps: readonly TracedStep[];
  readonly constants: readonly TracedConstant[];
  readonly outputs: readonly Source[];
}

/** Two sizes of a batch that tell by their quotient what follows from it. */
const BATCHES = [2, 3] as const;

/**
 * Records a function of a batch for batches of any size: it is run with 2 and with 3 images of zeros, and what differs
 * is so many for each image.
 *
 * @param imageShape of one image or other input, without the batch
 * @returns the caller disposes of its constants' tensors
 * @throws TypeError where it computes something else each time, or what follows from the batch in another way
 */
export function traced(fn: (input: tf.Tensor) => tf.Tensor | tf.Tensor[], imageShape: readonly number[]): Traced {
  const recordings: Recording[] = [];
  try {
    for (const batch of BATCHES) {
      const zeros = tf.zeros([batch, ...imageShape]);
      try {
        recordings.push(recordKernels(zeros, fn));
      } finally {
        zeros.dispose();
      }
    }
    return merged(...(recordings as [Recording, Recording]));
  } finally {
    for (const { constants } of recordings) tf.dispose(constants.map(({ tensor }) => tensor));
  }
}

function merged(one: Recording, other: Recording): Traced {
  const isSame =
    one.steps.length === other.steps.length &&
    one.constants.length === other.constants.length &&
    one.steps.every((step, i) => step.kernel === other.steps[i]!.kernel && sources(step) === sources(other.steps[i]!));
  if (!isSame) throw differs("calls the same operations for each batch", "");
  const steps = one.steps.map((step, i) => {
    const { kernel, layer, inputs, outputs, attributes } = step;
    const also = other.steps[i]!;
    return {
      ...{ kernel, layer, inputs },
      attributes: mergedValue(attributes, also.attributes, layer) as TracedStep["attributes"],
      outputs: outputs.map(({ shape, dtype }, j) => ({
        shape: mergedValue(shape, also.outputs[j]!.shape, layer) as readonly Size[],
        dtype,
      })),
    };
  });
  const constants: TracedConstant[] = [];
  try {
    one.constants.forEach((_, i) => constants.push(mergedConstant(one.constants[i]!, other.constants[i]!)));
  } catch (error) {
    tf.dispose(constants.map(({ tensor }) => tensor));
    throw error;
  }
  return { steps, constants, outputs: one.outputs };
}

const sources = ({ inputs }: { readonly inputs: ReadonlyMap<string, Source> }): string => JSON.stringify([...inputs]);

/** What both have, with sizes in place of numbers that follow the batch's. */
function mergedValue(one: unknown, other: unknown, layer: string): unknown {
  if (Object.is(one, other)) return one;
  if (typeof one === "number" && typeof other === "number") {
    const perImage = one / BATCHES[0];
    if (one % BATCHES[0] === 0 && perImage === other / BATCHES[1]) return { perImage };
  }
  if (Array.isArray(one) && Array.isArray(other) && one.length === other.length)
    return one.map((value, i) => mergedValue(value, other[i], layer));
  if (isRecord(one) && isRecord(other))
    return Object.fromEntries(Object.entries(one).map(([key, value]) => [key, mergedValue(value, other[key], layer)]));
  throw differs("computes each image of a batch by itself", layer);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

type Pair = Recording["constants"][number];

function mergedConstant(one: Pair, other: Pair): TracedConstant {
  const { layer, variable } = one;
  const shape = mergedValue(one.tensor.shape, other.tensor.shape, layer) as readonly Size[];
  const isRepeated = shape.some((size) => typeof size !== "number");
  if (isRepeated && typeof shape[0] === "number") throw differs("has the batch as its first axis", layer);
  if (variable && variable === other.variable) return { tensor: copyOf(one.tensor), shape, variable, layer };
  const [first, second] = [rowsOf(one.tensor, isRepeated), rowsOf(other.tensor, isRepeated)];
  const [row] = first;
  const others = isRepeated ? [...first.slice(1), ...second] : second;
  if (!others.every((values) => values.every((value, i) => Object.is(value, row![i]))))
    throw differs("computes the same each time, without random numbers", layer);
  const tensor = isRepeated ? tf.keep(tf.slice(one.tensor, 0, 1)) : copyOf(one.tensor);
  return { tensor, shape, variable: undefined, layer };
}

const copyOf = (tensor: tf.Tensor): tf.Tensor => tf.keep(tensor.clone());

/** The values, or those of each place of the first axis. */
function rowsOf(tensor: tf.Tensor, isRepeated: boolean): ReturnType<tf.Tensor["dataSync"]>[] {
  const values = tensor.dataSync();
  if (!isRepeated) return [values];
  const length = values.length / tensor.shape[0]!;
  return Array.from({ length: tensor.shape[0]! }, (_, i) => values.subarray(i * length, (i + 1) * length));
}

function differs(rule: string, layer: string): TypeError {
  return new TypeError(`exportOnnx: a model must be one that ${rule}, got another${layer && ` in the layer ${layer}`}`);
}
