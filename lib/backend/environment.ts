import { createRequire } from "node:module";
import { availableParallelism, cpus, totalmem } from "node:os";
import { backendInfo } from "./index.js"; // registers the backends

/** What a result was computed with. */
export interface Environment {
  /** Versions of what computed. */
  readonly versions: {
    /** Node's, "22.11.0". */
    readonly node: string;
    /** TensorFlow.js'. */
    readonly tfjs: string;
    /** This package's. */
    readonly saccade: string;
    /** Of TensorFlow's library, where that ran. */
    readonly tensorflow?: string;
  };
  /** One line: "TensorFlow 2.21.0 on CPU". */
  readonly backend: string;
  /** On what it was computed. */
  readonly machine: {
    /** "linux x64" */
    readonly platform: string;
    /** As the processor calls itself. */
    readonly cpu: string;
    /** Cores that this process may use. */
    readonly cores: number;
    /** Devices of TensorFlow. */
    readonly devices: readonly string[];
    /** Of all memory. */
    readonly memoryBytes: number;
  };
}

/** The versions and the machine that this process runs on. */
export function environment(): Environment {
  const { title, tfjs, tensorflow, devices } = backendInfo();
  const { version } = createRequire(import.meta.url)("saccade/package.json") as { version: string };
  return {
    versions: { node: process.versions.node, tfjs, ...(tensorflow !== undefined && { tensorflow }), saccade: version },
    backend: title,
    machine: {
      platform: `${process.platform} ${process.arch}`,
      cpu: cpus()[0]?.model.trim() ?? "unknown",
      cores: availableParallelism(),
      devices: devices.map(({ name }) => name),
      memoryBytes: totalmem(),
    },
  };
}
