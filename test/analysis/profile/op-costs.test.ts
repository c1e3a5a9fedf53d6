import { describe, expect, it } from "vitest";
import type { OpAttribute, ProfiledOp, TensorSpec } from "../../../lib/analysis/index.js";
import { costOf, isView } from "../../../lib/analysis/profile/op-costs.js";
import { readGraphNodes } from "../../../lib/analysis/profile/graph-nodes.js";
import { writeMessage } from "../../../lib/protobuf.js";

const f32 = (...shape: number[]): TensorSpec => ({ dtype: "float32", shape });
const b16 = (...shape: number[]): TensorSpec => ({ dtype: "bfloat16", shape });
const i32 = (...shape: number[]): TensorSpec => ({ dtype: "int32", shape });

type Specs = readonly (TensorSpec | null)[];
function op(name: string, inputs: Specs, outputs: Specs, attributes: Record<string, OpAttribute> = {}): ProfiledOp {
  const where = { layer: "", pass: "" as const, device: "CPU:0", row: 0, startUs: 0, durationUs: 1, bytes: 0 };
  return { name, op: name, ...where, inputs, outputs, attributes };
}

/** Each by hand: operations and bytes. */
const CASES: readonly (readonly [what: string, op: ProfiledOp, kind: string, flops: number, bytes: number])[] = [
  [
    "a 3 × 3 convolution, 3 to 16 channels, of 2 images of 8 × 8: 27 products and sums for each of 2,048 numbers",
    op("_MklNativeConv2DWithBias", [f32(2, 8, 8, 3), f32(3, 3, 3, 16), f32(16)], [f32(2, 8, 8, 16)]),
    "convolution",
    2 * 27 * 2 * 8 * 8 * 16,
    4 * (2 * 64 * 3 + 27 * 16 + 16 + 2 * 64 * 16),
  ],
  [
    "its gradient by the images",
    op("Conv2DBackpropInput", [i32(4), f32(3, 3, 3, 16), f32(2, 8, 8, 16)], [f32(2, 8, 8, 3)]),
    "convolution",
    2 * 27 * 2 * 8 * 8 * 16,
    4 * (4 + 27 * 16 + 2 * 64 * 16 + 2 * 64 * 3),
  ],
  [
    "its gradient by the kernel",
    op("_MklNativeConv2DBackpropFilter", [f32(2, 8, 8, 3), i32(4), f32(2, 8, 8, 16)], [f32(3, 3, 3, 16)]),
    "convolution",
    2 * 27 * 2 * 8 * 8 * 16,
    4 * (2 * 64 * 3 + 4 + 2 * 64 * 16 + 27 * 16),
  ],
  [
    "a convolution of 4 groups, whose kernel has a fourth of the channels",
    op("_FusedConv2D", [f32(1, 4, 4, 8), f32(3, 3, 2, 8)], [f32(1, 4, 4, 8)]),
    "convolution",
    2 * 9 * 2 * 16 * 8,
    4 * (128 + 144 + 128),
  ],
  [
    "a depthwise one: 9 products for each number",
    op("DepthwiseConv2dNative", [f32(1, 4, 4, 8), f32(3, 3, 8, 1)], [f32(1, 4, 4, 8)]),
    "convolution",
    2 * 9 * 128,
    4 * (128 + 72 + 128),
  ],
  [
    "a product of [5, 7] and [7, 3] in bfloat16",
    op("_MklMatMul", [b16(5, 7), b16(7, 3)], [b16(5, 3)], { transpose_a: false }),
    "matrix product",
    2 * 5 * 7 * 3,
    2 * (35 + 21 + 15),
  ],
  [
    "the same with the first one lying transposed",
    op("MatMul", [f32(7, 5), f32(7, 3)], [f32(5, 3)], { transpose_a: true }),
    "matrix product",
    2 * 5 * 7 * 3,
    4 * (35 + 21 + 15),
  ],
  [
    "attention's q·kᵀ of 2 images and 4 heads",
    op("_MklBatchMatMulV2", [f32(2, 4, 10, 8), f32(2, 4, 10, 8)], [f32(2, 4, 10, 10)], { adj_x: false, adj_y: true }),
    "matrix product",
    2 * 8 * 100 * 8,
    4 * (640 + 640 + 800),
  ],
  [
    "a bias that is added to rows",
    op("BiasAdd", [f32(6, 4), f32(4)], [f32(6, 4)]),
    "elementwise",
    24,
    4 * (24 + 4 + 24),
  ],
  ["a sum over rows", op("BiasAddGrad", [f32(6, 4)], [f32(4)]), "reduction", 24, 4 * 28],
  [
    "GELU that XLA compiled",
    op("PartitionedCall", [f32(6)], [f32(6)], { f: "fused_geluExact_3" }),
    "elementwise",
    30,
    48,
  ],
  [
    "pooling of 2 × 2",
    op("_MklNativeMaxPool", [f32(1, 4, 4, 3)], [f32(1, 2, 2, 3)], { ksize: [1, 2, 2, 1] }),
    "reduction",
    4 * 12,
    4 * 60,
  ],
  [
    "Adam: 12 for each number; variable and moments read and written, gradient and six settings read",
    op("ResourceApplyAdam", [f32(10), f32(10), f32(10), ...Array.from({ length: 6 }, () => f32()), f32(10)], []),
    "optimizer",
    120,
    4 * (2 * 30 + 6 + 10),
  ],
  ["a part of a tensor", op("Slice", [f32(100), i32(1), i32(1)], [f32(5)]), "data movement", 0, 40],
  ["a cast to bfloat16", op("Cast", [f32(8)], [b16(8)]), "data movement", 0, 32 + 16],
  [
    "three roots in one",
    op("_UnaryOpsComposition", [f32(4)], [f32(4)], { op_names: ["Sqrt", "Neg"] }),
    "elementwise",
    8,
    32,
  ],
];

describe("costOf()", () => {
  it.each(CASES)("%s", (_, one, kind, flops, bytes) => {
    expect(costOf(one)).toEqual({ kind, flops, bytes });
  });

  it("does not know an op without a formula, and says so: its bytes alone", () => {
    expect(costOf(op("StatelessRandomUniform", [i32(1)], [f32(9)]))).toEqual({ kind: null, flops: null, bytes: 40 });
    expect(costOf(op("PartitionedCall", [f32(6)], [f32(6)], { f: "other" }))).toMatchObject({ flops: null, bytes: 48 });
  });

  it("does not guess a tensor that is not known", () => {
    expect(costOf(op("MatMul", [null, f32(7, 3)], [f32(5, 3)]))).toEqual({
      kind: "matrix product",
      flops: null,
      bytes: null,
    });
  });

  it("tells what only hands on: the parts of a first axis are not copied, those of another are", () => {
    expect(["Reshape", "Identity", "Relu"].map((name) => isView(op(name, [], [])))).toEqual([true, true, false]);
    expect([0, 1].map((axis) => isView(op("Unpack", [], [], { axis })))).toEqual([true, false]);
  });
});

describe("readGraphNodes()", () => {
  it("reads inputs with their slots and the settings that a cost depends on", () => {
    const attribute = (name: string, value: Uint8Array) =>
      [
        5,
        writeMessage([
          [1, name],
          [2, value],
        ]),
      ] as const;
    const node = writeMessage([
      [1, "pool"],
      [2, "MaxPool"],
      [3, "relu:1"],
      [3, "input"],
      [3, "^after"],
      attribute("ksize", writeMessage([[1, writeMessage([[3, Uint8Array.of(1, 2, 0xac, 0x02, 1)]])]])),
      attribute("padding", writeMessage([[2, "VALID"]])),
      attribute("adj_x", writeMessage([[5, 1]])),
      attribute("container", writeMessage([[2, "none"]])),
    ]);
    const metadata = writeMessage([[3, writeMessage([[1, node]])]]);
    expect([...readGraphNodes(metadata)]).toEqual([
      ["pool", { inputs: ["relu:1", "input:0"], attributes: { ksize: [1, 2, 300, 1], padding: "VALID", adj_x: true } }],
    ]);
  });
});
