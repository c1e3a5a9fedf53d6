/** Who may import whom: the house's rooms, by layer, each with the rooms whose files its own may import. */

/** Files that lie in no room and that any room of their house may import. */
export const GROUND: readonly string[] = [
  "lib/checks.ts",
  "lib/compound-rules.ts",
  "lib/distributions.ts",
  "lib/escape-html.ts",
  "lib/filled.ts",
  "lib/host.ts",
  "lib/nearest.ts",
  "lib/png.ts",
  "lib/protobuf.ts",
  "lib/read-json.ts",
  "lib/rules.ts",
  "lib/set-rules.ts",
  "lib/shown.ts",
  "lib/table.ts",
  "lib/value-text.ts",
  "kernel/contract.ts",
  "kernel/folder.ts",
];

/** lib's rooms, the lowest first. */
export const LIB: Readonly<Record<string, readonly string[]>> = {
  files: [],
  plots: [],
  client: [],
  backend: ["files"],
  safetensors: ["files"],
  layers: ["backend"],
  datasets: ["files", "backend"],
  setup: ["files", "backend"],
  models: ["files", "safetensors", "backend", "layers"],
  tracking: ["files", "plots", "backend", "datasets", "models"],
  analysis: ["files", "safetensors", "backend", "layers"],
  train: ["files", "safetensors", "backend", "layers", "datasets", "models", "tracking", "analysis"],
  study: ["plots", "backend", "datasets", "analysis", "train"],
  sweeps: ["files", "plots", "backend", "safetensors", "layers", "datasets", "models", "tracking", "train", "analysis"],
  bench: ["files", "client", "backend", "datasets", "setup", "models", "train", "analysis", "study", "sweeps"],
  cli: ["files", "client", "backend", "datasets", "setup", "models", "tracking", "train", "analysis", "study", "bench"],
};

/**
 * The kernel's rooms: protocol, language and debug run on the worker thread, runtime on the main thread, source and
 * both on either. The files in no room that are no ground start the threads.
 */
export const KERNEL: Readonly<Record<string, readonly string[]>> = {
  source: [],
  both: [],
  language: ["source", "both"],
  protocol: ["both"],
  debug: ["source", "both"],
  runtime: ["source", "both"],
};
