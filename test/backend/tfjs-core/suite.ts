/**
 * tfjs-core's own specs on our binding: bundled by build.ts, run by Jasmine in a process of its own. Prints
 * one line of JSON, a {@link SuiteReport}, as the last thing on stdout.
 */
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js";
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import "@tensorflow/tfjs-node-gpu/src/register_all_kernels";
import * as tf from "@tensorflow/tfjs";
import { setTestEnvs } from "@tensorflow/tfjs-core/dist/jasmine_util.js";
import { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/src/nodejs_kernel_backend";
import Jasmine from "jasmine";
import { registerBorrowedKernels } from "../../../lib/backend/borrowed-kernels.js";
import { openContext } from "../../../lib/backend/context.js";
import { registerCorrectedKernels } from "../../../lib/backend/corrected-kernels.js";
import { asTfjsBinding, EagerBinding } from "../../../lib/backend/eager.js";
import { restoreNodeUtilities } from "../../../lib/backend/tfjs-node.js";
import { findLibraries } from "../../../lib/backend/library.js";
import { type CompiledKernels, compileKernels } from "./compiled-kernels.js";
import { adaptOutputs } from "../../../lib/backend/output-dtypes.js";
import { exclusionsBySpec } from "./exclusions.js";

/** What the run came to. */
export interface SuiteReport {
  readonly tensorflow: string;
  readonly passed: number;
  /** Specs of the table of exclusions that failed, as the table says. */
  readonly excluded: readonly string[];
  /** Specs of the table of exclusions that passed after all, or do not exist. */
  readonly needlesslyExcluded: readonly string[];
  /** With `--compiled`: which kernels ran compiled. */
  readonly kernels?: CompiledKernels;
  readonly failed: readonly { readonly name: string; readonly messages: readonly string[] }[];
}

restoreNodeUtilities();
const library = findLibraries()[0];
if (!library) throw new Error("no TensorFlow library");
const binding = new EagerBinding(openContext(library));
tf.registerBackend(
  "tensorflow",
  () => {
    const backend = new NodeJSKernelBackend(asTfjsBinding(binding), "@tensorflow/tfjs-node-gpu");
    adaptOutputs(backend);
    return backend;
  },
  10,
);
tf.setBackend("tensorflow");
registerCorrectedKernels("tensorflow");
registerBorrowedKernels("tensorflow", tf.findBackendFactory("cpu") as () => tf.KernelBackend);
const compiled = process.argv.includes("--compiled");
const kernels = compiled ? compileKernels("tensorflow", binding) : undefined;
setTestEnvs([{ name: "test-tensorflow", backendName: "tensorflow", flags: {}, isDataSync: true }]);

const report = {
  tensorflow: binding.TF_Version,
  passed: 0,
  excluded: [] as string[],
  needlesslyExcluded: [] as string[],
  failed: [] as { name: string; messages: string[] }[],
};
const exclusions = exclusionsBySpec(compiled);
const unseen = new Set(exclusions.keys());
const runner = new Jasmine({});
runner.exitOnCompletion = false;
runner.randomizeTests(false);
runner.clearReporters();
runner.addReporter({
  specDone(result) {
    const exclusion = exclusions.get(result.fullName);
    if (exclusion) unseen.delete(result.fullName);
    if (exclusion && (result.status === "failed" || exclusion.sometimes)) report.excluded.push(result.fullName);
    else if (exclusion) report.needlesslyExcluded.push(result.fullName);
    else if (result.status === "passed") report.passed++;
    else if (result.status === "failed") {
      report.failed.push({
        name: result.fullName,
        messages: result.failedExpectations.map(({ message }) => message.slice(0, 500)),
      });
    }
  },
  jasmineDone() {
    report.needlesslyExcluded.push(...unseen);
    console.log(JSON.stringify({ ...report, ...(kernels && { kernels }) }));
  },
});
// The specs define themselves on import, with the backend in place.
void import("@tensorflow/tfjs-core/dist/tests.js").then(() => runner.execute());
