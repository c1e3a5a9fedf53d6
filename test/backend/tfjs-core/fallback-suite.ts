/**
 * tfjs-core's own specs on the WebAssembly fallback. Prints one line of JSON, a {@link FallbackReport}, as the last
 * thing on stdout.
 */
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js";
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import * as tf from "@tensorflow/tfjs";
import { setTestEnvs } from "@tensorflow/tfjs-core/dist/jasmine_util.js";
import Jasmine from "jasmine";
import { registerWasm, WASM } from "../../../lib/backend/fallback.js";

export interface FallbackReport {
  readonly passed: number;
  readonly failed: readonly { readonly name: string; readonly message: string }[];
}

registerWasm(tf.findBackendFactory("cpu") as () => tf.KernelBackend);
tf.setBackend(WASM);
tf.backend();
setTestEnvs([{ name: "test-wasm", backendName: WASM, flags: {}, isDataSync: true }]);

const report = { passed: 0, failed: [] as { name: string; message: string }[] };
const runner = new Jasmine({});
runner.exitOnCompletion = false;
runner.randomizeTests(false);
runner.clearReporters();
runner.addReporter({
  specDone({ status, fullName, failedExpectations }) {
    if (status === "passed") report.passed++;
    else if (status === "failed")
      report.failed.push({
        name: fullName.replace(" test-wasm {}", ""),
        message: failedExpectations[0]!.message.slice(0, 300),
      });
  },
  jasmineDone() {
    console.log(JSON.stringify(report));
  },
});
void import("@tensorflow/tfjs-core/dist/tests.js").then(() => runner.execute());
