/** Completion: members, globals, earlier cells' names, names inside `import { }`, and paths of modules. */
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import type { Completion, CompletionItem } from "../contract.js";
import { CheckedText } from "./checked-text.js";
import type { Context } from "./question-context.js";
import { typesOf } from "./inspect.js";
import { readable } from "./readable-messages.js";
import type { Carried } from "./carried-names.js";
import type { Position } from "./server.js";
import { parseUnfinished, wordStart } from "../source/unfinished.js";
import { TextPositions } from "./text-positions.js";

interface ServerItem {
  readonly label: string;
  readonly kind?: number;
  readonly sortText?: string;
  readonly insertText?: string;
  readonly filterText?: string;
  readonly textEdit?: { readonly range: { readonly start: Position }; readonly newText: string };
  readonly detail?: string;
  readonly data?: unknown;
}

/** LSP's CompletionItemKind, by number. */
const KINDS = [
  "",
  "text",
  "method",
  "function",
  "constructor",
  "field",
  "variable",
  "class",
  "interface",
  "module",
  "property",
  "unit",
  "value",
  "enum",
  "keyword",
  "snippet",
  "color",
  "file",
  "reference",
  "folder",
  "enumMember",
  "constant",
  "struct",
  "event",
  "operator",
  "typeParameter",
];
/** Items whose signature is asked for; each costs the server a few milliseconds. */
const DETAILED = 12;
/** Items of that many are shown without. */
const DETAILED_BELOW = 200;

/** What may stand at the offset: names of earlier cells first, then what the language server offers. */
export async function complete(context: Context, source: string, offset: number): Promise<Completion> {
  const cell = parseUnfinished(source, offset);
  const inEdited = cell.edited.toEdited(offset);
  const specifier = cell.specifiers.find(({ start, end }) => start < inEdited && inEdited <= end);
  const typed = specifier && cell.text.slice(specifier.start + 1, inEdited);
  if (typed !== undefined && /^\.{1,2}(\/|$)/.test(typed)) return completePath(typed, context.folder, offset);
  const start =
    typed === undefined ? wordStart(source, offset) : offset - (typed.length - (typed.lastIndexOf("/") + 1));
  const prefix = source.slice(start, offset).toLowerCase();
  const checked = new CheckedText(cell, context.registry, context.folder);
  context.checker.refresh(checked);
  const position = new TextPositions(checked.text).position(checked.fromSource(offset));
  const answer = await context.server.ask<{ items: ServerItem[] } | ServerItem[] | null>(
    context.workspace.document(cell.lang, checked.project),
    checked.text,
    "textDocument/completion",
    { position, context: { triggerKind: 1 } },
  );
  const all = Array.isArray(answer) ? answer : (answer?.items ?? []);
  const placed = all.map((item) => ({ item, ...placeOf(item, { source, offset, start, position }) }));
  const found = placed
    .filter(
      ({ item, text, from }) =>
        item.label !== "$_" &&
        !item.label.startsWith("$earlier_") &&
        text !== "[Symbol]" && // half an expression
        matches(item, source.slice(start, offset).toLowerCase(), source.slice(from, offset).toLowerCase()) &&
        (item.sortText ?? "") < "16",
    )
    .toSorted((a, b) => compare(a.item.sortText ?? "", b.item.sortText ?? "") || compare(a.item.label, b.item.label));
  // One place for all: what begins further on begins with the source's own text.
  const first = Math.min(start, ...found.map(({ from }) => from));
  const texts = found.map(({ from, text }) => source.slice(first, from) + text);
  const details = await detailsOf(
    context,
    found.map(({ item }) => item),
  );
  const items = texts.map((text, i) => toItem(context, text, found[i]!.item, details[i]));
  const offered = (name: string): boolean => all.some(({ label }) => label === name);
  // A name of an earlier cell belongs where the server offers a global one: in no string, not among an object's keys.
  const names = offered("Record") ? "type" : offered("globalThis") ? "value" : undefined;
  if (names && !insideImport(cell.program, inEdited)) {
    const there = new Set(texts);
    items.unshift(...(await carriedItems(context, prefix, names)).filter(({ text }) => !there.has(text)));
  }
  return { items, start: first, end: offset };
}

/** What an item puts in, and where: `["train loss"]` takes the place of the dot too. */
function placeOf(
  { label, insertText, textEdit }: ServerItem,
  at: { readonly source: string; readonly offset: number; readonly start: number; readonly position: Position },
): { readonly text: string; readonly from: number } {
  const text = (textEdit?.newText ?? insertText ?? label).replace(/\?$/, "");
  const start = textEdit?.range.start;
  if (start?.line !== at.position.line) return { text, from: at.start };
  return { text, from: at.offset - (at.position.character - start.character) };
}

/** Whether what was typed begins the item: its label, or what the server filters it by, which may begin with a dot. */
function matches({ label, filterText }: ServerItem, prefix: string, typed: string): boolean {
  return label.toLowerCase().startsWith(prefix) || (filterText ?? label).toLowerCase().startsWith(typed);
}

async function detailsOf({ server }: Context, found: readonly ServerItem[]): Promise<(string | undefined)[]> {
  const detailed = found.length < DETAILED_BELOW ? found.slice(0, DETAILED) : [];
  return Promise.all(
    detailed.map((item) =>
      server.request<ServerItem>("completionItem/resolve", item).then(
        (full) => full.detail,
        () => undefined,
      ),
    ),
  );
}

function toItem(
  { folder, workspace }: Context,
  text: string,
  { kind }: ServerItem,
  detail: string | undefined,
): CompletionItem {
  const type = KINDS[kind ?? 0] || "text";
  if (detail === undefined) return { text, type };
  // The server takes every exported name of a namespace for a variable.
  return { text, type: kindIn(detail) ?? type, signature: readable(detail, folder, workspace.cells) };
}

const DECLARED: Readonly<Record<string, string>> = {
  function: "function",
  class: "class",
  enum: "enum",
  namespace: "module",
  module: "module",
  import: "module",
  interface: "interface",
  type: "interface",
};

/** What a declaration's first word says; undefined of a variable. */
function kindIn(declaration: string): string | undefined {
  return DECLARED[/^(?:\(alias\) )?(\w+)\b/.exec(declaration)?.[1] ?? ""];
}

/** Imports that are asked about, what they are. */
const ASKED = 40;

/** Names of earlier cells that this cell does not use yet, to stand before the globals. */
async function carriedItems(context: Context, prefix: string, where: "value" | "type"): Promise<CompletionItem[]> {
  const { registry } = context;
  const names = registry
    .names()
    .filter((name) => name.toLowerCase().startsWith(prefix) && (where === "value" || registry.types.has(name)))
    .sort();
  const of = (name: string): Carried => (registry.values.get(name) ?? registry.types.get(name))!;
  const imported = names.filter((name) => of(name).declared.repeat !== undefined).slice(0, ASKED);
  const types = new Map((await typesOf(context, imported)).map(({ name, type }) => [name, type]));
  return names.map((text) => ({
    text,
    type: of(text).declared.kind ?? kindIn((types.get(text) ?? "").replace("(method)", "function")) ?? "variable",
  }));
}

function insideImport(program: { readonly [key: string]: unknown }, offset: number): boolean {
  return (program["body"] as { type: string; start: number; end: number }[]).some(
    (one) => one.type === "ImportDeclaration" && one.start < offset && offset < one.end,
  );
}

function completePath(typed: string, folder: string, offset: number): Completion {
  const slash = typed.lastIndexOf("/") + 1;
  const within = resolve(folder, typed.slice(0, slash) || ".");
  const prefix = typed.slice(slash);
  const start = offset - prefix.length;
  let entries: { name: string; isDirectory(): boolean }[] = [];
  try {
    entries = readdirSync(within, { withFileTypes: true });
  } catch {
    return { items: [], start, end: offset }; // no such folder: nothing to offer
  }
  const items = entries
    .filter(({ name }) => name.startsWith(prefix) && !name.startsWith(".") && name !== "node_modules")
    .filter(
      (entry) => entry.isDirectory() || (/\.([mc]?[jt]sx?|json)$/.test(entry.name) && !entry.name.endsWith(".d.ts")),
    )
    .map((entry) => ({ text: entry.isDirectory() ? `${entry.name}/` : entry.name, type: "path" }))
    .sort((a, b) => compare(a.text, b.text));
  return { items, start, end: offset };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
