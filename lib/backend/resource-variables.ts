import type { Pointer } from "./c-api.js";
import type { Context } from "./context.js";

/**
 * A value that lives in a TensorFlow resource variable, so that ops can change it in place. Everyone else sees it as a
 * tensor, read when it is asked for.
 */
export class ResourceVariable {
  /** The resource handle, an eager tensor. */
  readonly resource: Pointer;
  readonly #context: Context;
  readonly #dtype: number;
  #read: Pointer | undefined;

  /** Takes the value of `tensor` over; the tensor itself stays the caller's. */
  constructor(context: Context, tensor: Pointer, shape: readonly number[]) {
    this.#context = context;
    this.#dtype = context.c.TFE_TensorHandleDataType(tensor);
    // TensorFlow counts the handles of a variable with this name, and frees it with the last one.
    this.resource = this.#execute("VarHandleOp", [], 1, (op) => {
      const { c, status } = context;
      const name = Buffer.from("cd2c89b7-88b7-44c8-ad83-06c2a9158347"); // ResourceHandle::ANONYMOUS_NAME
      c.TFE_OpSetAttrString(op, "shared_name", name, name.byteLength);
      c.TFE_OpSetAttrShape(op, "shape", BigInt64Array.from(shape, BigInt), shape.length, status.pointer);
    })!;
    this.#execute("AssignVariableOp", [this.resource, tensor], 0);
  }

  /** The value as an eager tensor, which stays ours. */
  read(): Pointer {
    this.#read ??= this.#execute("ReadVariableOp", [this.resource], 1)!;
    return this.#read;
  }

  /** Forgets what was read: it is about to change, or has. While it is held, a change makes a copy. */
  forget(): void {
    if (this.#read !== undefined) this.#context.c.TFE_DeleteTensorHandle(this.#read);
    this.#read = undefined;
  }

  /** Ends the variable, and hands its value over as an eager tensor. */
  take(): Pointer {
    const value = this.read();
    this.#read = undefined;
    this.delete();
    return value;
  }

  delete(): void {
    this.forget();
    this.#context.c.TFE_DeleteTensorHandle(this.resource);
  }

  #execute(
    name: string,
    inputs: readonly Pointer[],
    outputs: 0 | 1,
    setAttributes?: (op: Pointer) => void,
  ): Pointer | undefined {
    const { c, status, pointer } = this.#context;
    const op: Pointer = c.TFE_NewOp(pointer, name, status.pointer);
    status.check(name);
    try {
      for (const input of inputs) c.TFE_OpAddInput(op, input, status.pointer);
      c.TFE_OpSetAttrType(op, "dtype", this.#dtype);
      setAttributes?.(op);
      const made = new BigUint64Array(1);
      c.TFE_Execute(op, made, [outputs], status.pointer);
      status.check(name);
      return outputs === 1 ? made[0] : undefined;
    } finally {
      c.TFE_DeleteOp(op);
    }
  }
}
