import * as tf from "@tensorflow/tfjs";
import { replaceTfjsRandom } from "./compile/random-ops.js";
import { registerBorrowedKernels } from "./borrowed-kernels.js";
import { type Context, openContext } from "./context.js";
import { registerCorrectedKernels } from "./corrected-kernels.js";
import { asTfjsBinding, EagerBinding } from "./eager.js";
import { keepEngineState } from "./engine-state.js";
import { registerWasm, WASM } from "./fallback.js";
import { loadKernels, requireTfjsNode } from "./tfjs-node.js";
import { correctGradients, registerGradients } from "./gradients.js";
import { adaptOutputs } from "./output-dtypes.js";
import { fetchLibrary, mayFetch } from "./missing-library.js";
import { findLibraries, searchedPlaces } from "./library.js";
import { typed } from "../files/own-folder.js";
import { hasNvidiaDriver } from "./nvidia-driver.js";
import { inspectTensors } from "./inspect-tensor.js";
import { prepareLayersFit } from "./layers-fit.js";
import { showImages } from "./show-image.js";

/** The name under which TensorFlow's library is a tfjs backend; tfjs-node's own name, which its code asks for. */
const TENSORFLOW = "tensorflow";

/** What `SACCADE_BACKEND` may say; without it the best one that can be had is used. */
const CHOICES = [TENSORFLOW, WASM, "cpu"];

/** What is known of the backend so far. Filled in by the first tensor. */
interface State {
  binding?: EagerBinding;
  /** Why a better backend is not in use. */
  complaint?: string;
}

/**
 * One per process, however many copies of this library are loaded (a test may load its sources beside the built one).
 */
const state: State = ((globalThis as Record<symbol, unknown>)[Symbol.for("saccade.backend")] ??= {}) as State;

/** The running binding to TensorFlow, or undefined on another backend. Starts the backend. */
export function currentBinding(): EagerBinding | undefined {
  tf.backend();
  return tf.getBackend() === TENSORFLOW ? state.binding : undefined;
}

/** Why a better backend is not in use, or undefined. Starts the backend. */
export function currentComplaint(): string | undefined {
  tf.backend();
  return state.complaint;
}

/**
 * Registers our backends with tfjs, above its own: TensorFlow's library, then WebAssembly. Opens neither: the
 * first tensor does.
 *
 * @throws RangeError when `SACCADE_BACKEND` names no backend
 */
export function registerBackends(): void {
  if (tf.findBackendFactory(TENSORFLOW)) return; // another copy of this library is loaded
  const choice = process.env.SACCADE_BACKEND || undefined;
  if (choice && !CHOICES.includes(choice)) {
    throw new RangeError(`SACCADE_BACKEND: must be one of ${CHOICES.join(", ")}, got ${choice}`);
  }
  showImages();
  inspectTensors();
  prepareLayersFit();
  registerFileUrls();
  keepEngineState();
  replaceTfjsRandom();
  correctGradients();
  const openCpu = quietCpu();
  if (choice === undefined || choice === WASM) registerWasm(openCpu);
  else tf.removeBackend(WASM);
  if (choice === TENSORFLOW) tf.removeBackend("cpu"); // nothing to fall back to
  if (choice !== undefined && choice !== TENSORFLOW) announce(choice, `SACCADE_BACKEND=${choice}`);
  else if (choice === TENSORFLOW || findLibraries().length > 0 || mayFetch()) {
    tf.registerBackend(TENSORFLOW, () => openTensorFlow(openCpu, choice === undefined), 10);
  } else announce(WASM, noLibrary());
}

function openTensorFlow(openCpu: () => tf.KernelBackend, mayFallBack: boolean): tf.KernelBackend {
  let context: Context;
  try {
    context = openBest();
  } catch (error) {
    if (mayFallBack) {
      announce(WASM, error instanceof Error ? error.message : String(error));
      withoutTfjsWarnings();
    }
    throw error;
  }
  const KernelBackend = loadKernels();
  registerCorrectedKernels(TENSORFLOW);
  registerBorrowedKernels(TENSORFLOW, openCpu);
  registerGradients(TENSORFLOW);
  state.binding = new EagerBinding(context);
  const backend = new KernelBackend(asTfjsBinding(state.binding), "@tensorflow/tfjs-node-gpu");
  adaptOutputs(backend);
  return backend;
}

/** Opens the first library that can be opened, and notes why it is not a better one. */
function openBest(): Context {
  const failures: string[] = [];
  if (findLibraries().length === 0 && mayFetch()) fetchLibrary();
  for (const library of findLibraries()) {
    try {
      const context = openContext(library);
      if (hasNvidiaDriver() && context.device.type !== "GPU") {
        failures.push(
          library.build === "cpu"
            ? `an NVIDIA driver is here, but no CUDA build of TensorFlow could be used; ${typed("setup")} fetches it`
            : "an NVIDIA driver is here, but TensorFlow finds no GPU that it can use",
        );
      }
      if (failures.length > 0) announce(`TensorFlow ${context.version} on the CPU`, failures.join("; "));
      return context;
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(failures.join("; ") || noLibrary());
}

function noLibrary(): string {
  return `no TensorFlow library ${searchedPlaces()}; ${typed("setup")} fetches it`;
}

/** Notes why a better backend is not in use, and says so once. */
function announce(running: string, why: string): void {
  state.complaint = why;
  const names: Record<string, string> = {
    wasm: "WebAssembly (slower; training much slower)",
    cpu: "plain JavaScript (slow)",
  };
  console.warn(`saccade: running on ${names[running] ?? running}: ${why}`);
}

/** tfjs prints the stack of a backend that cannot start; one line of ours has said it. For this turn only. */
function withoutTfjsWarnings(): void {
  const before = tf.env().getBool("PROD");
  tf.env().set("PROD", true);
  queueMicrotask(() => tf.env().set("PROD", before));
}

/** tfjs' own CPU backend greets its first tensor with an advertisement for tfjs-node. */
function quietCpu(): () => tf.KernelBackend {
  const factory = tf.findBackendFactory("cpu") as () => tf.KernelBackend;
  const quiet = () => Object.assign(factory(), { firstUse: false });
  tf.removeBackend("cpu");
  tf.registerBackend("cpu", quiet, 1);
  return quiet;
}

/** `file://` addresses for `model.save` and `tf.loadLayersModel`, as tfjs-node has them. */
function registerFileUrls(): void {
  const router = (url: string | string[]): tf.io.IOHandler | null => {
    const first = Array.isArray(url) ? url[0] : url;
    if (!first?.startsWith("file://")) return null;
    return requireTfjsNode<{ nodeFileSystemRouter: (url: string | string[]) => tf.io.IOHandler }>(
      "io/file_system.js",
    ).nodeFileSystemRouter(url);
  };
  tf.io.registerLoadRouter(router as (url: string | string[]) => tf.io.IOHandler);
  tf.io.registerSaveRouter(router as (url: string | string[]) => tf.io.IOHandler);
}
