import type { OpKind } from "./op-kinds.js";
import type { ProfiledOp } from "./step-stats.js";

/** Several measurements of one rate. */
export interface MeasuredRate {
  /** The highest, which is the peak: what others do on the machine can only lower it. */
  readonly best: number;
  /** The one in the middle. */
  readonly median: number;
  /** The lowest. */
  readonly worst: number;
  /** How many were measured. */
  readonly runs: number;
}

/** What a machine can do at most, by TensorFlow's own ops. Plain data, to be stored as JSON. */
export interface MachinePeaks {
  /** The processor's name; for a GPU TensorFlow's of the device. */
  readonly processor: string;
  /** "CPU" or "GPU". */
  readonly device: string;
  /** Processor cores, which is how many threads TensorFlow computes one op on. */
  readonly threads: number;
  /** The library that computed, such as "TensorFlow 2.21.0 on CPU". */
  readonly library: string;
  /** When, as ISO 8601 in UTC. */
  readonly measuredAt: string;
  /** Matrix products, by what they are of. */
  readonly compute: readonly {
    /** "float32" or "bfloat16". */
    readonly dtype: string;
    /** Rows and columns of the matrices. */
    readonly size: number;
    /** Billion operations a second, a product and a sum being two. */
    readonly gflopsPerSecond: MeasuredRate;
  }[];
  /** Sums of two large tensors, into one of them: two are read, one is written. */
  readonly memory: {
    /** Of each tensor. */
    readonly bytes: number;
    /** Billion bytes a second. */
    readonly gbPerSecond: MeasuredRate;
  };
  /** What was not measured, with the reason. */
  readonly notMeasured: readonly string[];
}

/** An op under the machine's roofs. */
export interface RooflineOp {
  /** The operation's name in the graph. */
  readonly name: string;
  /** The kind of op that TensorFlow ran, "_MklNativeConv2D". */
  readonly op: string;
  /** What it does; null for a kind of op that is not known here. */
  readonly kind: OpKind | null;
  /** The layer that it came from; "" for none. */
  readonly layer: string;
  /** Of which pass it is; "" for none. */
  readonly pass: ProfiledOp["pass"];
  /** Of the numbers it computes. */
  readonly dtype: string;
  /** How long it took. */
  readonly durationUs: number;
  /** Its part of the step's time, 0 to 1; of ops that run side by side the parts can add up to more than 1. */
  readonly share: number;
  /** Floating-point operations; null where they are not counted. */
  readonly flops: number | null;
  /** Inputs read once and outputs written once; null where a size is not known. */
  readonly bytes: number | null;
  /** Operations for each byte; null where either is not known. */
  readonly intensity: number | null;
  /** Billion operations a second that it reached. */
  readonly gflopsPerSecond: number | null;
  /** Billion bytes a second that it moved. */
  readonly gbPerSecond: number | null;
  /** Which roof is over it: what the memory delivers at its intensity, or what the processor computes. */
  readonly boundBy: "memory" | "compute" | null;
  /** Billion operations a second that the machine could do at its intensity; null for an op that computes nothing. */
  readonly roofGflopsPerSecond: number | null;
  /**
   * Its part of the roof: the time that its operations or its bytes need at the machine's peak, over the time it took.
   * Above 1 where tensors lie in the processor's cache, which is faster than its memory.
   */
  readonly roofShare: number | null;
}

/** Ops of one kind without a place under the roofs. */
export interface NotCounted {
  /** The kind of op. */
  readonly op: string;
  /** How many ran. */
  readonly count: number;
  /** Time of them together. */
  readonly durationUs: number;
  /** Their part of the step's time, 0 to 1. */
  readonly share: number;
  /** Why: no formula, a size that is not known, or an op that only names, hands on or reshapes. */
  readonly why: "no formula" | "size not known" | "moves nothing";
}

/** A step's ops under a machine's roofs. */
export interface Roofline {
  /** The most expensive first. */
  readonly ops: readonly RooflineOp[];
  /** All kinds of op, in the order in which figures color them. */
  readonly kinds: readonly OpKind[];
  /** The kinds that are missing among `ops`, or whose operations are not counted there; the most expensive first. */
  readonly notCounted: readonly NotCounted[];
  /** Floating-point operations of all ops that are counted. */
  readonly flops: number;
  /** Of these, those of convolutions and matrix products. */
  readonly productFlops: number;
  /** Bytes of all ops that are counted. */
  readonly bytes: number;
  /** The step's time. */
  readonly stepUs: number;
  /** What the ops are compared with. */
  readonly peaks: MachinePeaks;
}
