/** What is known about a name: its type and its documentation, as Markdown and as plain text. */
import type { Bundle, Language } from "../contract.js";
import { CheckedText } from "./checked-text.js";
import type { Context } from "./complete.js";
import { readable } from "./messages.js";
import { TextPositions } from "./text-positions.js";
import { isWordPart, parseUnfinished } from "./unfinished.js";
import { pathToFileURL } from "node:url";

interface Hover { readonly contents: { readonly value: string } | string }

export async function inspect({ folder, workspace, server, registry, checker }: Context, source: string, offset: number): Promise<Bundle | null> {
  const at = nameAt(source, offset);
  if (at === undefined) return null;
  const cell = parseUnfinished(source, offset);
  const checked = new CheckedText(cell, registry, folder);
  checker.refresh(checked);
  const position = new TextPositions(checked.text).position(checked.fromSource(at));
  const hover = await server.ask<Hover | null>(workspace.document(cell.lang, checked.usesPackages), checked.text, "textDocument/hover", { position });
  if (hover === null) return null;
  const markdown = markdownOf(hover, folder, workspace.cells);
  return { data: { "text/markdown": markdown, "text/plain": plain(markdown) }, metadata: {} };
}

/** The types of all carried names. */
export async function typesOf({ folder, workspace, server, registry }: Context): ReturnType<Language["names"]> {
  const names = registry.names();
  if (names.length === 0) return [];
  const file = workspace.document("ts", registry.usesPackages(names));
  const header = registry.header({ used: new Set(names), declared: [], earlier: [] });
  const values = names.filter((name) => registry.values.has(name));
  const text = `${header}${values.map((name) => `${name};\n`).join("")}export {};\n`;
  await server.ask(file, text, "textDocument/hover", { position: { line: 0, character: 0 } });
  const first = header === "" ? 0 : 1;
  const textDocument = { uri: pathToFileURL(file).href };
  const hovers = await Promise.all(values.map((_, i) => server.request<Hover | null>("textDocument/hover", { textDocument, position: { line: first + i, character: 0 } })));
  const typeOf = new Map(values.map((name, i) => [name, hovers[i] ? typeIn(plain(markdownOf(hovers[i], folder, workspace.cells)), name) : "unknown"]));
  return names.map((name) => ({ name, type: typeOf.get(name) ?? "type", cell: (registry.values.get(name) ?? registry.types.get(name))!.cell }));
}

/** "const x: number" → "number"; "class A" stays. */
function typeIn(shown: string, name: string): string {
  const line = shown.replace(/\(alias\) /g, "").split(/\n(?=import )/)[0]!.trim();
  const colon = line.indexOf(`${name}: `);
  if (colon >= 0 && /^(const|let|var)\b/.test(line)) return line.slice(colon + name.length + 2).trim();
  return line.replace(/^function /, "function ").split("\n\n")[0]!;
}

/** Start of the name at the offset, or of the one that ends there. */
function nameAt(source: string, offset: number): number | undefined {
  const before = [...source.slice(0, offset)].at(-1);
  if (isWordPart([...source.slice(offset)][0])) return offset;
  if (isWordPart(before)) return offset - before!.length;
  return before === "(" && isWordPart([...source.slice(0, offset - 1)].at(-1)) ? offset - 2 : undefined;
}

function markdownOf({ contents }: Hover, folder: string, cells: string): string {
  const text = typeof contents === "string" ? contents : contents.value;
  return readable(text.replaceAll(/\[([^\]]*)\]\(file:[^)]*\)/g, "`$1`"), folder, cells); // a front end cannot follow those
}

function plain(markdown: string): string {
  return markdown.replaceAll(/^```\w*\n?/gm, "").replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").trim();
}
