/** A sweep's trials as a table, and in a line. */
import type { ShowsItself } from "../../shown.js";
import { table, type Cell, type Table } from "../../table.js";
import type { Row } from "./trial-rows.js";

/** Rows of a table that shows itself; `rows()` has all. */
const MOST_ROWS = 50;
const OUT = ["failed", "diverged"];
const LAST = ["status", "seconds", "error"];

/** What a table tells of a trial. */
interface Told {
  readonly status: string;
  readonly metrics: Readonly<Record<string, number>>;
}

/** The trials that have a metric, the best first; those that failed or diverged have none that counts. */
export function ranked<One extends Told>(trials: readonly One[], metric: string, mode: "max" | "min"): One[] {
  const worth = ({ metrics }: One): number => {
    const value = metrics[metric]!;
    if (!Number.isFinite(value)) return -Infinity;
    return mode === "max" ? value : -value;
  };
  const has = trials.filter(({ metrics, status }) => metrics[metric] !== undefined && !OUT.includes(status));
  return has.sort((a, b) => (worth(a) === worth(b) ? 0 : worth(b) - worth(a)));
}

/** Columns in the order in which they first come: settings, metrics, then how it ended. */
export function resultTable(rows: readonly Row[], title: string): Table & ShowsItself {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const last = LAST.filter((name) => names.includes(name));
  const columns = [...names.filter((name) => !last.includes(name)), ...last];
  const more = rows.length > MOST_ROWS ? `; ${MOST_ROWS} of ${rows.length} are shown` : "";
  const cells = rows.slice(0, MOST_ROWS).map((row) => columns.map((name) => cellOf(name, row[name])));
  return table(columns, cells, title + more);
}

function cellOf(name: string, value: unknown): Cell {
  if (value === undefined || value === null) return name === "error" ? "" : null;
  if (name === "error") return firstLine(String(value));
  if (typeof value === "number") return name === "seconds" ? value.toFixed(2) : shortNumber(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}

function firstLine(text: string): string {
  const [line = ""] = text.split("\n");
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

/** "0.1235", "12,800" without its comma: as a setting is written. */
export function shortNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

const ORDER = ["running", "finished", "stopped", "diverged", "failed", "interrupted", "waiting"];

/** "48 trials: 45 finished, 1 diverged, 2 failed" */
export function summaryText(trials: readonly Told[]): string {
  const counts = ORDER.map((status) => [trials.filter((one) => one.status === status).length, status] as const);
  const parts = counts.filter(([count]) => count > 0).map(([count, status]) => `${count} ${status}`);
  return `${trials.length} ${trials.length === 1 ? "trial" : "trials"}: ${parts.join(", ")}`;
}
