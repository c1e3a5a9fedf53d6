/**
 * tfjs-core's own specs on our binding: bundled by build.ts, run by Jasmine in a process of its own. Prints
 * one line of JSON, a {@link SuiteReport}, as the last thing on stdout.
 */
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops";
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import "@tensorflow/tfjs-node-gpu/src/register_all_kernels";
import * as tf from "@tensorflow/tfjs";
import { setTestEnvs } from "@tensorflow/tfjs-core/dist/jasmine_util";
import { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/src/nodejs_kernel_backend";
import Jasmine from "jasmine";
import { openContext } from "../../../lib/backend/context.js";
import { asTfjsBinding, EagerBinding } from "../../../lib/backend/eager.js";
import { findLibraries } from "../../../lib/backend/library.js";
import { exclusionOf } from "./exclusions.js";

/** What the run came to. */
export interface SuiteReport {
  readonly tensorflow: string;
  readonly passed: number;
  readonly excluded: readonly string[];
  readonly failed: readonly { readonly name: string; readonly messages: readonly string[] }[];
}

const library = findLibraries()[0];
if (!library) throw new Error("no TensorFlow library");
const binding = new EagerBinding(openContext(library));
tf.registerBackend("tensorflow", () => new NodeJSKernelBackend(asTfjsBinding(binding), "@tensorflow/tfjs-node-gpu"), 10);
tf.setBackend("tensorflow");
setTestEnvs([{ name: "test-tensorflow", backendName: "tensorflow", flags: {}, isDataSync: true }]);

const report = {
  tensorflow: binding.TF_Version,
  passed: 0,
  excluded: [] as string[],
  failed: [] as { name: string; messages: string[] }[],
};
const runner = new Jasmine({});
runner.exitOnCompletion = false;
runner.randomizeTests(false);
runner.clearReporters();
runner.addReporter({
  specDone(result) {
    if (result.status === "passed") report.passed++;
    if (result.status === "failed") {
      report.failed.push({
        name: result.fullName,
        messages: result.failedExpectations.map(({ message }) => message.slice(0, 500)),
      });
    }
  },
  jasmineDone() {
    console.log(JSON.stringify(report));
  },
});
jasmine.getEnv().configure({
  specFilter(spec: jasmine.Spec) {
    const name = spec.getFullName();
    if (!exclusionOf(name)) return true;
    report.excluded.push(name);
    return false;
  },
});
// The specs define themselves on import, with the backend in place.
void import("@tensorflow/tfjs-core/dist/tests").then(() => runner.execute());
