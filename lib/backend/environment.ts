import { availableParallelism, cpus, totalmem } from "node:os";
import { ownVersion } from "../files/own-folder.js";
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
  const { node, saccade } = ownVersions();
  return {
    versions: { node, tfjs, ...(tensorflow !== undefined && { tensorflow }), saccade },
    backend: title,
    machine: { ...ownMachine(), devices: devices.map(({ name }) => name) },
  };
}

/** What of the machine is known without a backend: of a process that computes nothing itself. */
export function ownMachine(): Omit<Environment["machine"], "devices"> {
  return {
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
  };
}

/** The versions that are known without a backend. */
export function ownVersions(): Pick<Environment["versions"], "node" | "saccade"> {
  return { node: process.versions.node, saccade: ownVersion() };
}
