/**
 * The backend: TensorFlow.js with its tensors and ops on TensorFlow's own library, and compiled functions.
 * @module
 */
import { registerBackends } from "./register.js";
import * as tf from "./tf.js";

registerBackends();

export { tf };
export { cacheFolder } from "../files/cache-folder.js";
export { compile, type CompiledFunction, type CompileOptions } from "./compile/compile.js";
export {
  applyAdam,
  applyMomentum,
  keepInPlace,
  type AdamSettings,
  type AdamUpdate,
  type MomentumUpdate,
} from "./compile/updates.js";
export { ProfiledStep, type ProfiledRun, type StepSpan } from "./compile/profiled-step.js";
export type { Noted } from "./compile/graph-session.js";
export type { Device } from "./context.js";
export { backendInfo, type BackendInfo } from "./info.js";
export * as ops from "./ops/index.js";
export type { NodeNamespace } from "./node.js";
export { TensorFlowError } from "./status.js";
export type { TensorValues } from "./tensorflow-dtypes.js";

/** Resolves when the backend can be used. It is used at once without this too; this moves the waiting. */
export async function ready(): Promise<void> {
  await tf.ready();
}
