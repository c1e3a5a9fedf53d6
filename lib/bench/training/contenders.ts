/**
 * Who takes part: ours compiled and eager, Python's tf.function, PyTorch as the sources write it and as fast as it can
 * be had; where nothing is trained also ONNX Runtime and OpenVINO, with the ONNX file of our network.
 */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createModel, exportOnnx } from "../../models/index.js";
import { ONNX_RUNTIME_FOLDER } from "../../setup/bench-environment.js";
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
export const ONNX_RUNTIME = "ONNX Runtime";
export const OPENVINO = "OpenVINO";
/** Whichever of PyTorch's is fastest in a case, by its median. */
export const AT_BEST = "PyTorch at its best";
/** Whichever of all peers is. */
export const BEST_PEER = "the best peer";

export const OURS = ["ours", "ours, eager"] as const;
/** Those that `bench training` starts beside ours, in this order. */
const TRAINING_PEERS = [WRITTEN, TUNED, CHANNELS_LAST, TORCH_COMPILE, TF_FUNCTION] as const;
/** Those that run an ONNX file, on the CPU; `bench inference` starts them too. */
const ONNX_PEERS = [ONNX_RUNTIME, OPENVINO] as const;
type OnnxPeer = (typeof ONNX_PEERS)[number];
/** A peer in a process of its own. */
export type StartedPeer = (typeof TRAINING_PEERS)[number] | OnnxPeer;

/** The peers that a bench starts, in this order. */
export function startedPeers(training: boolean): readonly StartedPeer[] {
  return training ? TRAINING_PEERS : [...TRAINING_PEERS, ...ONNX_PEERS];
}

/** The peers as the report has them. */
export function reportedPeers(training: boolean): readonly string[] {
  const torchAndTensorFlow = [WRITTEN, AT_BEST, TF_FUNCTION, TUNED, CHANNELS_LAST, TORCH_COMPILE];
  return training ? torchAndTensorFlow : [BEST_PEER, ...torchAndTensorFlow, ...ONNX_PEERS];
}

/** Ours, or a peer in a process of its own. */
export type ContenderName = (typeof OURS)[number] | StartedPeer;

/** PyTorch's, by what each takes. */
export const TORCH: Readonly<Record<Exclude<StartedPeer, typeof TF_FUNCTION | OnnxPeer>, TorchOptions>> = {
  [WRITTEN]: {},
  [TUNED]: { sdpa: true, fused: true },
  [CHANNELS_LAST]: { sdpa: true, fused: true, channelsLast: true },
  [TORCH_COMPILE]: { sdpa: true, fused: true, compiled: true },
};

/** What an opened network says of itself. */
export interface Opened {
  /** null where it runs a file of ours. */
  readonly parameters: number | null;
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
  /** A folder for what torch.compile makes, and for ONNX files. */
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
  field: Pick<Field, "training" | "threads" | "device" | "busy" | "scratch">,
): Promise<Opened> {
  const { device } = field;
  if (name === TORCH_COMPILE && !hasCompiler())
    throw new Error("torch.compile needs a C++ compiler (g++ or clang++), and none is installed");
  const opened = await worker.ask<Opened>({ open: requestOf(name, network, batch, field) }, OPEN_LIMIT_MS);
  if (opened.device !== device)
    throw new Error(`it computes on the ${opened.device}, the bench is one of the ${device}`);
  return opened;
}

function requestOf(
  name: ContenderName,
  network: NetworkSpec,
  batch: number,
  { training, threads, device, busy, scratch }: Parameters<typeof open>[4],
): object {
  const { model, overrides, network: builder } = network;
  if (isOurs(name)) return { model, overrides, batch, training, variant: name === "ours" ? "compiled" : "eager" };
  const config = configOf(network);
  if (isOnnx(name)) {
    const request = { file: onnxFile(network, scratch), inputShape: config.inputShape, batch, threads };
    return name === ONNX_RUNTIME ? { ...request, busy } : request;
  }
  const request = { network: builder, config, batch, training, threads };
  return name === TF_FUNCTION ? request : { ...request, device, ...TORCH[name] };
}

/** Writes our network for those peers that run an ONNX file, with the weights that ours has, of seed 0. */
export async function writeOnnx(network: NetworkSpec, { scratch }: Pick<Field, "scratch">): Promise<void> {
  const model = createModel(network.model, network.overrides);
  try {
    await exportOnnx(model, onnxFile(network, scratch));
  } finally {
    model.dispose();
  }
}

function onnxFile({ model }: NetworkSpec, scratch: string): string {
  return join(scratch, `${model}.onnx`);
}

function isOnnx(name: ContenderName): name is OnnxPeer {
  return (ONNX_PEERS as readonly string[]).includes(name);
}

/** Whether a contender is this library. */
export function isOurs(name: ContenderName): name is (typeof OURS)[number] {
  return (OURS as readonly string[]).includes(name);
}

function startOurs(): WorkerProcess {
  return new WorkerProcess(process.execPath, [ownProgram("training-worker")]);
}

const ownProgram = (name: string): string => fileURLToPath(new URL(`${name}.js`, import.meta.url));

/** Starts a peer's process: ONNX Runtime in Node, the others in Python. */
export function startPeer(
  name: StartedPeer,
  { root, python, busy, scratch }: Pick<Field, "root" | "python" | "busy" | "scratch">,
): WorkerProcess {
  const env = {
    ...process.env,
    PYTHONDONTWRITEBYTECODE: "1", // its programs lie among the sources
    TORCHINDUCTOR_CACHE_DIR: scratch, // so that the first step compiles
    TMPDIR: scratch, // what TensorFlow generates stays where its process is killed
    ...(busy && { OMP_WAIT_POLICY: process.env["OMP_WAIT_POLICY"] ?? "PASSIVE" }),
  };
  if (name === ONNX_RUNTIME)
    return new WorkerProcess(
      process.execPath,
      [ownProgram("onnxruntime-worker"), join(root, ONNX_RUNTIME_FOLDER)],
      env,
    );
  const program = { [TF_FUNCTION]: "tensorflow_peer.py", [OPENVINO]: "openvino_peer.py" }[name as string];
  return new WorkerProcess(python, [join(root, "lib/bench/training/peers", program ?? "torch_peer.py")], env);
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
