/**
 * Who takes part: ours compiled and eager, Python's tf.function, PyTorch as the sources write it and as fast as it can
 * be had.
 */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DeviceType } from "../device.js";
import { configOf, type NetworkSpec } from "./training-cases.js";
import { WorkerProcess } from "./worker-process.js";

/** A PyTorch program's choices; all off is as the studies' sources write it. */
interface TorchOptions {
  /** scaled_dot_product_attention in place of two products and a softmax. */
  readonly sdpa?: boolean;
  /** The fused Adam. */
  readonly fused?: boolean;
  readonly channelsLast?: boolean;
  /** torch.compile. */
  readonly compiled?: boolean;
}

export const WRITTEN = "PyTorch as written";
export const TUNED = "PyTorch, SDPA and fused Adam";
export const CHANNELS_LAST = "PyTorch, channels_last too";
export const TORCH_COMPILE = "PyTorch, torch.compile";
export const TF_FUNCTION = "tf.function";
/** Whichever of PyTorch's is fastest in a case, by its median. */
export const AT_BEST = "PyTorch at its best";

export const OURS = ["ours", "ours, eager"] as const;
/** Those that `bench` starts beside ours, in this order. */
export const STARTED_PEERS = [WRITTEN, TUNED, CHANNELS_LAST, TORCH_COMPILE, TF_FUNCTION] as const;
/** As the report has them. */
export const PEERS = [WRITTEN, AT_BEST, TF_FUNCTION, TUNED, CHANNELS_LAST, TORCH_COMPILE] as const;
/** Ours, or a peer in a process of its own. */
export type ContenderName = (typeof OURS)[number] | (typeof STARTED_PEERS)[number];

/** PyTorch's, by what each takes. */
export const TORCH: Readonly<Record<Exclude<(typeof STARTED_PEERS)[number], typeof TF_FUNCTION>, TorchOptions>> = {
  [WRITTEN]: {},
  [TUNED]: { sdpa: true, fused: true },
  [CHANNELS_LAST]: { sdpa: true, fused: true, channelsLast: true },
  [TORCH_COMPILE]: { sdpa: true, fused: true, compiled: true },
};

/** What an opened network says of itself. */
export interface Opened {
  readonly parameters: number;
  /** Where it computes. */
  readonly device: DeviceType;
  /** The first step, with tracing or compiling and whatever else is done once. */
  readonly firstMs: number;
  readonly version: string;
}

/** What the contenders of a training bench are started with. */
export interface Field {
  readonly root: string;
  /** The peers' Python. */
  readonly python: string;
  /** Where all compute: what TensorFlow chose for ours. */
  readonly device: DeviceType;
  readonly training: boolean;
  readonly threads: number;
  /** Whether the machine does other work: PyTorch's threads wait passively then, as spinning ones starve each other. */
  readonly busy: boolean;
  /** A folder for what torch.compile makes. */
  readonly scratch: string;
}

/** Longest that a contender may take to its first steps: torch.compile may need a minute for a network. */
const OPEN_LIMIT_MS = 150_000;

/** Starts a contender's process. */
export function start(name: ContenderName, field: Pick<Field, "root" | "python" | "busy" | "scratch">): WorkerProcess {
  return isOurs(name) ? startOurs() : startPeer(name, field);
}

/**
 * Makes a network there and takes its first two steps. @throws Error where it cannot, not in time, or on another device
 */
export async function open(
  name: ContenderName,
  worker: WorkerProcess,
  network: NetworkSpec,
  batch: number,
  { training, threads, device }: Pick<Field, "training" | "threads" | "device">,
): Promise<Opened> {
  if (name === TORCH_COMPILE && !hasCompiler())
    throw new Error("torch.compile needs a C++ compiler (g++ or clang++), and none is installed");
  const { model, overrides, network: builder } = network;
  const request = isOurs(name)
    ? { model, overrides, batch, training, variant: name === "ours" ? "compiled" : "eager" }
    : {
        network: builder,
        config: configOf(network),
        batch,
        training,
        threads,
        ...(name !== TF_FUNCTION && { device, ...TORCH[name] }),
      };
  const opened = await worker.ask<Opened>({ open: request }, OPEN_LIMIT_MS);
  if (opened.device !== device)
    throw new Error(`it computes on the ${opened.device}, the bench is one of the ${device}`);
  return opened;
}

/** Whether a contender is this library. */
export function isOurs(name: ContenderName): name is (typeof OURS)[number] {
  return (OURS as readonly string[]).includes(name);
}

function startOurs(): WorkerProcess {
  return new WorkerProcess(process.execPath, [fileURLToPath(new URL("training-worker.js", import.meta.url))]);
}

/** Starts a peer's process, in Python. */
export function startPeer(
  name: (typeof STARTED_PEERS)[number],
  { root, python, busy, scratch }: Pick<Field, "root" | "python" | "busy" | "scratch">,
): WorkerProcess {
  const env = {
    ...process.env,
    PYTHONDONTWRITEBYTECODE: "1", // its programs lie among the sources
    TORCHINDUCTOR_CACHE_DIR: scratch, // so that the first step compiles
    TMPDIR: scratch, // what TensorFlow generates stays where its process is killed
    ...(busy && { OMP_WAIT_POLICY: process.env["OMP_WAIT_POLICY"] ?? "PASSIVE" }),
  };
  const program = name === TF_FUNCTION ? "tensorflow_peer.py" : "torch_peer.py";
  return new WorkerProcess(python, [join(root, "lib/bench/training/peers", program)], env);
}

/** Whether torch.compile will find one, as it looks itself: CXX, or by name. */
export function hasCompiler(env: NodeJS.ProcessEnv = process.env): boolean {
  const names = env["CXX"] ? [env["CXX"]] : ["g++", "clang++", "c++"];
  const folders = (env["PATH"] ?? "").split(delimiter);
  return names.some((name) =>
    (name.includes("/") ? [name] : folders.map((folder) => join(folder, name))).some(isExecutable),
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
