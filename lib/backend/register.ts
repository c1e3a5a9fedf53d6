import * as tf from "@tensorflow/tfjs";
import { type Context, openContext } from "./context.js";
import { asTfjsBinding, EagerBinding } from "./eager.js";
import { loadKernels } from "./kernels.js";
import { findLibraries, searchedPlaces } from "./library.js";

/** The name under which TensorFlow's library is a tfjs backend; tfjs-node's own name, which its code asks for. */
export const TENSORFLOW = "tensorflow";

/** What became of the attempt to open TensorFlow's library. */
interface Attempt {
  readonly context?: Context;
  /** Why there is no context, or why it is not the best library found. */
  readonly complaint?: string;
}

let attempt: Attempt | undefined;
let binding: EagerBinding | undefined;

/**
 * Opens TensorFlow's library the first time it is called, and says what came of it.
 */
export function tryTensorFlow(): Attempt {
  attempt ??= openFirst();
  return attempt;
}

function openFirst(): Attempt {
  const complaints: string[] = [];
  const libraries = findLibraries();
  for (const library of libraries) {
    try {
      return { context: openContext(library), ...(complaints.length > 0 && { complaint: complaints.join("; ") }) };
    } catch (error) {
      complaints.push(error instanceof Error ? error.message : String(error));
    }
  }
  return { complaint: complaints.join("; ") || `no TensorFlow library ${searchedPlaces()}` };
}

/**
 * The binding under the running TensorFlow backend.
 *
 * @throws Error when TensorFlow's library is not running
 */
export function eagerBinding(): EagerBinding {
  tf.backend();
  if (!binding) throw new Error(`backend: TensorFlow's library is not in use, the backend is ${tf.getBackend()}`);
  return binding;
}

/** Registers TensorFlow with tfjs, above its own backends. The library is opened when the first tensor asks for it. */
export function registerTensorFlow(): void {
  if (tf.findBackendFactory(TENSORFLOW)) return;
  tf.registerBackend(
    TENSORFLOW,
    () => {
      const { context, complaint } = tryTensorFlow();
      if (!context) throw new Error(complaint);
      const KernelBackend = loadKernels();
      binding = new EagerBinding(context);
      return new KernelBackend(asTfjsBinding(binding), "@tensorflow/tfjs-node-gpu");
    },
    10,
  );
}
