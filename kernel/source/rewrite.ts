/**
 * JavaScript of one module (a cell, or a local file) → the body of an async function that talks to `$cell`: imports
 * are awaited first, exports fall away, `await` can be left for good, and names from elsewhere are read where they
 * live.
 */
import MagicString, { type SourceMap } from "magic-string";
import { bound, parse, unexported, type Node } from "./ast.js";
import { findReferences, hoisted, usesByName } from "./references.js";
import { rewriteUnwinding } from "./rewrite-unwinding.js";

/** JavaScript as the kernel runs it. */
export interface Rewritten {
  /** An async arrow function of `$cell`. */
  readonly code: string;
  readonly map: SourceMap;
  /** Value names of the module's top level. */
  readonly declares: readonly string[];
  /** For each of them the names of the top level, or of elsewhere, that its declaration uses. */
  readonly uses: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Files of the user's own, and the names that are taken from each. */
export type Taken = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * How a name of an earlier cell is bound: read through its binding each time, or once, or from the module that it was
 * imported from, as that ran last; `imported` is its name there, undefined for a namespace.
 */
export type CarriedAs = "binding" | "constant" | { readonly imported: string | undefined };

/** How a module is rewritten. */
export interface RewriteOptions {
  readonly kind: "cell" | "module";
  readonly carried?: (name: string) => CarriedAs | undefined;
  /** What a cell has from the user's own files through these names of earlier cells. */
  readonly taken?: (names: readonly string[]) => Taken;
}

/** Names that a module of Node's own would have. */
const AMBIENT: Readonly<Record<string, string>> = {
  require: "$cell.require",
  __dirname: "$cell.meta.dirname",
  __filename: "$cell.meta.filename",
};
const ALIAS = "$earlier_";

/** The stand-in for an earlier cell's name inside the declaration of its successor. */
export const earlierAlias = (name: string): string => ALIAS + name;
/** The name that a stand-in is for; any other as it is. */
export const earlierName = (name: string): string => (name.startsWith(ALIAS) ? name.slice(ALIAS.length) : name);

/**
 * Rewrites a cell or a module to a function of its scope.
 *
 * @throws SyntaxError for what is no JavaScript
 */
export function rewrite(js: string, { kind, carried, taken }: RewriteOptions): Rewritten {
  const { program, faults } = parse(js, "js");
  if (faults[0] !== undefined) throw new SyntaxError(faults[0].message);
  const body: readonly Node[] = program["body"];
  const out = new MagicString(js);
  const accessors = new Map<string, string>();
  const exports = new Map<string, string>();
  const imports: string[] = [];
  const imported = new Map<string, string>();
  const links = new Map<string, string>();
  const prelude: string[] = [];
  const { names, awaits, forAwaits, metas, imports: dynamic } = findReferences(program);
  const used = new Set(names.map(({ name }) => name));

  const declare = (name: string, assignable: boolean): void =>
    void accessors.set(name, `get: () => ${name}${assignable ? `, set: ($v) => { ${name} = $v; }` : ""}`);
  const importFrom = (node: Node): string => {
    const local = `$import${imports.length}`;
    const attributes: Node[] = node["attributes"] ?? [];
    const given = attributes.map(({ key, value }) => {
      const name = key.name ?? key.value;
      return `${JSON.stringify(name)}: ${JSON.stringify(value.value)}`;
    });
    const options = given.length > 0 ? `{ with: { ${given.join(", ")} } }` : "undefined";
    // a name that is not used may be a type's
    const needed = node.type === "ImportDeclaration" ? importedNames(node).filter(([own]) => used.has(own)) : [];
    const names = JSON.stringify(needed.flatMap(([, name]) => name ?? []));
    const args = [JSON.stringify(node["source"].value), options, names].join(", ");
    imports.push(`const ${local} = await $cell.${kind === "cell" ? "link" : "import"}(${args});`);
    return kind === "cell" ? `${local}.module` : local;
  };
  const isImport = (node: Node): boolean =>
    node.type === "ImportDeclaration" || (node.type.startsWith("Export") && Boolean(node["source"]));
  const first = body.find((node) => !isImport(node))?.start ?? js.length;
  const importAt = (node: Node): string => {
    const local = importFrom(node);
    out.update(node.start, node.end, imports.at(-1)!);
    if (node.start > first) {
      out.appendLeft(node.end, "\n");
      out.move(node.start, node.end, first); // imports run first; moved, they keep their place in the source map
    }
    return local;
  };

  for (const name of hoisted(body)) declare(name, true);
  for (const statement of body) {
    const node = unexported(statement);
    if (node.type === "VariableDeclaration")
      for (const { id } of node["declarations"])
        for (const one of bound(id)) declare(one["name"], node["kind"] === "let" || node["kind"] === "var");
    else if (node.type === "FunctionDeclaration" && node["id"]) declare(node["id"].name, true);
    else if (node.type === "ClassDeclaration" && node["id"]) declare(node["id"].name, false);
    else if (statement.type === "ImportDeclaration") {
      const local = importAt(statement);
      for (const [own, name] of importedNames(statement)) imported.set(own, member(local, name));
      for (const [own] of importedNames(statement)) links.set(own, local.replace(/\.module$/, ""));
    }
    if (statement.type.startsWith("Export")) stripExport(statement);
  }
  for (const [name, value] of imported) accessors.set(name, `get: () => ${value}, link: () => ${links.get(name)}`);

  const bindings = new Map<string, string>();
  const earlierNames = new Set<string>();
  for (const { name, start, end, kind: how } of names) {
    const target = resolve(name);
    if (target === undefined) continue;
    if (how === "shorthand") out.appendLeft(end, `: ${target}`);
    else out.update(start, end, how === "call" && target.startsWith("$at_") ? `(0, ${target})` : target);
  }
  for (const meta of metas) out.update(meta.start, meta.end, "$cell.meta");
  for (const one of dynamic) out.update(one.start, one.start + "import".length, "$cell.import");
  const throwing = rewriteUnwinding(program, out);
  for (const one of awaits) wrap(one["argument"], throwing.has(one) ? "$cell.unwinding.wait(" : "$cell.resume(");
  if (kind === "cell") {
    const waits = [...awaits, ...forAwaits];
    const isWithin = (node: Node) => (one: Node) => node.start <= one.start && one.end <= node.end;
    const waiting = body.filter((node) => !isImport(node) && waits.some(isWithin(node)));
    for (const { end } of waiting) out.appendLeft(end, " $cell.proceed();");
  }
  for (const one of forAwaits) wrap(one["right"], throwing.has(one) ? "$cell.unwinding.each(" : "$cell.each(");

  const declares = [...accessors.keys()];
  const list = (entries: Iterable<readonly [string, string]>): string =>
    [...entries].map(([name, accessor]) => `${JSON.stringify(name)}: { ${accessor} }`).join(", ");
  if (kind === "cell") prelude.push(`$cell.declare({ ${list(accessors)} });`);
  else
    prelude.push(
      "$cell.exports({ " +
        `${list([...exports].map(([name, value]) => [name, `get: () => ${value}, enumerable: true`]))} });`,
    );
  const files = [...(taken?.([...earlierNames]) ?? [])].map(([file, all]) => [file, [...all]] as const);
  const refresh = files.length > 0 ? `await $cell.refresh(${JSON.stringify(Object.fromEntries(files))});` : "";
  const head = [refresh, ...bindings.values(), ...prelude].join(" ");
  out.prepend(`async ($cell) => { "use strict"; ${head}\n`);
  out.append("\n}");
  const map = out.generateMap({ hires: "boundary", source: "js" });
  return { code: out.toString(), map, declares, uses: usesByName(body, names) };

  function resolve(name: string): string | undefined {
    const local = imported.get(name);
    if (local !== undefined) return local;
    if (accessors.has(name)) return undefined;
    const earlier = earlierName(name);
    const how = earlier === name ? carried?.(name) : "constant";
    if (how !== undefined) earlierNames.add(earlier);
    if (how === "binding") {
      bindings.set(name, `const $at_${name} = $cell.binding(${JSON.stringify(name)});`);
      return `$at_${name}.value`;
    }
    if (typeof how === "object") {
      bindings.set(name, `const $at_${name} = $cell.linkOf(${JSON.stringify(name)});`);
      return member(`$at_${name}.module`, how.imported);
    }
    if (how === "constant") bindings.set(name, `const ${name} = $cell.names[${JSON.stringify(earlier)}];`);
    else if (Object.hasOwn(AMBIENT, name)) return AMBIENT[name];
    return undefined;
  }

  function wrap(node: Node, call: string): void {
    out.prependRight(node.start, call);
    out.appendLeft(node.end, ")");
  }

  function stripExport(node: Node): void {
    const declaration: Node | null = node["declaration"] ?? null;
    if (node.type === "ExportDefaultDeclaration") {
      if (
        (declaration!.type === "FunctionDeclaration" || declaration!.type === "ClassDeclaration") &&
        declaration!["id"]
      ) {
        out.remove(node.start, declaration!.start);
        exports.set("default", declaration!["id"].name);
      } else {
        out.update(node.start, declaration!.start, "const $default = ");
        exports.set("default", "$default");
        if (declaration!.type.endsWith("Declaration")) out.appendLeft(node.end, ";");
      }
    } else if (declaration !== null) {
      out.remove(node.start, declaration.start);
      const declared =
        declaration.type === "VariableDeclaration"
          ? declaration["declarations"].flatMap((one: Node) => bound(one["id"]))
          : [declaration["id"]];
      for (const { name } of declared) exports.set(name, name);
    } else if (node["source"]) {
      const local = importAt(node);
      if (node.type === "ExportAllDeclaration") {
        if (node["exported"]) exports.set(text(node["exported"]), local);
        else if (kind === "module") out.appendLeft(node.end, `$cell.star(${local});\n`);
      }
      for (const one of node["specifiers"] ?? []) exports.set(text(one["exported"]), member(local, text(one["local"])));
    } else {
      for (const one of node["specifiers"])
        exports.set(text(one["exported"]), imported.get(text(one["local"])) ?? text(one["local"]));
      out.remove(node.start, node.end);
    }
  }
}

/** Each local name of an import, and the name that it has there; undefined for a namespace. */
function importedNames(node: Node): (readonly [own: string, name: string | undefined])[] {
  return (node["specifiers"] as Node[]).map((one) => {
    const own: string = one["local"].name;
    if (one.type === "ImportNamespaceSpecifier") return [own, undefined];
    return [own, one.type === "ImportDefaultSpecifier" ? "default" : text(one["imported"])];
  });
}

function text(name: Node): string {
  return name["name"] ?? name["value"];
}

/** @param name undefined for the object itself */
function member(object: string, name: string | undefined): string {
  return name === undefined ? object : `${object}[${JSON.stringify(name)}]`;
}
