/** What a cell's error message says of findings of the parser or the type checker. */
import type { Diagnostic } from "../contract.js";
import { codeFrame } from "./code-frame.js";
import type { ErrorDescription } from "./error-description.js";
import { bold, dim, green, red, yellow } from "./paint.js";

const MAX_SHOWN = 10;

/**
 * Name, message and traceback of a cell that was not run: each finding with its position and a code frame.
 * @param source the cell's own text
 * @param title how the reader knows the cell, e.g. "Cell [12]"
 * @returns ename "SyntaxError" where the text does not parse, else "TypeCheckError"; evalue the first message
 */
export function describeDiagnostics(
  source: string,
  diagnostics: readonly Diagnostic[],
  title: string,
): ErrorDescription {
  const errors = diagnostics.filter((finding) => finding.severity === "error");
  const shown = errors.length > 0 ? errors : diagnostics;
  const ename = shown.some((finding) => finding.code === "SyntaxError") ? "SyntaxError" : "TypeCheckError";
  const [first] = shown;
  const evalue = first === undefined ? "the cell was refused without a reason" : placeOf(first) + first.message;
  const traceback = [`${bold(red(ename))}: ${evalue}`];
  for (const [i, finding] of shown.slice(0, MAX_SHOWN).entries()) {
    traceback.push(...findingText(source, finding, title, i === 0 ? "" : `: ${finding.message}`).split("\n"));
  }
  if (shown.length > MAX_SHOWN) traceback.push(dim(`… ${shown.length - MAX_SHOWN} more`));
  return { ename, evalue, traceback };
}

/** Warnings as one text for stderr: the same frames, nothing stopped. */
export function warningText(source: string, warnings: readonly Diagnostic[], title: string): string {
  let text = "";
  for (const finding of warnings.slice(0, MAX_SHOWN))
    text += `${findingText(source, finding, title, `: ${finding.message}`)}\n`;
  return warnings.length > MAX_SHOWN ? `${text}… ${warnings.length - MAX_SHOWN} more\n` : text;
}

/** "tools/add.ts:3: " where that is not in the cell itself. */
function placeOf({ file, start }: Diagnostic): string {
  return file === undefined ? "" : `${file.title}:${positionOf(file.source, start).line}: `;
}

function findingText(cell: string, finding: Diagnostic, cellTitle: string, message: string): string {
  const { source, title } = finding.file ?? { source: cell, title: cellTitle };
  const start = Math.max(0, Math.min(finding.start, source.length));
  const { line, column } = positionOf(source, start);
  const lineEnd = source.slice(start).search(/[\n\r]|$/);
  const length = Math.max(1, Math.min(finding.end - start, lineEnd));
  const word = finding.severity === "error" ? red("error") : yellow("warning");
  const code = finding.code === "SyntaxError" ? "" : ` ${finding.code}`;
  const frame = codeFrame(source, { line, column, length }).split("\n").join("\n    ");
  const finds = code === "" && message === "" ? "" : ` ${word}${dim(code)}${message}`;
  const hints = (finding.hints ?? []).map((hint) => `\n    hint: ${hint.replaceAll("\n", "\n    ")}`).join("");
  return `  ${dim("at")} ${green(`${title}:${line}:${column}`)}${finds}\n    ${frame}${hints}`;
}

/** Line and column from 1 of a UTF-16 offset. */
export function positionOf(source: string, offset: number): { readonly line: number; readonly column: number } {
  const before = source.slice(0, offset).split(/\r\n|[\n\r\u2028\u2029]/);
  return { line: before.length, column: (before[before.length - 1] as string).length + 1 };
}
