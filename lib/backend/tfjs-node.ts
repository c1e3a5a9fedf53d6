import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import util from "node:util";
import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import { ownFolder } from "../files/own-folder.js";

const require = createRequire(import.meta.url);

/** The class of tfjs-node that turns kernels into calls of a binding. */
export type KernelBackendClass = typeof NodeJSKernelBackend;

/**
 * Loads one of tfjs-node's compiled files, and nothing else: its index would load its own native binding.
 *
 * @param file such as "image.js"
 */
export function requireTfjsNode<Exports>(file: string): Exports {
  restoreNodeUtilities();
  return require(`${home()}/${file}`) as Exports;
}

/** Where the build copies them; the package of which it copies them, for sources that run before they are built. */
function home(): string {
  return existsSync(join(ownFolder(), "dist/vendor/tfjs-node-gpu/.stamp"))
    ? "#tfjs-node"
    : "@tensorflow/tfjs-node-gpu/dist";
}

/**
 * Node 23 took away two helpers that tfjs-node 4.22 calls, and Node 22 warns of them; this puts plain ones in their
 * place.
 */
export function restoreNodeUtilities(): void {
  const old = util as unknown as Record<string, unknown>;
  old.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  old.isArray = Array.isArray;
}

/** Registers tfjs-node's kernels, once, and returns the class of its backend. */
export function loadKernels(): KernelBackendClass {
  const { NodeJSKernelBackend: kernelBackend } = requireTfjsNode<{ NodeJSKernelBackend: KernelBackendClass }>(
    "nodejs_kernel_backend.js",
  );
  requireTfjsNode("register_all_kernels.js");
  return kernelBackend;
}
