import { escapeHtml } from "../escape-html.js";
import { broadcast, outputInPlace, type Broadcast } from "../host.js";
import { progressBundle } from "../shown.js";

/** How far a job is, in one line. */
export interface ProgressLine {
  /** The line as it stands, and how much of how much is done; the whole is undefined where nobody knows it. */
  update(text: () => string, done: number, whole: number | undefined): void;
  /** Something the reader should know, kept. */
  note(text: string): void;
  /** Ends the line, with a last word where there is one. */
  end(text?: string): void;
}

const UPDATE_MS = { notebook: 250, terminal: 100, elsewhere: 10_000 };
/** A notebook shows nothing of what takes less. */
const PATIENCE_MS = 1_000;

/**
 * In a notebook one output of the running cell with a bar, on a terminal one line, both updated in place; elsewhere a
 * line every ten seconds. What is not a notebook's output is written to standard error, notes everywhere.
 */
export function progressLine(stream: NodeJS.WriteStream = process.stderr): ProgressLine {
  const publish = broadcast();
  if (publish) return inNotebook(publish, stream);
  return stream.isTTY ? onTerminal(stream) : inLog(stream);
}

/** Calls with the newest line at most once in so many milliseconds, the first time after `patience`. */
function throttled(everyMs: number, patience: number, act: ProgressLine["update"]): ProgressLine["update"] {
  let nextMs = performance.now() + patience;
  return (...line) => {
    if (performance.now() < nextMs) return;
    nextMs = performance.now() + everyMs;
    act(...line);
  };
}

function inNotebook(publish: Broadcast, stream: NodeJS.WriteStream): ProgressLine {
  const output = outputInPlace(publish);
  let last: Parameters<ProgressLine["update"]> | undefined;
  let open = false;
  const show: ProgressLine["update"] = (text, done, whole) => {
    output(progressBundle([text()], done, whole));
    open = true;
  };
  const showSome = throttled(UPDATE_MS.notebook, PATIENCE_MS, show);
  return {
    update(...line) {
      last = line;
      showSome(...line);
    },
    note: (text) => void stream.write(`${text}\n`),
    end(text) {
      if (!open) return;
      if (text !== undefined) output({ "text/html": escapeHtml(text), "text/plain": text });
      else show(...last!);
    },
  };
}

function onTerminal(stream: NodeJS.WriteStream): ProgressLine {
  let open = false;
  const newLine = (text: string): void => {
    stream.write(`${open ? "\n" : ""}${text}\n`);
    open = false;
  };
  return {
    update: throttled(UPDATE_MS.terminal, 0, (text) => {
      stream.write(`\r\x1b[K${text().slice(0, Math.max(1, (stream.columns || 80) - 1))}`);
      open = true;
    }),
    note: newLine,
    end(text) {
      if (text !== undefined) newLine(text);
      else if (open) stream.write("\n");
      open = false;
    },
  };
}

function inLog(stream: NodeJS.WriteStream): ProgressLine {
  const note = (text: string): void => void stream.write(`${text}\n`);
  return {
    update: throttled(UPDATE_MS.elsewhere, UPDATE_MS.elsewhere, (text) => note(text())),
    note,
    end: (text) => (text === undefined ? undefined : note(text)),
  };
}
