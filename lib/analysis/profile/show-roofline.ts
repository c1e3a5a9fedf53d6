import { DISPLAY, percentText, shownAs } from "../../shown.js";
import { table, type Cell } from "../../table.js";
import type { MachinePeaks, NotCounted, Roofline, RooflineOp } from "./roofline-types.js";

/** Rows of a table at most. */
const MOST = 16;

/** The same peaks; a notebook shows them as a table. */
export function asPeaks(peaks: MachinePeaks): MachinePeaks {
  return shownAs(peaks, (shown) => {
    const { processor, threads, library, compute, memory, notMeasured } = shown;
    const row = (what: string, { best, median, worst, runs }: typeof memory.gbPerSecond, unit: string): Cell[] => [
      what,
      ...[best, median, worst].map((rate) => `${short(rate)} ${unit}`),
      runs,
    ];
    const rows = [
      ...compute.map(({ dtype, size, gflopsPerSecond }) =>
        row(`matrix products of ${dtype}, ${size} × ${size}`, gflopsPerSecond, "GFLOP/s"),
      ),
      row(`memory, tensors of ${short(memory.bytes / 2 ** 20)} MiB`, memory.gbPerSecond, "GB/s"),
    ];
    const missing = notMeasured.map((text) => `; not measured: ${text}`).join("");
    const title = `${processor}, ${threads} threads, ${library}${missing}`;
    return bundle(["what", "best", "median", "worst", "runs"], rows, title);
  });
}

/** The same roofline; a notebook shows it as a table of the layers' kinds of op, the most expensive first. */
export function asRoofline(roofline: Roofline): Roofline {
  return shownAs(roofline, (shown) => {
    const groups = groupsOf(shown.ops);
    const rows = groups.slice(0, MOST).map(rowOf);
    const rest = groups.slice(MOST);
    if (rest.length > 0)
      rows.push([
        `${rest.length} more kinds`,
        rest.reduce((sum, { count }) => sum + count, 0),
        null,
        percentText(total(rest)),
        ...blank(6),
      ]);
    const idle = shown.notCounted.filter(({ why }) => why !== "no formula");
    rows.push(...idle.filter(({ share }) => share >= 0.005).map(notCountedRow));
    return bundle(
      ["op", "ops", "ms", "of step", "GFLOP", "MB", "FLOP/byte", "GFLOP/s", "GB/s", "of roof"],
      rows,
      titleOf(shown),
    );
  });
}

function titleOf({ flops, bytes, stepUs, peaks, notCounted }: Roofline): string {
  const uncounted = total(notCounted.filter(({ why }) => why !== "moves nothing"));
  return (
    `a step of ${short(stepUs / 1000)} ms: ${short(flops / 1e9)} GFLOP, ${short(bytes / 1e9)} GB, ` +
    `${short(flops / stepUs / 1000)} GFLOP/s; roofs: ` +
    peaks.compute.map(({ dtype, gflopsPerSecond }) => `${short(gflopsPerSecond.best)} GFLOP/s of ${dtype}, `).join("") +
    `${short(peaks.memory.gbPerSecond.best)} GB/s; operations not counted: ops of ${percentText(uncounted)} of the step`
  );
}

/** Ops of one kind together. */
interface OpGroup {
  readonly op: string;
  readonly count: number;
  readonly durationUs: number;
  readonly share: number;
  readonly flops: number | null;
  readonly bytes: number;
  /** Time at the roof of those that have one. */
  readonly roofUs: number | null;
}

function groupsOf(ops: readonly RooflineOp[]): OpGroup[] {
  const byOp = new Map<string, RooflineOp[]>();
  for (const one of ops) {
    const key = `${one.op}${one.pass === "gradient" ? " (gradient)" : ""}|${one.dtype}`;
    byOp.set(key, [...(byOp.get(key) ?? []), one]);
  }
  const sum = (some: readonly RooflineOp[], value: (op: RooflineOp) => number | null): number =>
    some.reduce((so, one) => so + (value(one) ?? 0), 0);
  return [...byOp]
    .map(([key, some]): OpGroup => {
      const counted = some.every(({ flops }) => flops !== null);
      return {
        op: key.slice(0, key.indexOf("|")),
        count: some.length,
        durationUs: sum(some, ({ durationUs }) => durationUs),
        share: sum(some, ({ share }) => share),
        flops: counted ? sum(some, ({ flops }) => flops) : null,
        bytes: sum(some, ({ bytes }) => bytes),
        roofUs: counted ? sum(some, ({ roofShare, durationUs }) => (roofShare ?? 0) * durationUs) : null,
      };
    })
    .sort((a, b) => b.durationUs - a.durationUs);
}

function rowOf({ op, count, durationUs, share, flops, bytes, roofUs }: OpGroup): Cell[] {
  return [
    op,
    count,
    short(durationUs / 1000),
    percentText(share),
    flops === null ? null : short(flops / 1e9),
    short(bytes / 1e6),
    flops === null || bytes === 0 ? null : short(flops / bytes),
    flops === null ? null : short(flops / durationUs / 1000),
    short(bytes / durationUs / 1000),
    roofUs === null ? null : percentText(roofUs / durationUs),
  ];
}

function notCountedRow({ op, why, count, durationUs, share }: NotCounted): Cell[] {
  return [`${op} (${why})`, count, short(durationUs / 1000), percentText(share), ...blank(6)];
}

const blank = (cells: number): null[] => new Array<null>(cells).fill(null);
const total = (parts: readonly { readonly share: number }[]): number =>
  parts.reduce((sum, { share }) => sum + share, 0);
const short = (value: number): string => String(Number(value.toPrecision(3)));

function bundle(columns: readonly string[], rows: readonly (readonly Cell[])[], title: string) {
  const made = table(columns, rows, title);
  return made[DISPLAY]();
}
