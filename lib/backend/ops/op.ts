import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import * as tf from "@tensorflow/tfjs";
import { AttributeType, type OpAttribute } from "../attributes.js";
import { DType } from "../tensorflow-dtypes.js";
import { aTensor, checkValue } from "../../checks.js";

/** Runs one op of TensorFlow's, or records it in a compiled function. */
type RunOp = (
  op: string,
  attributes: readonly OpAttribute[],
  inputs: readonly tf.Tensor[],
  numOutputs?: number,
) => tf.Tensor[];

/** An op of ours, as a tfjs kernel: TensorFlow's own op where that runs, and the same of tfjs' ops elsewhere. */
export interface OpSpec<Inputs extends object, Attributes extends object> {
  /** The kernel's name, as `tf.profile` shows it; none of tfjs' own. */
  readonly name: string;
  tensorflow(run: RunOp, inputs: Inputs, attributes: Attributes): tf.Tensor[];
  composed(inputs: Inputs, attributes: Attributes): tf.Tensor[];
  /** Without it, a gradient through the op is an error. */
  readonly gradient?: Omit<tf.GradConfig, "kernelName">;
}

/** An op ready to be called; it registers itself with the running backend at its first call. */
export function defineOp<Inputs extends object, Attributes extends object>(
  spec: OpSpec<Inputs, Attributes>,
): (inputs: Inputs, attributes: Attributes) => tf.Tensor[] {
  return (inputs, attributes) => {
    register(spec);
    const outputs = tf.engine().runKernel(spec.name, inputs as tf.NamedTensorMap, attributes as tf.NamedAttrMap);
    return Array.isArray(outputs) ? outputs : [outputs as tf.Tensor];
  };
}

function register<Inputs extends object, Attributes extends object>({
  name,
  tensorflow,
  composed,
  gradient,
}: OpSpec<Inputs, Attributes>): void {
  tf.backend();
  const backendName = tf.getBackend();
  if (tf.getKernel(name, backendName)) return;
  tf.registerKernel({
    kernelName: name,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const run: RunOp = (op, attributes, tensors, numOutputs = 1) =>
        (backend as NodeJSKernelBackend).executeMultipleOutputs(
          op,
          attributes as never,
          tensors as tf.Tensor[],
          numOutputs,
        );
      return tf.tidy(() =>
        backendName === "tensorflow"
          ? tensorflow(run, inputs as Inputs, attrs as unknown as Attributes)
          : composed(inputs as Inputs, attrs as unknown as Attributes),
      );
    },
  });
  if (gradient && !tf.getGradient(name)) tf.registerGradient({ kernelName: name, ...gradient });
}

/** Attributes of TensorFlow's ops. */
export const float = (name: string, value: number): OpAttribute => ({ name, type: AttributeType.FLOAT, value });
export const text = (name: string, value: string): OpAttribute => ({ name, type: AttributeType.STRING, value });
export const flag = (name: string, value: boolean): OpAttribute => ({ name, type: AttributeType.BOOL, value });
export const type = (name: string, value: number = DType.FLOAT): OpAttribute => ({
  name,
  type: AttributeType.TYPE,
  value,
});

/** @throws TypeError unless the shape is as wanted; null stands for any size */
export function checkShape(fn: string, name: string, tensor: tf.Tensor, wanted: readonly (number | null)[]): void {
  checkValue(fn, name, tensor, aTensor);
  const fits =
    tensor.rank === wanted.length && wanted.every((size, axis) => size === null || size === tensor.shape[axis]);
  if (!fits)
    throw new TypeError(
      `${fn}: ${name} must have the shape [${wanted.map((size) => size ?? "?").join(", ")}], got ` +
        `[${tensor.shape.join(", ")}]`,
    );
}

/** @throws TypeError unless the tensor is of float32 */
export function checkFloat(fn: string, name: string, tensor: tf.Tensor): void {
  checkValue(fn, name, tensor, aTensor);
  if (tensor.dtype !== "float32") throw new TypeError(`${fn}: ${name} must be float32, got ${tensor.dtype}`);
}
