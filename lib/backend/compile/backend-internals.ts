import type * as tf from "@tensorflow/tfjs";
import type { EagerBinding, TensorInfo } from "../eager.js";
import type { InputValues } from "../tensors.js";

/** What tfjs-node's backend keeps of one tensor's data. */
export interface TensorData {
  readonly shape: number[];
  readonly dtype: number;
  /** Values that TensorFlow has not been given yet, or null. */
  values: InputValues | null;
  /** The binding's number of the tensor; -1 while it has values. */
  id: number;
}

/** The private parts of tfjs-node's backend that tracing stands in for. */
export interface BackendInternals {
  binding: unknown;
  readonly tensorMap: {
    get(dataId: object): TensorData;
    has(dataId: object): boolean;
    set(dataId: object, data: TensorData): void;
  };
  createOutputTensor(info: TensorInfo): tf.Tensor;
  getInputTensorIds(tensors: readonly (tf.TensorInfo | Int64Scalar)[]): number[];
  readSync(dataId: object): unknown;
  disposeData(dataId: object, force?: boolean): boolean;
  refCount(dataId: object): number;
}

/** tfjs-node's stand-in for an int64 input. */
export interface Int64Scalar {
  readonly valueArray: Int32Array;
}

/** Gives TensorFlow a tensor's values if it does not have them yet. */
export function upload(eager: EagerBinding, data: TensorData): void {
  if (data.values === null) return;
  data.id = eager.createTensor(data.shape, data.dtype, data.values);
  data.values = null;
}

/** TensorFlow's number of the tensor that holds some data. */
export function idOf(eager: EagerBinding, backend: Pick<BackendInternals, "tensorMap">, dataId: object): number {
  const data = backend.tensorMap.get(dataId);
  upload(eager, data);
  return data.id;
}
