/** What is known about a name: its type and its documentation, as Markdown and as plain text. */
import type { Bundle, Language } from "../contract.js";
import { CheckedText } from "./checked-text.js";
import type { Context } from "./question-context.js";
import { readable } from "./readable-messages.js";
import type { Position, Server, ServerFinding } from "./server.js";
import { TextPositions } from "./text-positions.js";
import { calleeAt } from "../source/callee.js";
import { isWordPart, parseUnfinished } from "../source/unfinished.js";
import { readFileSync } from "node:fs";
import { sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Lines of a declaration that are shown. */
const SOURCE_LINES = 60;

/** LSP's Location or LocationLink. */
interface Place {
  readonly uri?: string;
  readonly range?: Range;
  readonly targetUri?: string;
  readonly targetRange?: Range;
  readonly targetSelectionRange?: Range;
}
interface Range {
  readonly start: Position;
  readonly end: Position;
}
interface Hover {
  readonly contents: { readonly value: string } | string;
}
/** What the server tells of a place in the checked text. */
interface Shown {
  readonly position: Position;
  readonly markdown: string;
}

/**
 * The type of the name at the offset, with what is written above its declaration. Where there is no name, it is the
 * one that the call around the offset calls.
 *
 * @returns null where there is neither, and of a name that is declared nowhere
 */
export async function inspect(
  { folder, workspace, server, registry, checker }: Context,
  source: string,
  offset: number,
  detail: 0 | 1 = 0,
): Promise<Bundle | null> {
  const cell = parseUnfinished(source, offset);
  const checked = new CheckedText(cell, registry, folder);
  checker.refresh(checked);
  const positions = new TextPositions(checked.text);
  const document = workspace.document(cell.lang, checked.project);
  const hoverAt = async (at: number | undefined): Promise<Shown | undefined> => {
    if (at === undefined) return undefined;
    const position = positions.position(checked.fromSource(at));
    const hover = await server.ask<Hover | null>(document, checked.text, "textDocument/hover", { position });
    return hover === null ? undefined : { position, markdown: markdownOf(hover, folder, workspace.cells) };
  };
  // nothing is told of a word in quotes or a comment, nor of a number: those are no names
  const shown = (await hoverAt(nameAt(source, offset))) ?? (await hoverAt(calleeAt(source, offset)));
  if (!shown || (await isUnknown(shown, { server, document, checked, positions }))) return null;
  const { position } = shown;
  let { markdown } = shown;
  const textDocument = { uri: pathToFileURL(document).href };
  const undocumented = isUndocumentedProperty(markdown);
  const place = undocumented || detail === 1 ? await definitionOf(server, textDocument, position) : undefined;
  if (place && undocumented) markdown += await documentationAt({ folder, workspace, server }, place);
  if (place && detail === 1) markdown += declarationAt({ folder, workspace }, place, checked);
  return { data: { "text/markdown": markdown, "text/plain": plain(markdown) }, metadata: {} };
}

/** The checker's words for a name that is none: among values, types, members, a namespace's, a literal's keys. */
const NO_SUCH_NAME = new Set([
  2304, 2339, 2503, 2551, 2552, 2580, 2581, 2582, 2583, 2584, 2591, 2592, 2593, 2693, 2694, 2868, 18004,
]);

/** Whether a name of type `any` has it because it, or what it is a property of, is declared nowhere. */
async function isUnknown(
  { markdown, position }: Shown,
  {
    server,
    document,
    checked: { text },
    positions,
  }: {
    readonly server: Server;
    readonly document: string;
    readonly checked: CheckedText;
    readonly positions: TextPositions;
  },
): Promise<boolean> {
  if (!/^```\w*\n[^\n]*\bany\n```\s*$/.test(markdown)) return false;
  const { items } = await server.ask<{ items: readonly ServerFinding[] }>(document, text, "textDocument/diagnostic");
  const at = positions.offset(position);
  return items.some(({ code, range }) => {
    const start = positions.offset(range.start);
    return NO_SUCH_NAME.has(code) && start <= at && /^[\p{ID_Continue}$.?!]*$/u.test(text.slice(start, at));
  });
}

/** A property of which only the type is said. */
function isUndocumentedProperty(markdown: string): boolean {
  return /^```\w*\n\(property\) [^]*\n```\s*$/.test(markdown);
}

/** Where a name was declared. */
async function definitionOf(server: Server, textDocument: object, position: Position): Promise<Place | undefined> {
  const found = await server.request<Place | readonly Place[] | null>("textDocument/definition", {
    textDocument,
    position,
  });
  return (Array.isArray(found) ? (found as readonly Place[])[0] : (found as Place | null)) ?? undefined;
}

/**
 * What is written above a property where it was declared: TypeScript 7's server says nothing of it behind a mapped
 * type, as `Partial`, `Pick` and `Required` are.
 */
async function documentationAt(
  { folder, workspace, server }: Pick<Context, "folder" | "workspace" | "server">,
  place: Place,
): Promise<string> {
  const position = (place.targetSelectionRange ?? place.targetRange ?? place.range)?.start;
  const textDocument = { uri: place.targetUri ?? place.uri };
  const hover = await server.request<Hover | null>("textDocument/hover", { textDocument, position });
  return hover === null ? "" : markdownOf(hover, folder, workspace.cells).replace(/^```\w*\n[^]*?\n```/, "");
}

/** Where the name was declared, and as what: what `name??` asks for. */
function declarationAt(
  { folder, workspace }: Pick<Context, "folder" | "workspace">,
  place: Place,
  checked: CheckedText,
): string {
  const path = fileURLToPath(place.targetUri ?? place.uri ?? "");
  const range = place.targetRange ?? place.range;
  const lines = (
    path.startsWith(workspace.cells) && path.includes(`${sep}cell.`) ? checked.text : readFileSync(path, "utf8")
  ).split("\n");
  const from = range?.start.line ?? 0;
  const text = lines.slice(from, Math.min((range?.end.line ?? from) + 1, from + SOURCE_LINES)).join("\n");
  const title = readable(JSON.stringify(path), folder, workspace.cells).slice(1, -1);
  return (
    `\n\n**Declared in** ` +
    `${/cell(-\d+)?\.tsx?$/.test(title) ? "a cell" : `\`${title}\``}\n\`\`\`typescript\n${text}\n\`\`\`\n`
  );
}

/** The types of carried names, all of them by default. */
export async function typesOf(
  { folder, workspace, server, registry }: Context,
  names: readonly string[] = registry.names(),
): ReturnType<Language["names"]> {
  if (names.length === 0) return [];
  const file = workspace.document("ts", registry.usesPackages(names) ? "packages" : "cells");
  const header = registry.header({ used: new Set(names), declared: [], earlier: [] });
  const values = names.filter((name) => registry.values.has(name));
  const text = `${header}${values.map((name) => `${name};\n`).join("")}export {};\n`;
  await server.ask(file, text, "textDocument/hover", { position: { line: 0, character: 0 } });
  const first = header === "" ? 0 : 1;
  const textDocument = { uri: pathToFileURL(file).href };
  const hovers = await Promise.all(
    values.map((_, i) =>
      server.request<Hover | null>("textDocument/hover", { textDocument, position: { line: first + i, character: 0 } }),
    ),
  );
  const typeOf = new Map(
    values.map((name, i) => [name, hovers[i] ? typeIn(markdownOf(hovers[i], folder, workspace.cells)) : "unknown"]),
  );
  const onlyType = (name: string): boolean =>
    // an import of a type without `type`
    registry.values.get(name)?.declared.repeat !== undefined && typeOf.get(name) === "any";
  return names.map((name) => ({
    name,
    type: onlyType(name) ? "type" : (typeOf.get(name) ?? "type"),
    cell: (registry.values.get(name) ?? registry.types.get(name))!.cell,
  }));
}

/** "const x: number" → "number"; "class A" stays; of overloads the first, and how many there are. */
function typeIn(markdown: string): string {
  const shown = /```\w*\n([^]*?)\n```/.exec(markdown)?.[1] ?? plain(markdown);
  const [line = "", ...others] = shown
    .replaceAll("(alias) ", "")
    .split(/\n(?=import )/)[0]!
    .trim()
    .split(/\n(?=function )/);
  const typed = /^(?:const|let|var|\(property\)) [^\s:]+: ([^]*)$/.exec(line)?.[1] ?? line;
  return others.length > 0 ? `${typed} (+${others.length} overload${others.length > 1 ? "s" : ""})` : typed;
}

/** Start of the name at the offset, or of the one that ends there. */
function nameAt(source: string, offset: number): number | undefined {
  const before = [...source.slice(0, offset)].at(-1);
  if (isWordPart([...source.slice(offset)][0])) return offset;
  return isWordPart(before) ? offset - before!.length : undefined;
}

function markdownOf({ contents }: Hover, folder: string, cells: string): string {
  const text = typeof contents === "string" ? contents : contents.value;
  // a front end cannot follow those
  return readable(text.replaceAll(/\[([^\]]*)\]\(file:[^)]*\)/g, "`$1`"), folder, cells);
}

function plain(markdown: string): string {
  return markdown
    .replaceAll(/^```\w*\n?/gm, "")
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .trim();
}
