/** `withHints(…)`: what a reader of an error may do about it, a line each. Asked only where there is an error. */
import type { Diagnostic } from "../contract.js";
import { HINTS, type Place } from "./hint-table.js";

/** The findings with their hints: at most one from the table each, and no line twice. */
export function withHints(source: string, findings: readonly Diagnostic[], mayBeTensor = false): Diagnostic[] {
  const told = new Set<string>();
  return findings.map((finding) => {
    const text = finding.file?.source ?? source;
    const all = [...(finding.hints ?? []), ...tableHint(text, finding, mayBeTensor)];
    const hints = all.filter((hint) => !told.has(hint) && told.add(hint));
    return hints.length > 0 || finding.hints ? { ...finding, hints } : finding;
  });
}

function tableHint(source: string, { code, message, start, end }: Diagnostic, mayBeTensor: boolean): string[] {
  const from = start === 0 ? 0 : source.lastIndexOf("\n", start - 1) + 1;
  const to = lineEnd(source, start);
  const common = { message, source, mayBeTensor };
  const own: Place = {
    ...common,
    text: source.slice(start, end),
    line: source.slice(from, to),
    before: source.slice(from, start),
    after: source.slice(start, to),
  };
  const above = source.slice(0, from).trimEnd().split("\n").at(-1) ?? "";
  const aboveIt: Place = { ...common, text: "", line: above, before: above, after: "" };
  for (const { codes, hint } of HINTS) {
    const found = codes.test(code) ? hint(own) : undefined;
    if (found !== undefined) return [found];
  }
  for (const { codes, hint, above: asked } of HINTS) {
    const found = asked === true && codes.test(code) ? hint(aboveIt) : undefined;
    if (found !== undefined) return [found];
  }
  return [];
}

function lineEnd(source: string, from: number): number {
  const end = source.indexOf("\n", from);
  return end < 0 ? source.length : end;
}
