/** Temporary: erases types without checking them, until the language room's engine is here. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseSync } from "oxc-parser";
import { transformSync } from "oxc-transform";
import type { CellScope, CreateLanguage, CreateScopes } from "./contract.js";

interface Node { type: string; start: number; end: number; [key: string]: any } // oxc's tree, untyped here on purpose

function names(pattern: Node): string[] {
  if (pattern.type === "Identifier") return [pattern["name"]];
  if (pattern.type === "ObjectPattern") return pattern["properties"].flatMap((p: Node) => names(p["value"] ?? p["argument"]));
  if (pattern.type === "ArrayPattern") return pattern["elements"].flatMap((e: Node | null) => (e ? names(e) : []));
  if (pattern.type === "AssignmentPattern") return names(pattern["left"]);
  if (pattern.type === "RestElement") return names(pattern["argument"]);
  return [];
}

function resumed(js: string): string {
  const edits: [number, string][] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const { type, argument, right } = node as Node;
    if (type === "AwaitExpression") edits.push([argument.start, "$cell.resume("], [argument.end, ")"]);
    if (type === "ForOfStatement" && (node as Node)["await"]) edits.push([right.start, "$cell.resume("], [right.end, ")"]);
    for (const child of Object.values(node)) Array.isArray(child) ? child.forEach(visit) : visit(child);
  };
  visit(parseSync("cell.mjs", js).program);
  let out = js;
  for (const [at, text] of edits.sort((x, y) => y[0] - x[0] || (x[1] === ")" ? 1 : -1))) out = out.slice(0, at) + text + out.slice(at);
  return out;
}

function body(js: string): { code: string; declares: string[] } {
  const program = parseSync("cell.mjs", js).program as unknown as Node;
  const declares: [string, boolean][] = [];
  let out = "";
  const statements: Node[] = program["body"];
  statements.forEach((node, i) => {
    const text = js.slice(node.start, node.end);
    if (node.type === "ImportDeclaration") {
      const parts: string[] = [];
      for (const s of node["specifiers"] as Node[]) {
        const local = s["local"].name;
        declares.push([local, true]);
        parts.push(s.type === "ImportNamespaceSpecifier" ? `${local} = $m` : `${local} = $m[${JSON.stringify(s.type === "ImportDefaultSpecifier" ? "default" : s["imported"].name ?? s["imported"].value)}]`);
      }
      out += parts.length ? `var ${parts.map((p) => p.split(" = ")[0]).join(", ")}; { const $m = await $cell.import(${node["source"].raw}); ${parts.join("; ")} }\n` : `await $cell.import(${node["source"].raw});\n`;
      return;
    }
    const d = node.type.startsWith("Export") ? node["declaration"] : node;
    if (d?.type === "VariableDeclaration") for (const v of d.declarations) for (const n of names(v.id)) declares.push([n, d.kind === "const"]);
    else if (d?.type === "FunctionDeclaration" || d?.type === "ClassDeclaration") declares.push([d.id.name, false]);
    if (d !== node) out += d ? `${js.slice(d.start, d.end)}\n` : "";
    else if (node.type === "ExpressionStatement" && i === statements.length - 1) out += `$cell.result((${js.slice(node["expression"].start, node["expression"].end)}));\n`;
    else out += `${text}\n`;
  });
  const accessors = declares.map(([n, c]) => `${n}: { get: () => ${n}${c ? "" : `, set: (v) => { ${n} = v }`} }`).join(", ");
  return { code: `async ($cell) => { with ($cell.names) await (async () => { $cell.declare({ ${accessors} });\n${out}\n})() }`, declares: declares.map(([n]) => n) };
}

export const createLanguage: CreateLanguage = () => ({
  start: async () => undefined,
  prepare: async (source, { id }) => {
    const fileName = `cell-${id}.ts`;
    const erased = transformSync(fileName, source, { lang: "ts", sourceType: "module", typescript: { onlyRemoveTypeImports: true } });
    const failed = erased.errors[0];
    if (failed !== undefined) {
      const label = failed.labels[0];
      return { ok: false, source, fileName, diagnostics: [{ severity: "error", code: "SyntaxError", message: failed.message, start: label?.start ?? 0, end: label?.end ?? 1 }] };
    }
    const { code, declares } = body(resumed(erased.code.replace(/^export \{\};?$/m, "")));
    return { ok: true, cell: { id, fileName, source, code, sourceMap: "", declares, warnings: [] } };
  },
  commit: () => undefined,
  complete: async (_source, offset) => ({ items: [], start: offset, end: offset }),
  inspect: async () => null,
  isComplete: (source) => {
    const errors = parseSync("cell.ts", source).errors;
    if (errors.length === 0) return { status: "complete", indent: "" };
    return errors.some((e) => e.labels.some((l) => l.end >= source.trimEnd().length)) ? { status: "incomplete", indent: "  " } : { status: "invalid", indent: "" };
  },
  names: async () => [],
  reset: () => undefined,
  close: async () => undefined,
});

export const createScopes: CreateScopes = ({ folder, resume }) => {
  let names: Record<string, unknown> = Object.create(null);
  const require = createRequire(join(folder, "notebook.ts"));
  return {
    reset: () => (names = Object.create(null)),
    open: () => {
      let declared: Record<string, { get(): unknown; set?(value: unknown): void }> = {};
      let result: { readonly value: unknown } | undefined;
      const scope: CellScope = {
        names,
        declare: (accessors) => void (declared = accessors),
        result: (value) => void (result = { value }),
        import: (specifier) => import(/^\.{0,2}\//.test(specifier) ? pathToFileURL(join(folder, specifier)).href : specifier.startsWith("node:") ? specifier : pathToFileURL(require.resolve(specifier)).href),
        require,
        meta: { url: pathToFileURL(join(folder, "notebook.ts")).href, dirname: folder, filename: join(folder, "notebook.ts") },
        resume,
      };
      return {
        scope,
        get result() { return result; },
        close: () => {
          const live: string[] = [];
          for (const name of Object.keys(declared)) {
            const accessor = declared[name]!;
            try {
              accessor.get();
            } catch {
              continue;
            }
            Object.defineProperty(names, name, { get: accessor.get, ...(accessor.set ? { set: accessor.set } : {}), configurable: true, enumerable: true });
            live.push(name);
          }
          declared = {};
          return live;
        },
      };
    },
  };
};
