import * as tf from "@tensorflow/tfjs";
import { bfloat16Missing } from "./compile/mixed-precision.js";
import type { Device } from "./context.js";
import { currentBinding, currentComplaint } from "./register.js";

/** What computes, and why nothing better does. */
export interface BackendInfo {
  /** tfjs' name of the backend: "tensorflow", "wasm" or "cpu". */
  readonly name: string;
  /** One line for people, such as "TensorFlow 2.21.0 on CPU". */
  readonly title: string;
  /** The version of tfjs. */
  readonly tfjs: string;
  /** The version of TensorFlow's library, where that runs. */
  readonly tensorflow?: string;
  /** TensorFlow's library, where that runs. */
  readonly library?: {
    /** Absolute path of the folder with it. */
    readonly folder: string;
    /** What it was built for. */
    readonly build: "cpu" | "gpu" | "unknown";
  };
  /** TensorFlow's devices; empty on other backends. */
  readonly devices: readonly Device[];
  /** Why a better backend or device is not in use, where there is one. */
  readonly whyNotBetter?: string;
  /** Why `mixedPrecision` computes in float32 here; left out where it computes in bfloat16. */
  readonly whyNoBfloat16?: string;
}

/** Says what computes. Starts the backend if nothing has yet. */
export function backendInfo(): BackendInfo {
  const context = currentBinding()?.context;
  const whyNotBetter = currentComplaint();
  const whyNoBfloat16 = bfloat16Missing();
  const name = tf.getBackend();
  const titles: Record<string, string> = { wasm: "WebAssembly", cpu: "plain JavaScript" };
  return {
    name,
    title: context ? `TensorFlow ${context.version} on ${context.device.type}` : (titles[name] ?? name),
    tfjs: tf.version_core,
    ...(context && { tensorflow: context.version, library: context.library }),
    devices: context?.devices ?? [],
    ...(whyNotBetter !== undefined && { whyNotBetter }),
    ...(whyNoBfloat16 !== undefined && { whyNoBfloat16 }),
  };
}
