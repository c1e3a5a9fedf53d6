/**
 * Many declaration files → one that says the same: each file becomes an ambient module of its own, under a name that
 * no package has, and what a file adds to another one's types is said beside those. Scripts stay as they are.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import MagicString from "magic-string";
import { parseSync } from "oxc-parser";

/** A name with a colon is looked for in no folder. */
const PREFIX = "types:";

/**
 * @typedef {{ readonly type: string, readonly start: number, readonly end: number, readonly [key: string]: any }} Node
 * @typedef {{ readonly name: string, readonly hasDefault: boolean, readonly isAssignment: boolean }} RolledModule
 *   `isAssignment`: it says `export =`
 * @typedef {{ readonly parts: readonly string[], readonly modules: ReadonlyMap<string, RolledModule>, readonly outside:
 *   readonly string[] }} RolledUp `parts`: a text for each file. `modules`: by path, those that were no scripts.
 *   `outside`: files that are named and left out
 * @typedef {{ readonly nameOf: (path: string) => string, readonly isOutside?: (path: string) => boolean }}
 *   RollUpOptions
 */

/**
 * @param {readonly string[]} entries paths of declaration files
 * @param {RollUpOptions} options
 * @returns {RolledUp}
 * @throws {Error} for a file that does not parse, or that adds to another's types by names it does not export
 */
export function rollUp(entries, { nameOf: nameIn, isOutside = () => false }) {
  const nameOf = (/** @type {string} */ path) => PREFIX + nameIn(path);
  const queue = [...entries];
  /** @type {Map<string, RolledModule>} */
  const modules = new Map();
  const outside = new Set();
  const seen = new Set(queue);
  /** @type {string[]} */
  const parts = [];
  /** @param {string} path */
  const add = (path) => {
    if (isOutside(path)) outside.add(path);
    else if (!seen.has(path)) queue.push(path);
    seen.add(path);
    return nameOf(path);
  };
  for (const path of queue) {
    const source = readFileSync(path, "utf8");
    const { program, errors, comments } = parseSync(path, source, { lang: "dts", sourceType: "module" });
    if (errors[0]) throw new Error(`roll-up: ${path} does not parse: ${errors[0].message}`);
    for (const found of references(source, comments, path)) add(found);
    const isModule = program.body.some((node) =>
      /^(Import|Export|TSImportEquals|TSExport|TSNamespaceExport)/.test(node.type),
    );
    if (isModule) {
      const hasDefault = program.body.some(
        (node) =>
          node.type === "ExportDefaultDeclaration" ||
          (node.type === "ExportNamedDeclaration" &&
            node.specifiers.some(({ exported }) => "name" in exported && exported.name === "default")),
      );
      modules.set(path, {
        name: nameOf(path),
        hasDefault,
        isAssignment: program.body.some((node) => node.type === "TSExportAssignment"),
      });
    }
    parts.push(transform(source, /** @type {any} */ (program), comments, { path, isModule, name: nameOf(path), add }));
  }
  return { parts, modules, outside: [...outside] };
}

/**
 * @param {string} source
 * @param {Node} program
 * @param {readonly { readonly start: number, readonly end: number, readonly value: string }[]} comments
 * @param {{ path: string, isModule: boolean, name: string, add: (path: string) => string }} context
 */
function transform(source, program, comments, { path, isModule, name, add }) {
  const text = new MagicString(source);
  for (const { start, end } of comments) if (source.startsWith("///", start)) text.remove(start, end);
  forEachSpecifier(program, (literal) => {
    const found = resolveTypes(literal["value"], path);
    if (found !== undefined) text.update(literal.start, literal.end, JSON.stringify(add(found)));
  });
  if (!isModule) return text.toString();
  /** @type {string[]} */
  const beside = [];
  for (const node of program["body"]) {
    if (node.type === "TSNamespaceExportDeclaration") text.remove(node.start, node.end);
    else if (node.type === "TSModuleDeclaration" && node["id"].type === "Literal") {
      beside.push(
        `declare module ${text.slice(node["id"].start, node["id"].end)} ` +
          `{\n${importsFor(node, program, text, name)}${text.slice(node["body"].start + 1, node["body"].end)}`,
      );
      text.remove(node.start, node.end);
    } else {
      const declaration = node["declaration"]?.["declare"] ? node["declaration"] : node;
      if (declaration["declare"] && source.startsWith("declare ", declaration.start))
        text.remove(declaration.start, declaration.start + "declare ".length);
    }
  }
  return `declare module ${JSON.stringify(name)} {\n${text}\n}\n${beside.join("\n")}`;
}

/**
 * Imports of what an augmentation names, which it had from the file around it.
 * @param {Node} augmentation
 * @param {Node} program
 * @param {MagicString} text
 * @param {string} name of the file's own module
 */
function importsFor(augmentation, program, text, name) {
  const used = new Set();
  walk(augmentation["body"], (node) => void (node.type === "Identifier" && used.add(node["name"])));
  const target = text.slice(augmentation["id"].start, augmentation["id"].end);
  const lines = [];
  for (const node of program["body"]) {
    if (node.type === "ImportDeclaration") {
      const wanted = node["specifiers"].filter((/** @type {Node} */ one) => used.has(one["local"].name));
      const from = text.slice(node["source"].start, node["source"].end);
      if (from === target) continue; // in sight there
      for (const one of wanted) {
        const local = one["local"].name;
        const clause =
          one.type === "ImportNamespaceSpecifier"
            ? `* as ${local}`
            : one.type === "ImportDefaultSpecifier"
              ? local
              : `{ ${one["imported"].name} as ${local} }`;
        lines.push(`import ${clause} from ${from};\n`);
      }
      continue;
    }
    const exported = node.type.startsWith("Export") ? node["declaration"] : undefined;
    const own = (exported ?? node)["id"]?.name;
    if (own === undefined || !used.has(own) || node === augmentation) continue;
    if (exported === undefined || exported === null)
      throw new Error(`roll-up: ${name} adds to ${target} with its own ${own}, which it does not export`);
    lines.push(`import { ${own} } from ${JSON.stringify(name)};\n`);
  }
  return lines.join("");
}

/**
 * @param {Node} program
 * @param {(literal: Node) => void} found
 */
function forEachSpecifier(program, found) {
  walk(program, (node) => {
    /** @type {Node | undefined} */
    const literal = /^(Import|Export|TSImportType)/.test(node.type)
      ? node["source"]
      : node.type === "TSExternalModuleReference"
        ? node["expression"]
        : node.type === "TSModuleDeclaration" && node["id"].type === "Literal"
          ? node["id"]
          : undefined;
    if (literal?.type === "Literal" && typeof literal["value"] === "string") found(literal);
  });
}

/**
 * @param {Node} node
 * @param {(node: Node) => void} visit
 */
function walk(node, visit) {
  visit(node);
  for (const value of Object.values(node)) {
    for (const item of Array.isArray(value) ? value : [value]) if (typeof item?.type === "string") walk(item, visit);
  }
}

/**
 * Files that a file names in its directives: other files, and libraries of the language beside it.
 * @param {string} source
 * @param {readonly { readonly start: number, readonly end: number }[]} comments
 * @param {string} path
 */
function references(source, comments, path) {
  const found = [];
  for (const { start, end } of comments) {
    const directive = /^\/\/\/\s*<reference\s+(path|lib)="([^"]+)"/.exec(source.slice(start, end));
    if (!directive) continue;
    const file = join(dirname(path), directive[1] === "path" ? (directive[2] ?? "") : `lib.${directive[2]}.d.ts`);
    if (directive[1] === "path" || existsSync(file)) found.push(file);
  }
  return found;
}

/**
 * The declaration file that a specifier means; undefined for a built-in or ambient module and for a package without
 * types.
 * @param {string} specifier
 * @param {string} from path of the file that names it
 * @returns {string | undefined}
 */
export function resolveTypes(specifier, from) {
  if (specifier.startsWith(".")) return declarationAt(join(dirname(from), specifier));
  if (specifier.includes(":")) return undefined;
  const parts = specifier.split("/");
  const name = parts.splice(0, specifier.startsWith("@") ? 2 : 1).join("/");
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    const at = join(folder, "node_modules", name);
    if (existsSync(join(at, "package.json"))) {
      if (parts.length > 0) return declarationAt(join(at, ...parts));
      const { types, typings, exports } = JSON.parse(readFileSync(join(at, "package.json"), "utf8"));
      const main = exports?.["."]?.types ?? types ?? typings ?? "index";
      return typeof main === "string" ? declarationAt(join(at, main)) : undefined;
    }
    if (dirname(folder) === folder) return undefined;
  }
}

/** @param {string} path */
function declarationAt(path) {
  const stem = path.replace(/(\.d)?\.([mc]?)[jt]s$/, "");
  const marked = /\.([mc])[jt]s$/.exec(path)?.[1] ?? "";
  const candidates = [path, `${stem}.d.${marked}ts`, `${path}.d.ts`, join(path, "index.d.ts")];
  return candidates.find((one) => /\.d\.[mc]?ts$/.test(one) && existsSync(one) && statSync(one).isFile());
}
