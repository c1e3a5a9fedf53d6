/** A peak as it was measured; `analysis.measurePeaks` has it. */
export interface RooflinePeak {
  /** The highest that was measured. */
  readonly best: number;
}

/** How fast a machine multiplies matrices of one kind of number. */
export interface ComputePeak {
  /** "float32". */
  readonly dtype: string;
  /** Billion operations a second. */
  readonly gflopsPerSecond: RooflinePeak;
}

/** How fast a machine's memory is. */
export interface MemoryPeak {
  /** Billion bytes a second. */
  readonly gbPerSecond: RooflinePeak;
}

/** What a machine can do at most. */
export interface RooflinePeaks {
  /** A level roof each, one or more. */
  readonly compute: readonly ComputePeak[];
  /** The slanted roof. */
  readonly memory: MemoryPeak;
}

/** What of an op a roofline draws; `analysis.roofline(…).ops` has it. */
export interface RooflinePoint {
  /** The kind of op that ran. */
  readonly op: string;
  /** The layer that it came from. */
  readonly layer: string;
  /** Of which pass. */
  readonly pass: string;
  /** What it does, by which it is colored; null for what is not known. */
  readonly kind: string | null;
  /** How long it took. */
  readonly durationUs: number;
  /** Floating-point operations; null where they are not counted. */
  readonly flops: number | null;
  /** Bytes read and written; null where they are not known. */
  readonly bytes: number | null;
}

/** Ops of one kind, layer and pass together. */
export interface Placed {
  readonly label: string;
  readonly kind: string;
  readonly durationUs: number;
  /** Operations for each byte. */
  readonly intensity: number;
  readonly gflopsPerSecond: number;
}

/** Groups that took less of all ops' time than this have no point: launches of a few numbers. */
const LEAST_SHARE = 1e-3;
/** Points of a figure at most. */
const MOST_POINTS = 300;

/** The points of a roofline, the most expensive first, and the share of the ops' time that has none. */
export function pointsOf(ops: readonly RooflinePoint[]): {
  readonly points: readonly Placed[];
  /** Of ops that compute nothing, or whose operations are not counted. */
  readonly withoutOperations: number;
  /** Of ops that are too short. */
  readonly tooShort: number;
} {
  const whole = ops.reduce((sum, { durationUs }) => sum + durationUs, 0) || 1;
  const counted = ops.filter(({ flops, bytes, durationUs }) => (flops ?? 0) > 0 && (bytes ?? 0) > 0 && durationUs > 0);
  const groups = new Map<string, RooflinePoint[]>();
  for (const one of counted) {
    const key = [one.op, one.layer, one.pass].join(" ");
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const all = [...groups.values()].map(together).sort((a, b) => b.durationUs - a.durationUs);
  const points = all.filter(({ durationUs }) => durationUs >= LEAST_SHARE * whole).slice(0, MOST_POINTS);
  const time = (some: readonly { readonly durationUs: number }[]): number =>
    some.reduce((sum, { durationUs }) => sum + durationUs, 0) / whole;
  return { points, withoutOperations: 1 - time(counted), tooShort: time(all) - time(points) };
}

function together(ops: readonly RooflinePoint[]): Placed {
  const sum = (value: (op: RooflinePoint) => number): number => ops.reduce((so, op) => so + value(op), 0);
  const { op, layer, pass, kind } = ops[0]!;
  const [flops, durationUs] = [sum((one) => one.flops!), sum((one) => one.durationUs)];
  const plain = op.replace(/^_(?:Mkl)?(?:Native)?/, "");
  return {
    label: [plain, layer, pass === "gradient" ? pass : ""].filter((part) => part !== "").join(" "),
    kind: kind ?? "not known",
    durationUs,
    intensity: flops / sum((one) => one.bytes!),
    gflopsPerSecond: flops / durationUs / 1000,
  };
}
