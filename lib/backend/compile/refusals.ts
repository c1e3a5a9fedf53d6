/** What a trace refuses, and what to do instead. The function's name is put into each message where the trace ends. */
import type * as tf from "@tensorflow/tfjs";
import { isLooking } from "../../host.js";

export const SAVED_MODEL =
  "compile: a SavedModel cannot be part of a compiled function; run it outside and pass its result in";

/** The message for an op's output whose size is not known before it runs: -1 in its shape, or no shape at all. */
export function dependsOnData(op: string, shape: readonly number[] | undefined): string {
  const known = shape ? `[${shape.map((size) => (size < 0 ? "?" : size)).join(", ")}]` : "unknown";
  return (
    `compile: ${op}: the output's shape depends on data (${known}), and a compiled function's shapes ` +
    "must be known; do this part outside and pass its result in"
  );
}

/** The message for the disposal of a tensor from outside. */
export function disposalOf(shape: readonly number[]): string {
  return (
    `compile: the function disposed a tensor of shape [${shape.join(", ")}] that it did not make; it ` +
    "would be there in the first call only"
  );
}

/** The message for a variable that is both assigned and updated in place. */
export function twofold({ name }: tf.Variable): string {
  return `compile: the variable ${name} is both assigned and updated in place; a compiled function may do one of them`;
}

/**
 * Refuses a tensor that is not there any more.
 * @param isInner whether the function itself made it
 * @throws TypeError always
 */
export function refuseDisposed(tensor: tf.TensorInfo & { readonly name?: string }, isInner: boolean): never {
  if (!isInner) throw new TypeError(`compile: ${disposedOutside(tensor)}`);
  throw new TypeError(
    `compile: a tensor of shape [${tensor.shape.join(", ")}] is used that the function disposed before; ` +
      "dispose of it after its last use",
  );
}

/** The message for a tensor or a variable from outside that is not there any more. */
export function disposedOutside({
  name,
  shape,
}: {
  readonly name?: string;
  readonly shape: readonly number[];
}): string {
  if (name !== undefined) return `the variable ${name} was disposed`;
  return (
    `a tensor of shape [${shape.join(", ")}] from outside that the function uses was disposed; keep it, ` +
    "or pass it as an argument"
  );
}

/**
 * Refuses to read values within a trace.
 *
 * @throws TypeError always; to a debugger that looks, one line for its list of variables
 */
export function refuseReading(): never {
  if (isLooking()) throw new TypeError("symbolic while compile traces; with { debug: true } each line has its values");
  throw new TypeError(
    "compile: a tensor's values were read (data, dataSync, arraySync, print, …) while the function was " +
      "traced: they are not computed yet. " +
      "Return the tensor and read it after the call, or compile with { debug: true }",
  );
}
