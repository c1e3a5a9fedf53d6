/** Frames as a traceback prints them. */
import { codeFrame } from "../../both/code-frame.js";
import { green, dim } from "../../both/paint.js";
import { packageOf, shownPath, type Frame } from "./stack.js";

/** Own frames that are printed; a deep recursion is cut in the middle. */
const MAX_OWN = 12;

/**
 * One line per own frame with a code frame under the innermost; libraries folded to one line per run, the hidden left
 * out.
 * @param framed places whose code was shown before, of an error that this one is the cause of: they are not shown again
 */
export function stackText(frames: readonly Frame[], framed = new Set<string>()): string {
  let text = "";
  let isInnermost = true;
  let own = 0;
  for (let i = 0; i < frames.length; i++) {
    const frame = frames[i] as Frame;
    if (frame.kind === "hidden") continue;
    if (frame.kind === "library") {
      const run = libraryRun(frames, i);
      text += `\n  ${dim(run.text)}`;
      i = run.last;
      continue;
    }
    const repeats = repeatsOf(frames, i);
    if (++own > MAX_OWN) return `${text}\n  ${dim("… further frames left out")}`.slice(1);
    text += `\n  ${dim("at")} ${frame.name ? `${frame.name}, ` : ""}${place(frame)}`;
    if (isInnermost && frame.text) {
      const code = framed.has(place(frame)) ? "" : codeFrame(frame.text.source, frame);
      if (code) text += `\n${code.split("\n").join("\n    ").replace(/^/, "    ")}`;
      framed.add(place(frame));
      isInnermost = false;
    }
    if (repeats > 0) text += `\n  ${dim(`… the same frame ${repeats === 1 ? "once more" : `${repeats} more times`}`)}`;
    i += repeats;
  }
  return text.slice(1);
}

function place(frame: Frame): string {
  return green(`${frame.text?.title ?? shownPath(frame.file)}:${frame.line}:${frame.column}`);
}

/** "… 3 frames in lodash", the function that the own code called named first. */
function libraryRun(frames: readonly Frame[], start: number): { readonly text: string; readonly last: number } {
  const names: string[] = [];
  let count = 0;
  let last = start;
  let entry = "";
  for (let i = start; i < frames.length && frames[i]?.kind !== "own"; i++) {
    const frame = frames[i] as Frame;
    if (frame.kind === "hidden") continue;
    const name = packageOf(frame.file);
    if (!names.includes(name)) names.push(name);
    entry = frame.name;
    last = i;
    count++;
  }
  const frameWord = count === 1 ? "1 frame" : `${count} frames`;
  return { text: `… ${frameWord} in ${names.join(", ")}${entry ? ` (${entry})` : ""}`, last };
}

function repeatsOf(frames: readonly Frame[], start: number): number {
  const first = frames[start] as Frame;
  let count = 0;
  for (let i = start + 1; i < frames.length; i++) {
    const frame = frames[i] as Frame;
    if (frame.file !== first.file || frame.line !== first.line || frame.column !== first.column) break;
    count++;
  }
  return count;
}
