/** `npm run studies -- NAME --write`: an executed notebook's outputs, put into the notebook itself. */
import { readFileSync } from "node:fs";
import { RESULT_MIME } from "../../study/report.js";
import { writeWholeSync } from "../../files/write-whole.js";
import { MAX_BYTES, megabytes, outputFaults } from "./output-faults.js";
import { machineTexts } from "./machine-text.js";
import { digestsOf, type Beside } from "./outputs-digests.js";
import {
  codeCells,
  isInjected,
  linesOf,
  notebookFrom,
  notebookText,
  whole,
  type NotebookCell,
  type NotebookFile,
  type Output,
  type Text,
} from "./notebook-file.js";

/** Still pictures. What has a PNG loses least where the rest of it goes: JupyterLab shows it as it stands. */
const [PNG, SVG] = ["image/png", "image/svg+xml"];
/** Left out: the result lies in notebooks/results, and the PDF, which LaTeX reads, weighs as much as the picture. */
const LEFT_OUT = ["application/pdf", RESULT_MIME];
/** What a page draws with a script. It goes where it makes a notebook too heavy, and the still picture stays. */
const LIVE = ["application/vnd.plotly.v1+json", "text/html"];

/** What a still figure costs: its SVG could hold a script, and JupyterLab shows the figure's text in its place. */
const TRUST = "JupyterLab shows these in a notebook that is trusted, or was run";

/** What became of a notebook. */
export interface Written {
  /** What keeps its outputs from being written; empty where they were. */
  readonly faults: readonly string[];
  /** What the notebook weighs now, in words, and how many figures are still only. */
  readonly says: string;
}

/**
 * Writes the outputs of a passed run at the default parameters into its notebook; nothing where it would then be
 * refused by verify-results.
 * @param before the notebook's file as the run began
 */
export function writeOutputs(notebook: string, executed: string, before: string, beside: Beside): Written {
  const now = notebookFrom(readFileSync(notebook, "utf8"));
  const ran = notebookFrom(readFileSync(executed, "utf8"));
  const sources = (of: NotebookFile): string => JSON.stringify(codeCells(of).map(({ source }) => whole(source)));
  if (sources(now) !== sources(notebookFrom(before)))
    return { faults: ["its code was changed while it ran"], says: "" };
  const { text, still } = lightened(withOutputs(now, ran), beside);
  const faults = outputFaults(text, beside);
  if (faults.length === 0) writeWholeSync(notebook, text);
  const only = still === 0 ? "" : `, ${still} of its figures still only, as they would make it too heavy: ${TRUST}`;
  return { faults, says: `${megabytes(Buffer.byteLength(text))}${only}` };
}

/** The notebook with the executed one's outputs, as GitHub and a reader's page can show them. */
function withOutputs(notebook: NotebookFile, executed: NotebookFile): NotebookFile {
  const ran = codeCells(executed);
  let position = 0;
  const cells = notebook.cells
    .filter((cell) => !isInjected(cell))
    .map((cell): NotebookCell => {
      if (cell.cell_type !== "code") return cell;
      const outputs = (ran[position++]?.outputs ?? []).flatMap((output) => cleaned(output, position));
      const { execution: _times, ...metadata } = cell.metadata;
      return { ...cell, metadata, execution_count: position, outputs: joinedStreams(outputs) };
    });
  return { ...notebook, cells };
}

function cleaned({ output_type, name, text, data, ...rest }: Output, position: number): Output[] {
  if (output_type === "stream") return printed(name ?? "stdout", whole(text));
  if (data === undefined) return [{ output_type, ...rest }]; // an error
  if (RESULT_MIME in data) return []; // it is handed over, not shown
  const kept = Object.entries(data).filter(([type]) => !LEFT_OUT.includes(type));
  const bundle = Object.fromEntries(kept.map(([type, value]) => [type, asLines(type, value)]));
  const count = output_type === "execute_result" ? { execution_count: position } : {};
  return kept.length === 0 ? [] : [{ output_type, metadata: {}, data: bundle, ...count }];
}

/**
 * What was printed, but for the lines on stderr that tell of the machine: where an archive is unpacked at first, say.
 */
function printed(name: string, text: string): Output[] {
  const lines = text.split(/(?<=\n)/);
  const kept = name === "stderr" ? lines.filter((line) => machineTexts(line).length === 0) : lines;
  return kept.length === 0 ? [] : [{ output_type: "stream", name, text: kept.join("") }];
}

/** A text by its lines, so that a difference is seen in a review; JSON as it is. */
function asLines(type: string, value: unknown): unknown {
  if (type.endsWith("json") || typeof value !== "string") return value;
  return /^image\/(?!svg)/.test(type) ? value : linesOf(value);
}

/** What was printed one after the other on the same stream is one output. */
function joinedStreams(outputs: readonly Output[]): Output[] {
  const joined: Output[] = [];
  for (const output of outputs) {
    const last = joined.at(-1);
    if (output.output_type === "stream" && last?.output_type === "stream" && last.name === output.name)
      joined[joined.length - 1] = { ...last, text: whole(last.text) + whole(output.text) };
    else joined.push(output);
  }
  return joined.map((one) => (one.text === undefined ? one : { ...one, text: linesOf(one.text as Text) }));
}

/** Its file; figures become still, those with a PNG first and the heaviest first, until it is light enough. */
function lightened(notebook: NotebookFile, beside: Beside): { readonly text: string; readonly still: number } {
  let light = notebook;
  for (let still = 0; ;) {
    const text = notebookText(stamped(light, beside));
    const all = light.cells.flatMap(({ outputs = [] }) => outputs.map(({ data = {} }) => data));
    const heaviest = [PNG, SVG]
      .map((type) => ({ type, weight: Math.max(0, ...all.map((data) => weightBeside(type, data))) }))
      .find(({ weight }) => weight > 0);
    if (Buffer.byteLength(text) <= MAX_BYTES || heaviest === undefined) return { text, still };
    const { type, weight } = heaviest;
    light = withStill(light, ({ data = {} }) => weightBeside(type, data) === weight);
    if (type === SVG) still++;
  }
}

/** What a figure weighs beside its still picture of this type; 0 where it has none. */
function weightBeside(type: string, data: NonNullable<Output["data"]>): number {
  if (!(type in data)) return 0;
  return LIVE.reduce((sum, live) => sum + (JSON.stringify(data[live]) ?? "").length, 0);
}

function withStill(notebook: NotebookFile, isHeavy: (output: Output) => boolean): NotebookFile {
  const stilled = ({ data = {}, ...rest }: Output): Output => {
    return { ...rest, data: Object.fromEntries(Object.entries(data).filter(([type]) => !LIVE.includes(type))) };
  };
  const cells = notebook.cells.map((cell) =>
    cell.outputs ? { ...cell, outputs: cell.outputs.map((one) => (isHeavy(one) ? stilled(one) : one)) } : cell,
  );
  return { ...notebook, cells };
}

/** With the digests of what its outputs were made from. */
function stamped(notebook: NotebookFile, beside: Beside): NotebookFile {
  const { saccade = {} } = notebook.metadata;
  const outputs = digestsOf(notebook, beside);
  return { ...notebook, metadata: { ...notebook.metadata, saccade: { ...saccade, outputs } } };
}
