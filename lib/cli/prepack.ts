/** What npm runs before it packs, where scripts are on: dist is built by then, and here it is held to be whole. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { commandOf, readCommandLine } from "./command-line.js";

const USAGE = { command: "prepack", does: "Builds what npm packs; `npm run pack` packs it too.", options: {} };

/** A file of each part without which the package does not work. */
export const PARTS = [
  "dist/lib/index.js",
  "dist/lib/index.d.ts",
  "dist/kernel/main.js",
  "dist/types/paths.json",
  "dist/vendor/tfjs-node-gpu/nodejs_kernel_backend.js",
  "dist/vendor/tfjs-node-gpu/LICENSE",
  "dist/vendor/tfjs.js",
];

export const run = commandOf(
  USAGE,
  (args) => readCommandLine(USAGE, args),
  (_line, { packageFolder }) => {
    const missing = PARTS.filter((path) => !existsSync(join(packageFolder, path)));
    for (const path of missing) console.error(`prepack: ${path} was not built; remove dist and try again`);
    return missing.length === 0 ? 0 : 1;
  },
);
