/**
 * The kernel's two threads in one file each, in place of dist/kernel/main.js and worker.js: a launch then reads a
 * handful of files instead of two hundred. The modules stay beside them.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Packages that load programs or libraries of their own from where they lie. */
const OUTSIDE = ["zeromq", "koffi", "oxc-parser", "oxc-transform", "esbuild", "typescript", "tslab"];

/** vscode-jsonrpc is CommonJS: what it requires of Node has to be found from a module. */
const REQUIRE = 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);';

/**
 * @param {string} root
 * @param {string} folder the kernel's compiled modules
 */
export async function bundleKernel(root, folder) {
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
}
