import { aList, checkFields } from "../../checks.js";
import type { MainSpan } from "./breakdown.js";
import { FLOPS } from "./op-flops.js";
import { OP_KINDS, plainType } from "./op-kinds.js";
import type { StepProfile } from "./step-profile.js";

/** What a thread did for a while, as `plots.opTimeline` takes it. */
export interface TimelineEntry {
  /** "main thread", or a device's row, "CPU:0 row 1". */
  readonly track: string;
  /** What it was: the op's kind and layer. */
  readonly name: string;
  /** One of {@link TIMELINE_CATEGORIES}. */
  readonly category: string;
  /** From the start of the step, µs. */
  readonly startUs: number;
  /** How long it took, µs. */
  readonly durationUs: number;
}

/** What a timeline's entries are, in the order of their colors: what ops do, then what the main thread does. */
export const TIMELINE_CATEGORIES: readonly string[] = [...OP_KINDS, "other op", "main thread"];

const MAIN: Record<MainSpan["kind"], string> = {
  batch: "DataLoader",
  javascript: "JavaScript",
  copy: "copies",
  run: "TensorFlow run",
};

/**
 * A profile's spans as a timeline, `plots.opTimeline({ title, spans: timeline(profile), categories: TIMELINE_CATEGORIES
 * })`: the main thread's first, then the ops of each device's rows.
 */
export function timeline(profile: Pick<StepProfile, "spans" | "ops">): TimelineEntry[] {
  checkFields("timeline", "profile", profile, { spans: aList, ops: aList });
  const main = profile.spans.map(({ kind, startUs, endUs }) => ({
    track: "main thread",
    name: MAIN[kind],
    category: "main thread",
    startUs,
    durationUs: endUs - startUs,
  }));
  const ops = [...profile.ops].sort((a, b) => a.device.localeCompare(b.device, "en") || a.row - b.row);
  return [
    ...main,
    ...ops.map(({ op, layer, pass, device, row, startUs, durationUs }) => ({
      track: `${device.replace(/^.*device:/, "")} row ${row}`,
      name: [op, layer, pass].filter((part) => part !== "").join(" "),
      category: FLOPS.get(plainType(op))?.[0] ?? "other op",
      startUs,
      durationUs,
    })),
  ];
}
