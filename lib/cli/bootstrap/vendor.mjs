/**
 * dist/vendor: the JavaScript of tfjs-node that turns kernels into calls of a binding, and its types. The package
 * itself cannot be a dependency of who installs Saccade: its install script fetches an old TensorFlow. And a module
 * that gives tfjs out as it is required: where an import asks for a package that is no ES module, Node reads all of it
 * once more for what it exports, which takes it longer than to load it.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";

const PACKAGE = "@tensorflow/tfjs-node-gpu";
const FOLDER = "dist/vendor/tfjs-node-gpu";
const TFJS = "@tensorflow/tfjs";
const TFJS_MODULE = "dist/vendor/tfjs.js";
/** What is never loaded: its index, which opens its own binding, and its tests. */
const LEFT_OUT = /^(index|node|run_tests)\.|_test\./;

/**
 * Makes both anew where a package's version, or this program, is another.
 * @param {string} root
 */
export function ensureVendor(root) {
  ensureTfjsNode(root);
  ensureTfjsModule(root);
}

/** @param {string} root */
function ensureTfjsModule(root) {
  const file = join(root, TFJS_MODULE);
  const require = createRequire(join(root, "package.json"));
  const { version } = require(`${TFJS}/package.json`);
  const head = `// ${TFJS} ${version} as it is required, for who imports it.\n`;
  if (existsSync(file) && readFileSync(file, "utf8").startsWith(head)) return;
  const names = Object.keys(require(TFJS)).filter((name) => name !== "default");
  const text =
    `${head}import { createRequire } from "node:module";\n\n` +
    `const tfjs = createRequire(import.meta.url)("${TFJS}");\n` +
    `const { ${names.map((name, i) => `${name}: _${i}`).join(", ")} } = tfjs;\n` +
    `export { ${names.map((name, i) => `_${i} as ${name}`).join(", ")} };\n`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.partial`, text);
  renameSync(`${file}.partial`, file);
}

/** @param {string} root */
function ensureTfjsNode(root) {
  const folder = join(root, FOLDER);
  const manifest = createRequire(join(root, "package.json")).resolve(`${PACKAGE}/package.json`);
  const { version, license } = JSON.parse(readFileSync(manifest, "utf8"));
  const stamp = `${PACKAGE} ${version}, without ${LEFT_OUT.source}`;
  const stampFile = join(folder, ".stamp");
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return;
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  const from = join(dirname(manifest), "dist");
  for (const name of readdirSync(from, { recursive: true, encoding: "utf8" })) {
    if (!/\.(js|d\.ts)$/.test(name) || LEFT_OUT.test(name.split(sep).at(-1) ?? "")) continue;
    mkdirSync(dirname(join(partial, name)), { recursive: true });
    copyFileSync(join(from, name), join(partial, name));
  }
  writeFileSync(join(partial, "package.json"), `${JSON.stringify({ type: "commonjs", version, license }, null, 2)}\n`);
  copyFileSync(join(root, "LICENSE"), join(partial, "LICENSE")); // the same one: Apache 2.0
  writeFileSync(join(partial, "NOTICE"), noticeOf(version));
  writeFileSync(join(partial, ".stamp"), stamp);
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
}

/** @param {string} version */
function noticeOf(version) {
  return (
    `Compiled files of ${PACKAGE} ${version} (https://github.com/tensorflow/tfjs), unchanged.\n` +
    "Copyright Google LLC. Licensed under the Apache License, Version 2.0; the text is in LICENSE.\n"
  );
}

/**
 * Has the library's declarations name the copied types: who installs Saccade has no other. And its programs import
 * tfjs from the module that requires it.
 * @param {string} library the compiled library
 * @param {string} final where it will lie
 */
export function nameVendored(library, final) {
  const vendored = join(dirname(final), "vendor");
  for (const name of readdirSync(library, { recursive: true, encoding: "utf8" })) {
    if (!/\.(d\.ts|js)$/.test(name)) continue;
    const text = readFileSync(join(library, name), "utf8");
    const way = relative(dirname(join(final, name)), vendored)
      .split(sep)
      .join("/");
    const named = name.endsWith(".js")
      ? text.replaceAll(`from "${TFJS}";`, `from "${way}/tfjs.js";`)
      : text.replaceAll(`"${PACKAGE}/dist/`, `"${way}/tfjs-node-gpu/`);
    if (named !== text) writeFileSync(join(library, name), named);
  }
}
