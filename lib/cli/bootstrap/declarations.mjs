/**
 * dist/types: the declarations that the kernel's checker reads, in a few files instead of nine hundred, since what a
 * check costs is per file: TypeScript's library with Node's types; TensorFlow.js; and `saccade` itself.
 */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";

/** Parsed side by side, so that the first check waits for none of them long. */
const PARTS = 4;
const PACKAGES = "@tensorflow/tfjs";

/**
 * Makes them again where the library, the packages or these programs are not what they were made from. Without them
 * the kernel checks with the packages' own files, only slower: a fault here is told and stops nothing.
 * @param {string} root
 */
export async function ensureDeclarations(root) {
  const folder = join(root, "dist/types");
  const stamp = fingerprint(root);
  if (existsSync(join(folder, ".stamp")) && readFileSync(join(folder, ".stamp"), "utf8") === stamp) {
    // the kernel takes those older than the library's for stale
    utimesSync(join(folder, ".stamp"), new Date(), new Date());
    return;
  }
  const partial = `${folder}.partial`;
  const started = performance.now();
  try {
    rmSync(partial, { recursive: true, force: true });
    await write(root, partial);
    writeFileSync(join(partial, ".stamp"), stamp);
    rmSync(folder, { recursive: true, force: true });
    renameSync(partial, folder);
    console.error(`  rolled up the types in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    rmSync(partial, { recursive: true, force: true });
    console.error(
      `  the types were not rolled up, so cells are checked more slowly: ${/** @type {Error} */ (error).message}`,
    );
  }
}

/**
 * @param {string} root
 * @param {string} folder
 */
async function write(root, folder) {
  const { resolveTypes, rollUp } = await import("./roll-up.mjs");
  const library = join(root, "dist/lib");
  const nameOf = (/** @type {string} */ path) => nameIn(root, path);
  const isOutside = (/** @type {string} */ path) => !path.startsWith(library + sep);
  const tensorflow = resolveTypes(PACKAGES, join(root, "package.json"));
  if (tensorflow === undefined) throw new Error(`${PACKAGES} has no types`);
  const own = rollUp([join(library, "index.d.ts")], { nameOf, isOutside });
  const packages = rollUp([...new Set([tensorflow, ...own.outside])], { nameOf });
  const node = rollUp(languageFiles(root), { nameOf });

  mkdirSync(join(folder, "node"), { recursive: true });
  const nodeParts = writeParts(folder, "node/part", node.parts);
  writeFileSync(join(folder, "node/index.d.ts"), nodeParts.map((path) => referTo(join(folder, "node"), path)).join(""));
  const packageParts = writeParts(folder, "packages", packages.parts);
  const ownParts = writeParts(folder, "saccade", own.parts, 1);
  /** @type {Record<string, string[]>} */
  const paths = {};
  const entry = (
    /** @type {string} */ name,
    /** @type {{ name: string, hasDefault: boolean }} */ module,
    /** @type {readonly string[]} */ parts,
  ) => {
    const path = join(folder, "entries", `${name}.d.ts`);
    mkdirSync(dirname(path), { recursive: true });
    const references = parts.map((part) => referTo(dirname(path), part)).join("");
    const from = JSON.stringify(module.name);
    const byDefault = module.hasDefault ? `export { default } from ${from};\n` : "";
    writeFileSync(path, `${references}export * from ${from};\n${byDefault}`);
  };
  const mains = new Map();
  for (const [path, module] of packages.modules) {
    if (module.isAssignment) continue; // such a package is taken from its own folder
    const [name, inside] = packageOf(root, path);
    if (name === undefined || !name.startsWith("@tensorflow/")) continue;
    entry(join(name, inside), module, packageParts);
    if (resolveTypes(name, join(root, "package.json")) === path) mains.set(name, module);
  }
  for (const [name, module] of mains) {
    entry(join(name, "index"), module, packageParts);
    paths[name] = [`${name}/index`];
    paths[`${name}/*`] = [`${name}/*`]; // also what lies inside: the same types by another way
  }
  const index = own.modules.get(join(library, "index.d.ts"));
  if (index === undefined) throw new Error("dist/lib/index.d.ts exports nothing");
  entry("saccade/index", index, [...packageParts, ...ownParts]);
  paths["saccade"] = ["saccade/index"];
  writeFileSync(join(folder, "paths.json"), `${JSON.stringify(paths, null, 2)}\n`);
}

/**
 * The library of the language, and Node's types.
 * @param {string} root
 */
function languageFiles(root) {
  const require = createRequire(join(root, "package.json"));
  const compiler = createRequire(require.resolve("typescript/package.json")).resolve(
    `@typescript/typescript-${process.platform}-${process.arch}/package.json`,
  );
  return [
    join(dirname(compiler), "lib/lib.esnext.d.ts"),
    join(dirname(require.resolve("@types/node/package.json")), "index.d.ts"),
  ];
}

/**
 * Texts joined to a few files of about the same size.
 * @param {string} folder
 * @param {string} name
 * @param {readonly string[]} texts
 * @param {number} [count]
 */
function writeParts(folder, name, texts, count = PARTS) {
  const share = texts.reduce((sum, text) => sum + text.length, 0) / count;
  const paths = [];
  for (let at = 0; at < texts.length;) {
    let text = "";
    while (at < texts.length && (text.length < share || paths.length === count - 1)) text += `${texts[at++]}\n`;
    const path = join(folder, `${name}-${paths.length + 1}.d.ts`);
    writeFileSync(path, text);
    paths.push(path);
  }
  return paths;
}

/**
 * @param {string} folder
 * @param {string} path
 */
function referTo(folder, path) {
  return `/// <reference path=${JSON.stringify(relative(folder, path).split(sep).join("/"))} />\n`;
}

/**
 * @param {string} root
 * @param {string} path
 */
function nameIn(root, path) {
  return relative(root, path)
    .split(sep)
    .join("/")
    .replace(/\.d\.[mc]?ts$/, "")
    .replace(/^node_modules\//, "")
    .replace(/^dist\/lib\//, "saccade/");
}

/**
 * A declaration file's package, where that lies in the project's own node_modules, and the path inside it.
 * @param {string} root
 * @param {string} path
 * @returns {readonly [name: string | undefined, inside: string]}
 */
function packageOf(root, path) {
  const parts = relative(join(root, "node_modules"), path)
    .replace(/\.d\.[mc]?ts$/, "")
    .split(sep);
  if (parts[0] === ".." || parts.includes("node_modules")) return [undefined, ""];
  const name = parts.splice(0, parts[0]?.startsWith("@") ? 2 : 1).join("/");
  return [name, parts.join("/")];
}

/**
 * A digest of all that the declarations are made from.
 * @param {string} root
 */
function fingerprint(root) {
  const hash = createHash("sha256");
  const library = join(root, "dist/lib");
  const own = existsSync(library)
    ? readdirSync(library, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".d.ts"))
        .sort()
    : [];
  const programs = ["roll-up.mjs", "declarations.mjs"].map((name) => join(import.meta.dirname, name));
  for (const file of [join(root, "package-lock.json"), ...programs, ...own.map((name) => join(library, name))])
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  return hash.digest("hex");
}
