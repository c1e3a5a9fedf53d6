/**
 * The kernel's two threads in one file each, in place of dist/kernel/main.js and worker.js: a launch then reads a
 * handful of files instead of two hundred. The modules stay beside them.
 */
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Packages that load programs or libraries of their own from where they lie. */
const OUTSIDE = ["zeromq", "koffi", "oxc-parser", "oxc-transform", "esbuild", "typescript", "tslab"];

/** vscode-jsonrpc is CommonJS: what it requires of Node has to be found from a module. */
const REQUIRE =
  'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);';

/**
 * A kernel that runs finds its chunks again after a build: those of the build before are kept.
 * @param {string} root
 * @param {string} folder the kernel's compiled modules
 * @param {string} before the build that this one replaces
 */
export async function bundleKernel(root, folder, before) {
  /** @type {typeof import("esbuild")} */
  const { build } = await import(pathToFileURL(join(root, "node_modules/esbuild/lib/main.js")).href);
  await build({
    absWorkingDir: root,
    entryPoints: ["main.js", "worker.js"].map((name) => join(folder, name)),
    outdir: folder,
    allowOverwrite: true,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    external: OUTSIDE,
    chunkNames: "chunks/[name]-[hash]",
    banner: { js: REQUIRE },
    sourcemap: true,
    logLevel: "error",
  });
  const own = readdirSync(join(folder, "chunks"));
  for (const name of chunksOf(before))
    if (!own.includes(name)) copyFileSync(join(before, "chunks", name), join(folder, "chunks", name));
  writeFileSync(join(folder, OWN_CHUNKS), JSON.stringify(own));
}

/** Lists the chunks that a build made itself. */
const OWN_CHUNKS = ".chunks.json";

/**
 * @param {string} build
 * @returns {string[]}
 */
function chunksOf(build) {
  const list = join(build, OWN_CHUNKS);
  return existsSync(list)
    ? JSON.parse(readFileSync(list, "utf8")).filter((/** @type {string} */ name) =>
        existsSync(join(build, "chunks", name)),
      )
    : [];
}
