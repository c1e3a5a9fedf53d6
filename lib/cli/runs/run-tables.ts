/** Runs as tables in a terminal. */
import { grouped } from "../../shown.js";
import { flattened } from "../../tracking/flattened.js";
import { mainResult } from "../../tracking/runs-table.js";
import { alignColumns } from "../models/columns.js";
import type { RunLine } from "./recorded-runs.js";
import { runDifferences, type Difference } from "./run-differences.js";

/** A line a run. */
export function listText(lines: readonly RunLine[]): string {
  const head = ["run", "began", "status", "model", "config", "data", "steps", "time", "result", "machine"];
  const rows = lines.map((line) => [
    line.id,
    line.time.slice(0, 16).replace("T", " "),
    line.status,
    textOf(line.model["name"]),
    configText(line),
    textOf(line.data["name"] ?? line.data["label"], 32),
    line.steps === null ? "–" : grouped(line.steps),
    durationText(line.seconds),
    resultText(line),
    [line.machine["cpu"], `${textOf(line.machine["cores"])} cores`].map((part) => textOf(part, 28)).join(", "),
  ]);
  return alignColumns(
    [head, ...rows],
    ["left", "left", "left", "left", "left", "left", "right", "right", "left", "left"],
  );
}

/** What of a config stands in a line of the list, and what of one that has none of these: its first settings. */
const SETTINGS = ["epochs", "batchSize", "learningRate", "optimizer.name", "seed"];
const FIRST = 4;

function configText({ config }: RunLine): string {
  const all = flattened(config).filter(([, value]) => value === null || typeof value !== "object");
  const main = all.filter(([name]) => SETTINGS.includes(name));
  const own = all.filter(([name]) => !name.includes(".")).slice(0, FIRST);
  const texts = (main.length > 2 ? main : own).map(([name, value]) =>
    name === "optimizer.name" ? textOf(value) : `${name} ${textOf(value, 12)}`,
  );
  return texts.length === 0 ? "–" : texts.join(", ");
}

function resultText({ status, result, last }: RunLine): string {
  const found = mainResult(status, { ...last, ...result });
  return found === undefined ? "–" : `${found.name} ${textOf(found.value, 40)}`;
}

/** All of one run. */
export function showText(line: RunLine): string {
  const { config, data, model, machine, versions, result, last, artifacts } = line;
  const { id, name, time, status, seconds, steps, command, commit, file } = line;
  const rows: (readonly [string, unknown])[] = [
    ...Object.entries({
      run: id,
      name,
      status,
      began: time,
      time: durationText(seconds),
      steps,
      command,
      commit,
      file,
    }),
    ...named("config", config),
    ...named("data", data),
    ...named("model", model),
    ...named("machine", machine),
    ...named("version", versions),
    ...named("last", last),
    ...named("result", result),
    ...named("file", artifacts),
  ];
  return alignColumns([["", ""], ...rows.map(([key, value]) => [key, textOf(value, 90)])], ["left", "left"])
    .split("\n")
    .slice(2)
    .join("\n");
}

const named = (what: string, record: Readonly<Record<string, unknown>>): (readonly [string, unknown])[] =>
  flattened(record).map(([key, value]) => [`${what} ${key}`, value]);

/** Two runs beside each other: what differs. */
export function diffText(a: RunLine, b: RunLine): string {
  const { config, circumstances, result, same } = runDifferences(a, b);
  const part = (title: string, rows: readonly Difference[]): string[][] =>
    rows.map((row, i) => [i === 0 ? title : "", row.name, textOf(row.a, 40), textOf(row.b, 40), changeText(row)]);
  const rows = [...part("config", config), ...part("ran with", circumstances), ...part("result", result)];
  const table = alignColumns([["", "", a.id, b.id, "change"], ...rows], ["left", "left", "right", "right", "right"]);
  const none = config.length === 0 ? "\n\nNo setting differs." : "";
  return `${table}${none}\n\n${same} settings and circumstances are the same.`;
}

function changeText({ a, b }: Difference): string {
  if (typeof a !== "number" || typeof b !== "number" || a === b) return "";
  const by = b - a;
  return `${by < 0 ? "−" : "+"}${shortly(Math.abs(by))}`;
}

function textOf(value: unknown, most: number = 24): string {
  if (value === undefined || value === null) return "–";
  const text = typeof value === "number" ? shortly(value) : withoutControls(value);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** A text of a file, which may be anybody's, on one line and without what a terminal would obey. */
function withoutControls(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, " ");
}

function shortly(value: number): string {
  return Number.isInteger(value) ? grouped(value) : String(Number(value.toPrecision(5)));
}

function durationText(seconds: number): string {
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  if (seconds < 6000) return `${(seconds / 60).toFixed(1)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
