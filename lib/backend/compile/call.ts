import type { Pointer } from "../c-api.js";
import type { Context } from "../context.js";
import { Status } from "../status.js";

/** How TensorFlow runs a called function. */
export interface CallOptions {
  /** Compile with XLA. */
  readonly xla?: boolean;
  /** A serialized tensorflow.ConfigProto, if not TensorFlow's defaults. */
  readonly config?: Uint8Array | undefined;
}

/**
 * An eager op that calls a function of the eager context.
 *
 * @param what is named in errors
 * @param inputs eager tensors; the op holds on to them
 * @returns the caller's to delete
 */
export function callOf(
  what: string,
  { c, pointer, status }: Context,
  functionName: string,
  inputs: readonly Pointer[],
  { xla = false, config }: CallOptions = {},
): Pointer {
  const op: Pointer = c.TFE_NewOp(pointer, functionName, status.pointer);
  status.check(what);
  try {
    for (const input of inputs) {
      c.TFE_OpAddInput(op, input, status.pointer);
      status.check(what);
    }
    if (xla) c.TFE_OpSetAttrBool(op, "_XlaMustCompile", 1);
    if (config) c.TFE_OpSetAttrString(op, "config_proto", config, config.byteLength);
    return op;
  } catch (error) {
    c.TFE_DeleteOp(op);
    throw error;
  }
}

/**
 * Runs an eager op off the main thread, and deletes it.
 *
 * @returns its outputs, eager tensors that are the caller's
 * @throws TensorFlowError when TensorFlow fails
 */
export async function runOffThread(what: string, { c }: Context, op: Pointer, numOutputs: number): Promise<Pointer[]> {
  const status = new Status(c);
  const outputs = new BigUint64Array(Math.max(1, numOutputs));
  try {
    await new Promise<void>((resolve, reject) => {
      c.TFE_Execute.async(op, outputs, [outputs.length], status.pointer, (error: unknown) =>
        error ? reject(error as Error) : resolve(),
      );
    });
    status.check(what);
    return Array.from(outputs.subarray(0, numOutputs));
  } finally {
    c.TFE_DeleteOp(op);
    status.delete();
  }
}

/** Takes a function out of the eager context. */
export function removeFunction(what: string, { c, pointer, status }: Context, functionName: string): void {
  c.TFE_ContextRemoveFunction(pointer, functionName, status.pointer);
  status.check(what);
}
