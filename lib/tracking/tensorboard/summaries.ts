/** TensorBoard's messages. Source: event.proto, summary.proto and plugins/hparams/plugin_data.proto of TensorBoard. */
import { packedDoubles, writeMessage, type FieldValue } from "../../protobuf.js";
import { binned } from "../binned.js";
import { pngOf } from "../png-of.js";
import type { LoggedImage, PlainRecord, RunStatus } from "../run-log.js";

type Fields = readonly (readonly [field: number, value: FieldValue])[];

/** One tag of a step, encoded. */
export type SummaryValue = Uint8Array;

/** What the numbers of enumerations stand for. */
const [DT_FLOAT, DT_STRING, TENSOR_CLASS, SESSION_START] = [1, 7, 2, 1];
const [SUCCESS, FAILURE] = [1, 2];
/** Bytes of a text in a table: more are cut. */
const MOST_TEXT = 2000;

/** @param time ISO 8601 */
function event(time: string, step: number, rest: Fields): Uint8Array {
  return writeMessage([[1, { double: Date.parse(time) / 1000 }], [2, step], ...rest]);
}

/** What a file begins with. */
export const versionEvent = (time: string): Uint8Array => event(time, 0, [[3, "brain.Event:2"]]);

/** A run begins, or goes on: what it has of this step and later ones no longer counts. */
export const startEvent = (time: string, step: number): Uint8Array =>
  event(time, step, [[7, writeMessage([[1, SESSION_START]])]]);

export const summaryEvent = (time: string, step: number, values: readonly SummaryValue[]): Uint8Array =>
  event(time, step, [[5, writeMessage(values.map((value) => [1, value] as const))]]);

/** A number, which an event file keeps as float32. */
export const scalarValue = (tag: string, value: number): SummaryValue =>
  writeMessage([
    [1, tag],
    [2, { float: value }],
  ]);

export function imageValue(tag: string, image: LoggedImage): SummaryValue {
  const encoded = writeMessage([
    [1, image.height],
    [2, image.width],
    [3, image.channels],
    [4, pngOf(image)],
  ]);
  return writeMessage([
    [1, tag],
    [4, encoded],
  ]);
}

/**
 * The finite numbers in 30 bins of one width, as TensorBoard's own summary_v2 sorts them, and a scalar of how many were
 * not finite, where some were.
 */
export function histogramValues(tag: string, numbers: ArrayLike<number>): SummaryValue[] {
  const { edges, counts, notFinite } = binned(numbers);
  const lost = notFinite > 0 ? [scalarValue(`${tag}/not_finite`, notFinite)] : [];
  if (edges.length === 0) return lost;
  let [sum, squares] = [0, 0];
  for (let i = 0; i < numbers.length; i++) {
    if (!Number.isFinite(numbers[i]!)) continue;
    sum += numbers[i]!;
    squares += numbers[i]! ** 2;
  }
  const histogram = writeMessage([
    [1, { double: edges[0]! }],
    [2, { double: edges.at(-1)! }],
    [3, { double: numbers.length - notFinite }],
    [4, { double: sum }],
    [5, { double: squares }],
    [6, packedDoubles(edges.slice(1))],
    [7, packedDoubles(counts)],
  ]);
  const value = writeMessage([
    [1, tag],
    [5, histogram],
  ]);
  return [value, ...lost];
}

/** Data of a plugin's own. */
function pluginValue(tag: string, plugin: string, content: Uint8Array, tensor: Fields): SummaryValue {
  const data = writeMessage([
    [1, plugin],
    [2, content],
  ]);
  const metadata = writeMessage([
    [1, data],
    [4, TENSOR_CLASS],
  ]);
  return writeMessage([
    [1, tag],
    [9, metadata],
    [8, writeMessage(tensor)],
  ]);
}

/** A text, Markdown. */
export const textValue = (tag: string, text: string): SummaryValue =>
  pluginValue(tag, "text", new Uint8Array(0), [
    [1, DT_STRING],
    [2, new Uint8Array(0)],
    [8, text],
  ]);

/** A table of two columns, Markdown. */
export function tableText(rows: readonly (readonly [name: string, value: unknown])[]): string {
  const cell = (value: unknown): string => {
    const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
    const shown = text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)} …` : text;
    return shown.replace(/[\r\n]+/g, " ").replace(/[|\\`*_<>[\]]/g, "\\$&");
  };
  return ["| | |", "|---|---|", ...rows.map(([name, value]) => `| ${cell(name)} | ${cell(value)} |`)].join("\n");
}

/** What a run's settings are: a row of the hyperparameters' table. */
export function sessionStart(settings: PlainRecord, group: string, seconds: number): SummaryValue {
  const entries = Object.entries(settings).map(
    ([name, value]) =>
      [
        1,
        writeMessage([
          [1, name],
          [2, settingValue(value)],
        ]),
      ] as const,
  );
  return hparamsValue("session_start_info", 3, [...entries, [4, group], [5, { double: seconds }]]);
}

export const sessionEnd = (status: RunStatus, seconds: number): SummaryValue =>
  hparamsValue("session_end_info", 4, [
    [1, status === "failed" || status === "diverged" ? FAILURE : SUCCESS],
    [2, { double: seconds }],
  ]);

function hparamsValue(name: string, field: number, fields: Fields): SummaryValue {
  const content = writeMessage([
    [1, 0],
    [field, writeMessage(fields)],
  ]);
  return pluginValue(`_hparams_/${name}`, "hparams", content, [
    [1, DT_FLOAT],
    [2, new Uint8Array(0)],
    [5, { float: 0 }],
  ]);
}

/** A google.protobuf.Value. */
function settingValue(value: unknown): Uint8Array {
  if (typeof value === "number" && Number.isFinite(value)) return writeMessage([[2, { double: value }]]);
  if (typeof value === "boolean") return writeMessage([[4, Number(value)]]);
  return writeMessage([[3, typeof value === "string" ? value : (JSON.stringify(value) ?? String(value))]]);
}
