import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DType } from "../../lib/backend/tensorflow-dtypes.js";
import type { EagerBinding } from "../../lib/backend/eager.js";
import { tf } from "../../lib/backend/index.js";
import { currentBinding } from "../../lib/backend/register.js";

let binding: EagerBinding;
let before: number;

beforeEach(() => {
  binding = currentBinding()!;
  before = binding.getNumOfTensors();
});
afterEach(() => {
  expect(binding.getNumOfTensors()).toBe(before);
});

/** Makes a tensor, reads it back, deletes it. */
function roundTrip(shape: number[], dtype: number, values: Parameters<EagerBinding["createTensor"]>[2]) {
  const id = binding.createTensor(shape, dtype, values);
  try {
    return binding.tensorDataSync(id);
  } finally {
    binding.deleteTensor(id);
  }
}

/** What TensorFlow's own Cast makes of float32 values, read back. */
function castTo(dtype: number, values: number[]) {
  const id = binding.createTensor([values.length], DType.FLOAT, Float32Array.from(values));
  const attributes = [
    { name: "SrcT", type: binding.TF_ATTR_TYPE, value: DType.FLOAT },
    { name: "DstT", type: binding.TF_ATTR_TYPE, value: dtype },
  ];
  const [cast] = binding.executeOp("Cast", attributes, [id], 1);
  const read = binding.tensorDataSync(cast!.id);
  binding.deleteTensor(id);
  binding.deleteTensor(cast!.id);
  expect(cast!.dtype).toBe(dtype);
  return read;
}

describe("tensors of every dtype go in and come out", () => {
  it.each([
    ["float32", DType.FLOAT, Float32Array.of(1.5, -0, Number.NaN, Number.POSITIVE_INFINITY)],
    ["float64", DType.DOUBLE, Float64Array.of(Math.PI, -1e300)],
    ["int32", DType.INT32, Int32Array.of(2 ** 31 - 1, -(2 ** 31), 0)],
    ["uint8", DType.UINT8, Uint8Array.of(0, 255)],
    ["bool", DType.BOOL, Uint8Array.of(1, 0, 1)],
    ["int64", DType.INT64, BigInt64Array.of(2n ** 62n, -1n)],
    ["uint64", DType.UINT64, BigUint64Array.of(2n ** 63n)],
  ])("%s", (_, dtype, values) => {
    expect(roundTrip([values.length], dtype, values)).toEqual(values);
  });

  it("complex64, as pairs of real and imaginary part", () => {
    expect(roundTrip([2], DType.COMPLEX64, Float32Array.of(1, 2, 3, 4))).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  it("int64 given as pairs of int32 (low, high), as tfjs-node gives it", () => {
    expect(roundTrip([2], DType.INT64, Int32Array.of(5, 0, -5, -1))).toEqual(BigInt64Array.of(5n, -5n));
  });

  it("strings: empty, short, long, and bytes that are no text", () => {
    const strings = [
      new Uint8Array(0),
      Buffer.from("short"),
      Buffer.from("é".repeat(100)),
      Uint8Array.of(0, 255, 0, 254),
    ];
    const read = roundTrip([2, 2], DType.STRING, strings) as Uint8Array[];
    expect(read.map((bytes) => [...bytes])).toEqual(strings.map((bytes) => [...bytes]));
  });

  it.each([
    ["float32", DType.FLOAT, new Float32Array(0)],
    ["string", DType.STRING, []],
  ])("an empty tensor of %s", (_, dtype, values) => {
    expect(roundTrip([0, 3], dtype, values)).toHaveLength(0);
  });

  it("float16 and bfloat16 are read as float32", () => {
    const values = [1, -2.5, 0, 65504, 2 ** -24, Number.POSITIVE_INFINITY];
    expect(castTo(DType.HALF, values)).toEqual(Float32Array.from(values));
    expect(castTo(DType.HALF, [Number.NaN])[0]).toBeNaN();
    expect(castTo(DType.BFLOAT16, [1, -2.5, 2 ** 100])).toEqual(Float32Array.of(1, -2.5, 2 ** 100));
  });

  it("small integers are read as int32, uint32 as float64", () => {
    expect(castTo(DType.INT8, [-128, 127])).toEqual(Int32Array.of(-128, 127));
    expect(castTo(DType.INT16, [-32768])).toEqual(Int32Array.of(-32768));
    expect(castTo(DType.UINT16, [65535])).toEqual(Int32Array.of(65535));
    expect(castTo(DType.UINT32, [2 ** 31])).toEqual(Float64Array.of(2 ** 31));
  });

  it("tfjs' own tensors of every dtype, reshaped through an op", () => {
    tf.tidy(() => {
      expect(tf.tensor([1.5, 2], [2], "float32").reshape([1, 2]).arraySync()).toEqual([[1.5, 2]]);
      expect(tf.tensor([1, 2], [2], "int32").reshape([1, 2]).arraySync()).toEqual([[1, 2]]);
      expect(tf.tensor([true, false], [2], "bool").reshape([1, 2]).arraySync()).toEqual([[1, 0]]);
      expect(tf.tensor(["é", ""], [2], "string").reshape([1, 2]).arraySync()).toEqual([["é", ""]]);
      expect(tf.complex([1, 2], [3, 4]).reshape([1, 2]).dataSync()).toEqual(Float32Array.of(1, 3, 2, 4));
    });
  });
});

describe("tfjs tensors of dtypes that tfjs lacks", () => {
  const backend = tf.backend() as import("@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js").NodeJSKernelBackend;
  const castTensor = (values: number[], dtype: number) => {
    const input = tf.tensor1d(values);
    const attributes = [
      { name: "SrcT", type: backend.binding.TF_ATTR_TYPE, value: DType.FLOAT },
      { name: "DstT", type: backend.binding.TF_ATTR_TYPE, value: dtype },
    ];
    const output = backend.executeSingleOutput("Cast", attributes, [input]);
    input.dispose();
    return output;
  };

  it.each([
    ["float64", DType.DOUBLE, "float32"],
    ["float16", DType.HALF, "float32"],
    ["bfloat16", DType.BFLOAT16, "float32"],
    ["int8", DType.INT8, "int32"],
    ["int16", DType.INT16, "int32"],
    ["uint16", DType.UINT16, "int32"],
  ])("%s becomes one that tfjs can compute with", (_, dtype, becomes) => {
    const tensor = castTensor([1, 2], dtype);
    expect([tensor.dtype, tf.tidy(() => tensor.add(tensor).arraySync())]).toEqual([becomes, [2, 4]]);
    tensor.dispose();
  });

  it("int64 keeps its values, and nothing is printed", () => {
    const warn = vi.spyOn(console, "warn");
    const tensor = castTensor([2 ** 40], DType.INT64);
    expect(tensor.dataSync()).toEqual(BigInt64Array.of(2n ** 40n));
    tensor.dispose();
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});

describe("bad values", () => {
  it("too few values are refused", () => {
    expect(() => binding.createTensor([3], DType.FLOAT, Float32Array.of(1))).toThrow(
      new RangeError("createTensor: float32 [3] needs 3 values, got 1"),
    );
    expect(() => binding.createTensor([2], DType.STRING, [Uint8Array.of(1)])).toThrow(
      new RangeError("createTensor: string [2] needs 2 values, got 1"),
    );
  });

  it("a resource cannot be made from values", () => {
    expect(() => binding.createTensor([], DType.RESOURCE, Uint8Array.of(1))).toThrow(
      new TypeError("createTensor: cannot make a tensor of resource"),
    );
  });

  it("an unknown tensor is refused", () => {
    expect(() => binding.tensorDataSync(1e9)).toThrow(RangeError);
    expect(() => binding.deleteTensor(1e9)).toThrow("deleteTensor: no tensor with id 1000000000; was it disposed?");
  });
});
