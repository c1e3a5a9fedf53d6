import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as tf from "@tensorflow/tfjs";
import type * as Wasm from "@tensorflow/tfjs-backend-wasm";
import { registerBorrowedKernels } from "./borrowed-kernels.js";
import { registerConvFilterGradient } from "./conv-filter-gradient.js";
import { WRONG_ON_WASM } from "./wasm-corrections.js";

const require = createRequire(import.meta.url);
// required, as an import would read it once more for what it exports
const { BackendWasm } = require("@tensorflow/tfjs-backend-wasm") as typeof Wasm;

/** tfjs' name of its WebAssembly backend. */
export const WASM = "wasm";

/** What we use of JavaScript's WebAssembly, which only TypeScript's library for browsers declares. */
interface WebAssemblyNamespace {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}

/** What we use of the module that Emscripten makes. */
interface EmscriptenModule {
  cwrap(name: string, result: "number" | null, parameters: readonly "number"[]): (...args: number[]) => number;
  tfjs?: Record<string, unknown>;
}

/**
 * Registers tfjs' WebAssembly backend below TensorFlow, so that it runs where TensorFlow's library cannot be
 * had. tfjs opens it asynchronously; ours opens at once, so that the same code runs on both. The gradient
 * of a convolution's filter, which it lacks, is ours; what else it lacks runs on tfjs' JavaScript kernels.
 *
 * @param openCpu makes an instance of tfjs' JavaScript backend
 */
export function registerWasm(openCpu: () => tf.KernelBackend): void {
  if (tf.findBackendFactory(WASM)) tf.removeBackend(WASM);
  const open = (): tf.KernelBackend => {
    const backend = new BackendWasm(openWasm() as ConstructorParameters<typeof Wasm.BackendWasm>[0]);
    registerConvFilterGradient(WASM);
    registerBorrowedKernels(WASM, openCpu, WRONG_ON_WASM);
    return backend;
  };
  tf.registerBackend(WASM, open, 5);
}

/** Instantiates the SIMD build (every Node that we support has SIMD; tfjs uses no threads under Node). */
function openWasm(): unknown {
  const factory = require("@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js") as (config: object) => unknown;
  const code = readFileSync(require.resolve("@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm"));
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyNamespace }).WebAssembly;
  const config = {
    instantiateWasm(imports: object, done: (instance: object) => void): object {
      const instance = new Instance(new Module(code), imports);
      done(instance);
      return instance.exports;
    },
  };
  withoutNewListeners(() => factory(config));
  const wasm = config as unknown as EmscriptenModule;
  wasm.tfjs = {
    init: wasm.cwrap("init", null, []),
    initWithThreadsCount: wasm.cwrap("init_with_threads_count", null, ["number"]),
    getThreadsCount: wasm.cwrap("get_threads_count", "number", []),
    registerTensor: wasm.cwrap("register_tensor", null, ["number", "number", "number"]),
    disposeData: wasm.cwrap("dispose_data", null, ["number"]),
    dispose: wasm.cwrap("dispose", null, []),
  };
  return wasm;
}

/** Emscripten makes every unhandled rejection of the process fatal; that is not a backend's to decide. */
function withoutNewListeners(work: () => void): void {
  const events = ["uncaughtException", "unhandledRejection"] as const;
  const before = events.map((event) => new Set(process.listeners(event as never)));
  work();
  events.forEach((event, i) => {
    for (const listener of process.listeners(event as never)) {
      if (!before[i]!.has(listener)) process.removeListener(event, listener);
    }
  });
}
