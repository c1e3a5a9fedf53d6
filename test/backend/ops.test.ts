import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AttributeType, type OpAttribute } from "../../lib/backend/attributes.js";
import { DType } from "../../lib/backend/tensorflow-dtypes.js";
import type { EagerBinding } from "../../lib/backend/eager.js";
import { TensorFlowError } from "../../lib/backend/index.js";
import { currentBinding } from "../../lib/backend/register.js";

let binding: EagerBinding;
let before: number;
let made: number[];

beforeEach(() => {
  binding = currentBinding()!;
  before = binding.getNumOfTensors();
  made = [];
});
afterEach(() => {
  for (const id of made) binding.deleteTensor(id);
  expect(binding.getNumOfTensors()).toBe(before);
});

/** Runs an op; its outputs are deleted after the test. */
function run(
  name: string,
  attributes: Record<string, [type: keyof typeof AttributeType, value: unknown]>,
  inputs: number[],
  outputs = 1,
) {
  const list: OpAttribute[] = Object.entries(attributes).map(([attribute, [type, value]]) => ({
    name: attribute,
    type: AttributeType[type],
    value,
  }));
  const infos = binding.executeOp(name, list, inputs, outputs);
  made.push(...infos.map(({ id }) => id));
  return infos;
}

function tensor(shape: number[], dtype: number, values: Parameters<EagerBinding["createTensor"]>[2]): number {
  const id = binding.createTensor(shape, dtype, values);
  made.push(id);
  return id;
}

const read = (id: number) => binding.tensorDataSync(id);
const floats = (...values: number[]) => tensor([values.length], DType.FLOAT, Float32Array.from(values));

describe("executeOp() sets attributes of every kind", () => {
  it("type, and a tensor", () => {
    const value = { shape: [2], dtype: DType.INT64, values: BigInt64Array.of(7n, -7n) };
    const [constant] = run("Const", { dtype: ["TYPE", DType.INT64], value: ["TENSOR", value] }, []);
    expect(read(constant!.id)).toEqual(BigInt64Array.of(7n, -7n));
  });

  it("a tensor of strings", () => {
    const value = { shape: [], dtype: DType.STRING, values: [Buffer.from("text that is longer than 22 bytes")] };
    const [constant] = run("Const", { dtype: ["TYPE", DType.STRING], value: ["TENSOR", value] }, []);
    expect(Buffer.from((read(constant!.id) as Uint8Array[])[0]!).toString()).toBe("text that is longer than 22 bytes");
  });

  it("int, bool and float", () => {
    const top = run(
      "TopKV2",
      { T: ["TYPE", DType.FLOAT], sorted: ["BOOL", true] },
      [floats(1, 3, 2), tensor([], DType.INT32, Int32Array.of(2))],
      2,
    );
    expect(read(top[0]!.id)).toEqual(Float32Array.of(3, 2));
    const [pack] = run("Pack", { N: ["INT", 2], T: ["TYPE", DType.FLOAT], axis: ["INT", -1] }, [
      floats(1, 2),
      floats(3, 4),
    ]);
    expect(read(pack!.id)).toEqual(Float32Array.of(1, 3, 2, 4));
    const [leaky] = run("LeakyRelu", { alpha: ["FLOAT", 0.5], T: ["TYPE", DType.FLOAT] }, [floats(-1)]);
    expect(read(leaky!.id)).toEqual(Float32Array.of(-0.5));
  });

  it("a string, of text or of bytes", () => {
    const image = tensor([1, 1, 1], DType.UINT8, Uint8Array.of(9));
    for (const format of ["grayscale", Buffer.from("grayscale")]) {
      const [jpeg] = run("EncodeJpeg", { format: ["STRING", format] }, [image]);
      expect([...(read(jpeg!.id) as Uint8Array[])[0]!.subarray(0, 3)]).toEqual([255, 216, 255]);
    }
  });

  it("a list of ints", () => {
    const [squeezed] = run("Squeeze", { T: ["TYPE", DType.FLOAT], squeeze_dims: ["INT", [0, -1]] }, [
      tensor([1, 2, 1], DType.FLOAT, Float32Array.of(1, 2)),
    ]);
    expect(squeezed!.shape).toEqual([2]);
  });

  it("a list of floats", () => {
    const [buckets] = run("Bucketize", { T: ["TYPE", DType.FLOAT], boundaries: ["FLOAT", [0, 10]] }, [
      floats(-5, 5, 50),
    ]);
    expect(read(buckets!.id)).toEqual(Int32Array.of(0, 1, 2));
  });

  it("lists of types and of shapes", () => {
    const [queue] = run(
      "FIFOQueueV2",
      { component_types: ["TYPE", [DType.FLOAT, DType.INT32]], shapes: ["SHAPE", [[2], []]] },
      [],
    );
    run(
      "QueueEnqueueV2",
      { Tcomponents: ["TYPE", [DType.FLOAT, DType.INT32]] },
      [queue!.id, floats(1, 2), tensor([], DType.INT32, Int32Array.of(3))],
      0,
    );
    const out = run("QueueDequeueV2", { component_types: ["TYPE", [DType.FLOAT, DType.INT32]] }, [queue!.id], 2);
    expect(out.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual([
      { shape: [2], dtype: DType.FLOAT },
      { shape: [], dtype: DType.INT32 },
    ]);
    expect(read(out[0]!.id)).toEqual(Float32Array.of(1, 2));
  });

  it("a list of strings", () => {
    const [matched] = run(
      "DecodeProtoV2",
      {
        message_type: ["STRING", "tensorflow.NodeDef"],
        field_names: ["STRING", ["name", "op"]],
        output_types: ["TYPE", [DType.STRING, DType.STRING]],
      },
      [tensor([], DType.STRING, [Buffer.from("\x0a\x01a\x12\x02Op", "latin1")])],
      3,
    ).slice(1);
    expect(Buffer.from((read(matched!.id) as Uint8Array[])[0]!).toString()).toBe("a");
  });

  it("a shape of unknown rank", () => {
    const [variable] = run(
      "VarHandleOp",
      { dtype: ["TYPE", DType.FLOAT], shape: ["SHAPE", null], shared_name: ["STRING", "unknown-rank"] },
      [],
    );
    expect(variable!.dtype).toBe(DType.RESOURCE);
    run("DestroyResourceOp", { ignore_lookup_error: ["BOOL", true] }, [variable!.id], 0);
  });

  it("an attribute of the wrong kind is refused by name", () => {
    expect(() => run("LeakyRelu", { alpha: ["FLOAT", "high"] }, [floats(1)])).toThrow(
      new TypeError("executeOp: attribute alpha must be a number, got high"),
    );
  });
});

describe("executeOp()", () => {
  it("returns as many outputs as the op has, more than a hundred too", () => {
    const parts = run(
      "Split",
      { num_split: ["INT", 150], T: ["TYPE", DType.FLOAT] },
      [
        tensor([], DType.INT32, Int32Array.of(0)),
        tensor(
          [150],
          DType.FLOAT,
          Float32Array.from({ length: 150 }, (_, i) => i),
        ),
      ],
      150,
    );
    expect(parts).toHaveLength(150);
    expect(read(parts[149]!.id)).toEqual(Float32Array.of(149));
  });

  it("reads and writes a resource variable through its handle", () => {
    const [variable] = run(
      "VarHandleOp",
      { dtype: ["TYPE", DType.FLOAT], shape: ["SHAPE", [2]], shared_name: ["STRING", "test-variable"] },
      [],
    );
    run("AssignVariableOp", { dtype: ["TYPE", DType.FLOAT] }, [variable!.id, floats(1, 2)], 0);
    run("AssignAddVariableOp", { dtype: ["TYPE", DType.FLOAT] }, [variable!.id, floats(10, 20)], 0);
    const [value] = run("ReadVariableOp", { dtype: ["TYPE", DType.FLOAT] }, [variable!.id]);
    expect(read(value!.id)).toEqual(Float32Array.of(11, 22));
    expect((read(variable!.id) as Uint8Array).byteLength).toBeGreaterThan(0); // a handle is read as bytes
    run("DestroyResourceOp", { ignore_lookup_error: ["BOOL", false] }, [variable!.id], 0);
  });

  it("turns TensorFlow's error into one that names the op and keeps the message and the code", () => {
    const bad = () =>
      run("MatMul", { T: ["TYPE", DType.FLOAT] }, [
        tensor([1, 2], DType.FLOAT, Float32Array.of(1, 2)),
        tensor([3, 1], DType.FLOAT, Float32Array.of(1, 2, 3)),
      ]);
    expect(bad).toThrow(TensorFlowError);
    expect(bad).toThrow(/^MatMul: Matrix size-incompatible: In\[0\]: \[1,2\], In\[1\]: \[3,1\]/);
    try {
      bad();
    } catch (error) {
      expect((error as TensorFlowError).code).toBe("INVALID_ARGUMENT");
    }
  });

  it("names an op that does not exist", () => {
    expect(() => run("NoSuchOp", {}, [])).toThrow(/^NoSuchOp: /);
  });

  it("refuses an input that was disposed", () => {
    expect(() => run("Neg", { T: ["TYPE", DType.FLOAT] }, [123_456_789])).toThrow(
      new RangeError("Neg: no tensor with id 123456789; was it disposed?"),
    );
  });

  it("works on after an error", () => {
    expect(() => run("NoSuchOp", {}, [])).toThrow();
    expect(read(run("Neg", { T: ["TYPE", DType.FLOAT] }, [floats(1)])[0]!.id)).toEqual(Float32Array.of(-1));
  });
});
