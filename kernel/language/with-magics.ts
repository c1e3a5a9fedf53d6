/**
 * Magics: the lines before a cell's first statement that start with `%` (which no TypeScript can), or say one of the
 * known names in a comment (`// %%time`). `withMagics(language)` is a Language that knows them: it checks and runs the
 * rest of the cell at unchanged positions, and hands the magics on in `PreparedCell.magics` to runtime/run-magics.ts.
 */
import type { Completion, Diagnostic, Language, Magic } from "../contract.js";
import { withHints } from "./hints.js";
import { MAGICS, magicNames, percents, type MagicInfo } from "../source/magic-names.js";

/** A cell whose magics have been taken out. */
export interface SplitCell {
  /** The cell with its magics blanked out: every position the same. */
  readonly text: string;
  readonly magics: readonly Magic[];
  /** TypeScript to be put in at this offset, in a magic's own line: what `%%capture name` declares. */
  readonly inserted: { readonly at: number; readonly text: string } | undefined;
  /** Unknown magics, and known ones used wrongly. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Finds the magics at the head of a cell. */
export function splitMagics(source: string): SplitCell {
  const magics: Magic[] = [];
  const diagnostics: Diagnostic[] = [];
  let text = source;
  let inserted: SplitCell["inserted"];
  for (let at = 0; at < source.length;) {
    const end = lineEnd(source, at);
    const line = source.slice(at, end);
    if (/^\s*\/\*/.test(line)) {
      const close = source.indexOf("*/", at + line.indexOf("/*") + 2);
      if (close < 0 || source.slice(close + 2, lineEnd(source, close)).trim() !== "") break;
      at = lineEnd(source, close) + 1;
      continue;
    }
    const found = magicLine(line);
    if (found === "code") break;
    if (found !== "nothing") {
      const info = MAGICS.get(found.name);
      const problem = info ? misuse(found, info) : unknown(found);
      const start = at + found.column;
      if (problem) {
        diagnostics.push({
          severity: "error",
          code: "SyntaxError",
          message: problem,
          start,
          end: start + found.signs.length + found.name.length,
        });
      } else if (info?.body) {
        magics.push({ name: found.name, args: found.args, body: source.slice(end + 1) });
        return { text: blank(source, 0, source.length), magics, inserted, diagnostics };
      } else {
        magics.push({ name: found.name, args: found.args });
        if (found.name === "capture" && found.args)
          inserted = { at: end, text: ` const ${found.args} = capturedOutput();` };
      }
      text = blank(text, at, end);
    }
    at = end + 1;
  }
  return { text, magics, inserted, diagnostics };
}

/** `language`, with magics. */
export function withMagics(language: Language): Language {
  return {
    start: () => language.start(),
    commit: (id, live) => language.commit(id, live),
    names: () => language.names(),
    reset: () => language.reset(),
    close: () => language.close(),
    async prepare(source, options) {
      const { text, magics, inserted, diagnostics } = splitMagics(source);
      if (diagnostics.length > 0) {
        const hinted = withHints(source, diagnostics);
        return { ok: false, source, fileName: `cell-${options.id}.ts`, diagnostics: hinted };
      }
      if (magics.some(({ name }) => name === "reset")) language.reset();
      const preparation = await language.prepare(
        inserted ? text.slice(0, inserted.at) + inserted.text + text.slice(inserted.at) : text,
        options,
      );
      const here = (finding: Diagnostic): Diagnostic =>
        withHint(source, inserted ? movedBack(finding, inserted.at, inserted.text.length) : finding);
      if (!preparation.ok) return { ...preparation, source, diagnostics: preparation.diagnostics.map(here) };
      if (magics.length === 0) return preparation;
      const filled: Magic[] = [];
      for (const magic of magics)
        filled.push(/^whos?$/.test(magic.name) ? { ...magic, names: await language.names() } : magic);
      return {
        ok: true,
        cell: { ...preparation.cell, source, magics: filled, warnings: preparation.cell.warnings.map(here) },
      };
    },
    async complete(source, offset) {
      return completeMagic(source, offset) ?? language.complete(splitMagics(source).text, offset);
    },
    async inspect(source, offset, detail) {
      const line = source.slice(lineStart(source, offset), lineEnd(source, offset));
      const found = isHead(source, offset) ? magicLine(line) : "code";
      const info = typeof found === "object" ? MAGICS.get(found.name) : undefined;
      if (typeof found !== "object" || !info) return language.inspect(splitMagics(source).text, offset, detail);
      return {
        data: { "text/plain": `${percents(info)}${found.name}${info.args ? ` ${info.args}` : ""}\n${info.help}` },
        metadata: {},
      };
    },
    isComplete(source) {
      const { text, magics, diagnostics } = splitMagics(source);
      if (diagnostics.length > 0) return { status: "invalid", indent: "" };
      if (magics.some(({ body }) => body !== undefined))
        return { status: /\n\s*\n$/.test(source) ? "complete" : "incomplete", indent: "" };
      if (magics.length === 0 || text.trim() !== "") return language.isComplete(text);
      const waits = magics.some(({ name }) => MAGICS.get(name)?.kind === "cell");
      return { status: waits ? "incomplete" : "complete", indent: "" };
    },
  };
}

interface MagicLine {
  readonly signs: string;
  readonly name: string;
  readonly args: string;
  readonly column: number;
}

/** What a line before the first statement is. */
function magicLine(line: string): MagicLine | "nothing" | "code" {
  const trimmed = line.trim();
  if (trimmed === "") return "nothing";
  const comment = /^(\s*\/\/\s?)(%{1,2})([a-z]+)(?:\s+(.*?))?\s*$/.exec(line);
  if (comment) {
    const [, head = "", signs = "", name = "", args = ""] = comment;
    const info = MAGICS.get(name);
    // Anything that is not exactly a magic is a comment, after all.
    return info && !info.body && percents(info) === signs && !misuse({ signs, name, args, column: 0 }, info)
      ? { column: head.length, signs, name, args }
      : "nothing";
  }
  if (trimmed.startsWith("//")) return "nothing";
  const match = /^(\s*)(%{1,2})([^\s%]*)\s*(.*?)\s*$/.exec(line);
  if (!match) return "code";
  const [, indent = "", signs = "", name = "", args = ""] = match;
  return { column: indent.length, signs, name, args };
}

function unknown({ signs, name }: MagicLine): string {
  return `Unknown magic ${signs}${name}. Known magics: ${magicNames().join(", ")}`;
}

function misuse({ signs, name, args }: MagicLine, info: MagicInfo): string | null {
  if (signs !== percents(info))
    return info.kind === "cell"
      ? `${signs}${name}: is about a whole cell, write %%${name} before the cell's first statement`
      : `${signs}${name}: is a line's magic, write %${name}`;
  if (name === "capture" && args !== "" && !/^[A-Za-z_$][\w$]*$/.test(args))
    return `%%capture: needs the name of a variable or nothing, got ${args}`;
  if (info.args === undefined && args !== "") return `${signs}${name}: takes nothing behind it, got ${args}`;
  if (info.required && args === "") return `${signs}${name}: needs ${info.args}, got nothing`;
  return null;
}

/** A magic after the first statement is TypeScript that fails: says where magics stand. */
function withHint(source: string, finding: Diagnostic): Diagnostic {
  if (finding.file !== undefined) return finding;
  const name = /^\s*%{1,2}(\w+)/.exec(
    source.slice(lineStart(source, finding.start), lineEnd(source, finding.start)),
  )?.[1];
  if (name === undefined || !MAGICS.has(name)) return finding;
  return { ...finding, message: `${finding.message} (a magic stands before the cell's first statement)` };
}

/** The finding's place before `length` characters were put in at `at`. */
function movedBack(finding: Diagnostic, at: number, length: number): Diagnostic {
  if (finding.file !== undefined) return finding;
  const back = (offset: number): number => (offset <= at ? offset : Math.max(at, offset - length));
  return { ...finding, start: back(finding.start), end: back(finding.end) };
}

function completeMagic(source: string, offset: number): Completion | null {
  const typed = /^\s*(%{1,2}\w*)$/.exec(source.slice(lineStart(source, offset), offset))?.[1];
  if (typed === undefined || !isHead(source, offset)) return null;
  const items = magicNames().filter((name) => name.startsWith(typed) || name.startsWith(`%${typed}`));
  return { items: items.map((text) => ({ text, type: "magic" })), start: offset - typed.length, end: offset };
}

/** Whether nothing but magics, comments and blank lines stands above the line of `offset`. */
function isHead(source: string, offset: number): boolean {
  const above = source.slice(0, lineStart(source, offset));
  const { text, magics } = splitMagics(above);
  return magics.every(({ body }) => body === undefined) && text.replace(/\/\/.*|\/\*[^]*?\*\//g, "").trim() === "";
}

/** `source` with its characters from `start` to `end` as spaces, line ends kept. */
function blank(source: string, start: number, end: number): string {
  return source.slice(0, start) + source.slice(start, end).replace(/[^\r\n]/g, " ") + source.slice(end);
}

function lineEnd(source: string, from: number): number {
  const end = source.indexOf("\n", from);
  return end < 0 ? source.length : end;
}

function lineStart(source: string, from: number): number {
  return from === 0 ? 0 : source.lastIndexOf("\n", from - 1) + 1;
}
