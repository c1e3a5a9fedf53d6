/** Findings of the parser and the checker as a Jupyter error: position in the cell and the lines around it. */
import type { Diagnostic } from "../contract.js";

const LINES_AROUND = 2;

export interface Described {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** The first error names the whole; every finding has its code frame in the traceback. */
export function describeDiagnostics(of: { readonly source: string; readonly fileName: string; readonly diagnostics: readonly Diagnostic[] }): Described {
  const first = of.diagnostics.find(({ severity }) => severity === "error") ?? of.diagnostics[0];
  return {
    ename: first?.code ?? "SyntaxError",
    evalue: first?.message ?? "the cell cannot be run",
    traceback: of.diagnostics.map((diagnostic) => describeOne(diagnostic, of.source, of.fileName)),
  };
}

function describeOne({ severity, code, message, start, end }: Diagnostic, source: string, fileName: string): string {
  const before = source.slice(0, start).split("\n");
  const line = before.length;
  const column = before.at(-1)!.length + 1;
  const colour = severity === "error" ? 31 : 33;
  const head = `\u001b[${colour}m${code}\u001b[0m: ${message}\n    at ${fileName}:${line}:${column}`;
  return `${head}\n${codeFrame(source, line, column, Math.max(1, end - start), colour)}`;
}

function codeFrame(source: string, line: number, column: number, length: number, colour: number): string {
  const lines = source.split("\n");
  const first = Math.max(1, line - LINES_AROUND);
  const last = Math.min(lines.length, line + LINES_AROUND);
  const width = String(last).length;
  const rows: string[] = [];
  for (let number = first; number <= last; number++) {
    const text = lines[number - 1]!;
    rows.push(`${number === line ? "> " : "  "}${String(number).padStart(width)} | ${text}`);
    if (number !== line) continue;
    const marks = Math.max(1, Math.min(length, text.length - column + 1));
    rows.push(`  ${" ".repeat(width)} | ${text.slice(0, column - 1).replace(/[^\t]/g, " ")}\u001b[${colour}m${"^".repeat(marks)}\u001b[0m`);
  }
  return rows.join("\n");
}
