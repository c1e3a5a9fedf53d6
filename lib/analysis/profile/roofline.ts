import { aboveZero, aList, aText, checkFields, someOf, withFields, type Rule, type Rules } from "../../checks.js";
import { onDevice } from "./device-times.js";
import { costOf, isView } from "./op-costs.js";
import { OP_KINDS } from "./op-kinds.js";
import type { StepProfile } from "./step-profile.js";
import type { MachinePeaks, NotCounted, Roofline, RooflineOp } from "./roofline-types.js";
import { asRoofline } from "./show-roofline.js";
import type { ProfiledOp } from "./step-stats.js";

const aRate: Rule = withFields("{ best, median, worst, runs }", { best: aboveZero }, "best");
const PEAKS: Rules = {
  compute: someOf(withFields("{ dtype, gflopsPerSecond }", { dtype: aText, gflopsPerSecond: aRate }, "dtype")),
  memory: withFields("{ gbPerSecond }", { gbPerSecond: aRate }, "gbPerSecond"),
};

/**
 * Each op of a profiled step under the roofs of the machine: how many operations and bytes it has by the sizes of its
 * tensors, how fast it was, and what the machine's memory or its processor would allow. A convolution that the library
 * computes in Winograd's tiles counts what is multiplied, which is less than `countMacs` says; the passes that XLA
 * compiles around it have no formula. Nothing is counted as 0 for want of one: `notCounted` tells its time.
 *
 * @param profile of `profile`, or one stored as JSON
 * @param peaks of `measurePeaks` on the same machine, or stored
 * @throws TypeError for another kind of profile or peaks
 * Source: Williams, Waterman & Patterson 2009, "Roofline".
 */
export function roofline(profile: Pick<StepProfile, "ops" | "stepUs">, peaks: MachinePeaks): Roofline {
  checkFields("roofline", "profile", profile, { ops: aList, stepUs: aboveZero });
  checkFields("roofline", "peaks", peaks, PEAKS);
  const { stepUs } = profile;
  const ran = onDevice(profile.ops);
  const ops = ran
    .filter((op) => !isView(op))
    .map((op) => placed(op, stepUs, peaks))
    .filter(({ bytes }) => bytes !== null)
    .sort((a, b) => b.durationUs - a.durationUs);
  const sum = (value: (op: RooflineOp) => number): number => ops.reduce((total, op) => total + value(op), 0);
  const isProduct = ({ kind }: RooflineOp): boolean => kind === "convolution" || kind === "matrix product";
  return asRoofline({
    ops,
    kinds: OP_KINDS,
    notCounted: missing(ran, stepUs),
    flops: sum(({ flops }) => flops ?? 0),
    productFlops: sum((op) => (isProduct(op) ? (op.flops ?? 0) : 0)),
    bytes: sum(({ bytes }) => bytes ?? 0),
    stepUs,
    peaks,
  });
}

function placed(op: ProfiledOp, stepUs: number, peaks: MachinePeaks): RooflineOp {
  const { kind, flops, bytes } = costOf(op);
  const { name, layer, pass, durationUs } = op;
  const specs = [...op.outputs, ...op.inputs].filter((spec) => spec !== null);
  const dtype = (specs.find((spec) => spec.dtype.includes("float")) ?? specs[0])?.dtype ?? "unknown";
  const rate = (amount: number | null): number | null =>
    amount === null || durationUs === 0 ? null : amount / durationUs / 1000; // an op per µs is a million a second
  const peak = (peaks.compute.find((one) => one.dtype === dtype) ?? peaks.compute[0]!).gflopsPerSecond.best;
  const bandwidth = peaks.memory.gbPerSecond.best;
  const known = flops !== null && bytes !== null && bytes > 0;
  const [computeUs, memoryUs] = known ? [flops / peak / 1000, bytes / bandwidth / 1000] : [0, 0];
  const boundBy = computeUs > memoryUs ? "compute" : "memory";
  return {
    name,
    op: op.op,
    kind,
    layer,
    pass,
    dtype,
    durationUs,
    share: durationUs / stepUs,
    flops,
    bytes,
    intensity: known ? flops / bytes : null,
    gflopsPerSecond: rate(flops),
    gbPerSecond: rate(bytes),
    boundBy: known ? boundBy : null,
    roofGflopsPerSecond: known && flops > 0 ? Math.min(peak, (flops / bytes) * bandwidth) : null,
    roofShare: known && durationUs > 0 ? Math.max(computeUs, memoryUs) / durationUs : null,
  };
}

/** The kinds of op that have no place, with their time. */
function missing(ops: readonly ProfiledOp[], stepUs: number): NotCounted[] {
  const found = new Map<string, { op: string; why: NotCounted["why"]; count: number; durationUs: number }>();
  for (const op of ops) {
    const why = whyNotCounted(op);
    if (why === undefined) continue;
    const called = op.attributes["f"]; // "fused_winogradOutput_100_2_2_7"
    const name = typeof called === "string" ? called.replace(/^fused_|(?:_\d+)+$/g, "") : op.op;
    const one = found.get(`${name} ${why}`) ?? { op: name, why, count: 0, durationUs: 0 };
    found.set(`${name} ${why}`, one);
    one.count++;
    one.durationUs += op.durationUs;
  }
  return [...found.values()]
    .map((one) => ({ ...one, share: one.durationUs / stepUs }))
    .sort((a, b) => b.durationUs - a.durationUs);
}

function whyNotCounted(op: ProfiledOp): NotCounted["why"] | undefined {
  if (isView(op)) return "moves nothing";
  const { flops, bytes } = costOf(op);
  if (bytes === null) return "size not known";
  return flops === null ? "no formula" : undefined;
}
