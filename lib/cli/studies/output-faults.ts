/** What is wrong with the outputs that a notebook is stored with. */
import { DIGEST_OF, digestsOf, type Beside, type OutputsDigests } from "./outputs-digests.js";
import { machineTexts } from "./machine-text.js";
import {
  codeCells,
  isInjected,
  notebookFrom,
  whole,
  type NotebookCell,
  type Output,
  type Text,
} from "./notebook-file.js";

/** What a notebook may weigh with its outputs, in bytes: what GitHub and a reader's browser still show at once. */
export const MAX_BYTES = 2_000_000;
/** What a value may be as bare text, in characters: two screens. Above it is a dump that nobody reads. */
const MAX_BARE_TEXT = 5_000;
/** A picture as letters, where no path is looked for. */
const PICTURE = /^image\/(?!svg)|^application\/pdf$/;

/** Whether a notebook holds outputs, or says that it does. */
export function hasOutputs(text: string): boolean {
  const notebook = notebookFrom(text);
  const shown = codeCells(notebook).some(({ outputs = [] }) => outputs.length > 0);
  return shown || notebook.metadata.saccade?.outputs !== undefined;
}

/**
 * @param text the notebook's file
 * @param beside its claims and its stored result's measures, as they are now
 * @returns a line for each fault; none where its outputs are whole, in order, its own, and tell of no machine
 */
export function outputFaults(text: string, beside: Beside): string[] {
  const notebook = notebookFrom(text);
  const bytes = Buffer.byteLength(text);
  const code = codeCells(notebook);
  return [
    ...staleness(notebook.metadata.saccade?.outputs, digestsOf(notebook, beside)),
    ...(notebook.cells.some(isInjected) ? ["it holds the cell by which a runner set its parameters"] : []),
    ...code.flatMap((cell, index) => orderFault(cell, index + 1)),
    ...code.flatMap((cell, index) => cellFaults(cell, index + 1)),
    ...(bytes > MAX_BYTES ? [`it weighs ${megabytes(bytes)}, above ${megabytes(MAX_BYTES)}: ${heaviest(code)}`] : []),
  ];
}

/** "2.31 MB" */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}

/** The cells whose outputs weigh most. */
function heaviest(code: readonly NotebookCell[]): string {
  const weights = code.map(({ outputs = [] }, index) => ({ cell: index + 1, bytes: JSON.stringify(outputs).length }));
  const most = weights.sort((one, other) => other.bytes - one.bytes).slice(0, 3);
  return `code cells ${most.map(({ cell, bytes }) => `${cell} with ${megabytes(bytes)}`).join(", ")}`;
}

function staleness(stored: unknown, now: OutputsDigests): string[] {
  if (typeof stored !== "object" || stored === null) return ["its outputs were not written by studies --write"];
  const then = stored as Partial<OutputsDigests>;
  const changed = (Object.keys(DIGEST_OF) as (keyof OutputsDigests)[]).filter((part) => then[part] !== now[part]);
  return changed.map((part) => `its outputs are stale: ${DIGEST_OF[part]} changed since they were written`);
}

function orderFault({ execution_count: count, outputs = [] }: NotebookCell, position: number): string[] {
  const counts = [count, ...outputs.flatMap((one) => ("execution_count" in one ? [one["execution_count"]] : []))];
  const other = counts.find((one) => one !== position);
  if (counts.every((one) => one === position)) return [];
  return [`code cell ${position} was not executed in order: its count is ${String(other)}`];
}

function cellFaults({ outputs = [], metadata }: NotebookCell, position: number): string[] {
  const cell = `code cell ${position}`;
  const telling = [...new Set(outputs.flatMap((output) => texts(output)).flatMap((text) => machineTexts(text)))];
  return [
    ...outputs.flatMap((one) => (one.output_type === "error" ? [`${cell} ended with an error: ${one["ename"]}`] : [])),
    ...(telling.length > 0 ? [`${cell} shows where it ran: ${telling.slice(0, 3).join(", ")}`] : []),
    ...("execution" in metadata ? [`${cell} holds the times at which it ran`] : []),
    ...outputs.flatMap((output) => dumpFault(output, cell)),
    ...(outputs.some(lacksPicture) ? [`${cell} shows a figure without a still picture`] : []),
  ];
}

/** A cell's value that is shown as pages of text, for want of another form. */
function dumpFault({ output_type, data = {} }: Output, cell: string): string[] {
  const length = whole((data["text/plain"] ?? "") as Text).length;
  if (output_type !== "execute_result" || Object.keys(data).length > 1 || length <= MAX_BARE_TEXT) return [];
  return [
    `${cell} ends in a value of ${length} characters of text: it is to be kept in a variable, or shown as a table`,
  ];
}

function lacksPicture({ data = {} }: Output): boolean {
  const types = Object.keys(data);
  return types.some((type) => /plotly/.test(type)) && !types.some((type) => type.startsWith("image/"));
}

/** Every text in an output, wherever it stands. */
function texts(value: unknown, type = ""): string[] {
  if (PICTURE.test(type)) return [];
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return [whole(value)];
  return Object.entries(value).flatMap(([key, item]) => texts(item, Array.isArray(value) ? type : key));
}
