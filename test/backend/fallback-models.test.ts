import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

interface VitestReport {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly testResults: readonly { readonly name: string; readonly status: string; readonly message: string }[];
}

const ROOT = new URL("../..", import.meta.url).pathname;
const FILES = [
  "test/models/torch.test.ts",
  "test/layers/torch.test.ts",
  "test/backend/fused-ops.test.ts",
  "test/train/adam.test.ts",
  "test/train/fit.test.ts",
];
const folder = mkdtempSync(join(tmpdir(), "saccade-fallback-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("where TensorFlow's library is not, our models, layers, ops and training pass the same tests", () => {
  let report: VitestReport;
  const environment = { ...process.env, SACCADE_BACKEND: "", SACCADE_TENSORFLOW: folder };

  beforeAll(() => {
    const options = [
      "node_modules/vitest/vitest.mjs",
      "run",
      "--config",
      "test/vitest.config.ts",
      "--reporter=json",
      "--maxWorkers=1",
      ...FILES,
    ];
    const { stdout } = spawnSync(process.execPath, options, {
      cwd: ROOT,
      env: environment,
      encoding: "utf8",
      maxBuffer: 2 ** 26,
    });
    report = JSON.parse(stdout.slice(stdout.indexOf('{"num'))) as VitestReport;
  });

  it("on WebAssembly", () => {
    const program = `import { tf } from "./lib/backend/index.js"; tf.backend(); console.log(tf.getBackend());`;
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
      cwd: join(ROOT, "dist"),
      env: environment,
      encoding: "utf8",
    });
    expect(stdout).toBe("wasm\n");
  });

  it.each(FILES)("%s", (file) => {
    const result = report.testResults.find(({ name }) => name.endsWith(file));
    expect(result?.status, result?.message).toBe("passed");
  });

  it("PyTorch's numbers among them: logits, loss, gradients and three Adam steps of every model", () => {
    expect(report.success).toBe(true);
    expect(report.numPassedTests).toBeGreaterThan(140);
  });
});
