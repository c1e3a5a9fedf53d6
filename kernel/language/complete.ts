/** Completion: members, globals, earlier cells' names, names inside `import { }`, and paths of modules. */
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import type { Completion, CompletionItem } from "../contract.js";
import { CheckedText } from "./checked-text.js";
import type { Checker, CheckerOptions } from "./check.js";
import { readable } from "./messages.js";
import { parseUnfinished, wordStart } from "../source/unfinished.js";
import { TextPositions } from "./text-positions.js";

export type Context = Omit<CheckerOptions, "localFiles"> & { readonly checker: Checker };

interface ServerItem {
  readonly label: string;
  readonly kind?: number;
  readonly sortText?: string;
  readonly insertText?: string;
  readonly filterText?: string;
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
  const found = all
    .filter(
      (item) =>
        item.label !== "$_" &&
        !item.label.startsWith("$earlier_") &&
        matches(item, prefix) &&
        (item.sortText ?? "") < "16",
    )
    .toSorted((a, b) => compare(a.sortText ?? "", b.sortText ?? "") || compare(a.label, b.label));
  const items = await withSignatures(context, found);
  if (typed === undefined && source[start - 1] !== "." && !insideImport(cell.program, inEdited))
    addCarried(items, context, prefix);
  return { items, start, end: offset };
}

function matches({ label, filterText }: ServerItem, prefix: string): boolean {
  return label.toLowerCase().startsWith(prefix) || (filterText ?? "").toLowerCase().startsWith(prefix);
}

async function withSignatures(
  { server, folder, workspace }: Context,
  found: readonly ServerItem[],
): Promise<CompletionItem[]> {
  const detailed = found.length < DETAILED_BELOW ? found.slice(0, DETAILED) : [];
  const details = await Promise.all(
    detailed.map((item) =>
      server.request<ServerItem>("completionItem/resolve", item).then(
        (full) => full.detail,
        () => undefined,
      ),
    ),
  );
  return found.map(({ label, kind, insertText }, i) => {
    const detail = details[i];
    return {
      text: (insertText ?? label).replace(/\?$/, ""),
      type: KINDS[kind ?? 0] || "text",
      ...(detail === undefined ? {} : { signature: readable(detail, folder, workspace.cells) }),
    };
  });
}

/** Names of earlier cells that this cell does not use yet, before the globals. */
function addCarried(items: CompletionItem[], { registry }: Context, prefix: string): void {
  const there = new Set(items.map((item) => item.text));
  const carried = registry
    .names()
    .filter((name) => name.toLowerCase().startsWith(prefix) && !there.has(name))
    .sort();
  items.unshift(
    ...carried.map((text) => ({
      text,
      type: registry.values.get(text)?.declared.type ? "class" : registry.values.has(text) ? "variable" : "interface",
    })),
  );
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
