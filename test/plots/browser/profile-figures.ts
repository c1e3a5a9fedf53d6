/** The figures of a profiled step, and a model's diagram. */
import {
  architecture,
  opTimeline,
  roofline,
  stepTimeBreakdown,
  stepTimeDifference,
  type DiagramLayer,
  type Figure,
  type RooflinePoint,
  type StepTimes,
  type TimelineSpan,
} from "../../../lib/plots/index.js";

/** Seven categories of a step, µs. */
export const STEPS: readonly StepTimes[] = [
  { name: "MyNet", parts: [22_400, 310, 0, 1200, 4100, 620, 900] },
  { name: "CNN7", parts: [151_000, 420, 12, 1900, 4200, 650, 2100] },
].map(({ name, parts }) => {
  const names = ["Kernel", "Memcpy", "Memset", "Runtime", "DataLoader", "CPU Exec", "Other"];
  return { name, breakdown: Object.fromEntries(names.map((category, i) => [category, parts[i]!])) };
});

const point = (op: string, kind: string, layer: string, us: number, gflop: number, mb: number): RooflinePoint => ({
  op,
  kind,
  layer,
  pass: "forward",
  durationUs: us,
  flops: gflop * 1e9,
  bytes: mb * 1e6,
});

/** Ops of a step, and the machine's roofs. */
export const ROOFLINE = {
  ops: [
    point("_MklNativeConv2D", "convolution", "conv1", 1500, 0.088, 7.8),
    point("_MklNativeConv2D", "convolution", "conv2", 12_000, 0.94, 19.7),
    point("_MklMatMul", "matrix product", "head", 700, 0.05, 0.6),
    point("Relu", "elementwise", "conv1", 900, 0.0016, 13),
    point("ResourceApplyAdam", "optimizer", "", 1100, 0.0014, 3.3),
    { ...point("Transpose", "data movement", "head", 800, 0, 1), flops: 0 },
    { ...point("StatelessRandomUniform", "", "drop", 400, 0, 1), kind: null, flops: null },
  ],
  kinds: ["convolution", "matrix product", "elementwise", "optimizer", "data movement"],
  peaks: {
    compute: [
      { dtype: "float32", gflopsPerSecond: { best: 330 } },
      { dtype: "bfloat16", gflopsPerSecond: { best: 500 } },
    ],
    memory: { gbPerSecond: { best: 55 } },
  },
};

/** Ops one after the other on two rows, and the main thread's wait for them. */
export function spansOf(ops: number): TimelineSpan[] {
  const rows = Array.from({ length: ops }, (_, i) => ({
    track: `CPU:0 row ${i % 2}`,
    name: `op ${i}`,
    category: i % 7 === 0 ? "convolution" : "elementwise",
    startUs: 10 * i,
    durationUs: i % 7 === 0 ? 9 : 3,
  }));
  return [{ track: "main thread", name: "run", category: "main thread", startUs: 0, durationUs: 10 * ops }, ...rows];
}

/** A residual network of `blocks` blocks alike: input, stem, then two convolutions and a sum each, and a head. */
export function residual(blocks: number): DiagramLayer[] {
  const layers: DiagramLayer[] = [];
  const add = (name: string, className: string, params: number, inputs: readonly number[]): number =>
    layers.push({ name, className, outputShape: [32, 32, 64], params, inputs }) - 1;
  let last = add("stem", "Conv2d", 1792, [add("image", "InputLayer", 0, [])]);
  for (let i = 1; i <= blocks; i++) {
    const convolved = add(`block${i}/conv2`, "Conv2d", 36_928, [add(`block${i}/conv1`, "Conv2d", 36_928, [last])]);
    last = add(`block${i}/add`, "Add", 0, [convolved, last]);
  }
  add("head", "Linear", 650, [add("pool", "GlobalAveragePooling2D", 0, [last])]);
  return layers;
}

/** What stands below a title. */
interface Below {
  readonly source: string;
  readonly caption: string;
  readonly run: string;
}

/** One of each. */
export function profileFigures(below: Below): Readonly<Record<string, Figure>> {
  return {
    roofline: roofline({ title: "A training step under the machine's roofs", roofline: ROOFLINE, ...below }),
    breakdown: stepTimeBreakdown({ title: "Where a training step's time goes", profiles: STEPS, ...below }),
    difference: stepTimeDifference({
      title: "A step of MyNet and of CNN7",
      before: STEPS[0]!,
      after: STEPS[1]!,
      ...below,
    }),
    timeline: opTimeline({ title: "A training step, op by op", spans: spansOf(60), ...below }),
    architecture: architecture({
      title: "A plain and a residual network",
      models: [
        { name: "three blocks", layers: residual(3) },
        { name: "one block", layers: residual(1) },
      ],
      ...below,
    }),
  };
}
