import { aList, checkFields } from "../../checks.js";
import { categoryOf, type MainSpan } from "./breakdown.js";
import type { StepProfile } from "./step-profile.js";

/** One event of the trace-event format; times in microseconds. */
export interface TraceEvent {
  /** What a drawing writes on it. */
  readonly name: string;
  /** X: an event with a duration. M: a name of a process or thread. */
  readonly ph: "X" | "M";
  /** Its process: the main thread's, or a device's. */
  readonly pid: number;
  /** Its row in the process. */
  readonly tid: number;
  /** When it began. */
  readonly ts?: number;
  /** How long it took. */
  readonly dur?: number;
  /** Its category, by which a drawing can be filtered. */
  readonly cat?: string;
  /** What a drawing tells of it when it is clicked. */
  readonly args: Readonly<Record<string, string | number>>;
}

/** What Perfetto and chrome://tracing open. */
export interface TraceEvents {
  /** In any order. */
  readonly traceEvents: readonly TraceEvent[];
  /** The unit that drawings show. */
  readonly displayTimeUnit: "ms";
}

const SPAN_NAMES: Record<MainSpan["kind"], string> = {
  batch: "DataLoader",
  javascript: "CPU Exec",
  copy: "Memcpy",
  run: "TensorFlow run",
};

/**
 * A profile as trace-event JSON: `JSON.stringify` it into a file and open that at ui.perfetto.dev. The main thread is
 * one process, each of TensorFlow's devices another; times start at 0.
 * Source: Google, "Trace Event Format", the JSON object format.
 */
export function toTraceEvents(profile: Pick<StepProfile, "spans" | "ops">): TraceEvents {
  checkFields("toTraceEvents", "profile", profile, { spans: aList, ops: aList });
  const { spans, ops } = profile;
  const devices = [...new Set(ops.map(({ device }) => device))];
  const name = (kind: "process_name" | "thread_name", pid: number, tid: number, text: string): TraceEvent => ({
    name: kind,
    ph: "M",
    pid,
    tid,
    args: { name: text },
  });
  const rows = new Set(ops.map(({ device, row }) => `${devices.indexOf(device) + 1} ${row}`));
  return {
    displayTimeUnit: "ms",
    traceEvents: [
      name("process_name", 0, 0, "JavaScript"),
      name("thread_name", 0, 0, "main thread"),
      ...devices.map((device, i) => name("process_name", i + 1, 0, device)),
      ...[...rows].map((row) => {
        const [pid, tid] = row.split(" ").map(Number) as [number, number];
        return name("thread_name", pid, tid, `ops ${tid}`);
      }),
      ...spans.map(({ kind, startUs, endUs }): TraceEvent => ({
        name: SPAN_NAMES[kind],
        ph: "X",
        pid: 0,
        tid: 0,
        ts: startUs,
        dur: endUs - startUs,
        cat: "JavaScript",
        args: {},
      })),
      ...ops.map((op): TraceEvent => ({
        name: op.op,
        ph: "X",
        pid: devices.indexOf(op.device) + 1,
        tid: op.row,
        ts: op.startUs,
        dur: op.durationUs,
        cat: categoryOf(op),
        args: { name: op.name, layer: op.layer, pass: op.pass, bytes: op.bytes },
      })),
    ],
  };
}
