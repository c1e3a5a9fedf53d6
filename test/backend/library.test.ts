import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { findLibraries } from "../../lib/backend/library.js";
import { hasNvidiaDriver } from "../../lib/backend/nvidia-driver.js";
import { ROOT } from "../cli/project.js";

const before = { ...process.env };

const cache = mkdtempSync(join(tmpdir(), "saccade-library-"));
const here = `${process.platform}-${process.arch}`;
const names =
  process.platform === "darwin"
    ? ["libtensorflow_cc.2.dylib", "libtensorflow_framework.2.dylib"]
    : ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];

function put(folder: string, files = names): void {
  mkdirSync(join(cache, "tensorflow", folder), { recursive: true });
  for (const file of files) writeFileSync(join(cache, "tensorflow", folder, file), "");
}

beforeAll(() => {
  vi.stubEnv("SACCADE_CACHE", cache);
  vi.stubEnv("SACCADE_TENSORFLOW", "");
  put(`2.9.1-cpu-${here}`);
  put(`2.21.0-cpu-${here}`);
  put(`2.20.0-gpu-${here}`);
  put("2.22.0-cpu-beos-ppc");
  put(`2.23.0-cpu-${here}`, names.slice(1)); // not complete
  put(`2.24.0-cpu-${here}.partial`);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true });
});

describe("findLibraries()", () => {
  it("lists complete libraries for this machine: the build that fits it first, then the newest", () => {
    const cpu = [`2.21.0-cpu-${here}`, `2.9.1-cpu-${here}`];
    const gpu = [`2.20.0-gpu-${here}`];
    expect(findLibraries().map(({ folder }) => basename(folder))).toEqual(
      hasNvidiaDriver() ? [...gpu, ...cpu] : [...cpu, ...gpu],
    );
  });

  it("takes the folder that SACCADE_TENSORFLOW names, and no other", () => {
    const folder = join(cache, "tensorflow", `2.9.1-cpu-${here}`);
    vi.stubEnv("SACCADE_TENSORFLOW", folder);
    expect(findLibraries()).toEqual([{ folder, build: "unknown" }]);
    vi.stubEnv("SACCADE_TENSORFLOW", join(cache, "nothing"));
    expect(findLibraries()).toEqual([]);
    vi.stubEnv("SACCADE_TENSORFLOW", "");
  });
});

describe("a process that opens the library", () => {
  const program = `
    import { tf, compile, ready } from ${JSON.stringify(join(ROOT, "dist/lib/backend/index.js"))};
    await ready();
    const call = compile((x, kernel) => tf.conv2d(x, kernel, 1, "same"));
    (await call(tf.ones([1, 8, 8, 8]), tf.ones([3, 3, 8, 8]))).dataSync();
    console.log(JSON.stringify({ backend: tf.getBackend(), left: process.env.TF_ENABLE_ONEDNN_OPTS ?? null }));`;
  const run = (env: NodeJS.ProcessEnv) => {
    const { TF_ENABLE_ONEDNN_OPTS: _, SACCADE_CACHE: __, SACCADE_TENSORFLOW: ___, ...rest } = before;
    const output = execFileSync(process.execPath, ["--input-type=module", "-e", program], {
      encoding: "utf8",
      env: { ...rest, ONEDNN_VERBOSE: "1", ...env },
    })
      .trim()
      .split("\n");
    return {
      ...(JSON.parse(output.at(-1)!) as { backend: string; left: string | null }),
      convolutions: output.filter((line) => /^onednn_verbose.*,convolution,/.test(line)).length,
    };
  };

  it("computes with oneDNN's kernels on every x64 processor, leaving its children's TF_ENABLE_ONEDNN_OPTS", ({
    skip,
  }) => {
    const { backend, left, convolutions } = run({});
    expect(left).toBeNull();
    skip(
      backend !== "tensorflow" || process.arch !== "x64",
      `no TensorFlow library for x64 here (${backend}, ${process.arch})`,
    );
    skip(hasNvidiaDriver(), "a GPU computes here, not oneDNN");
    expect(convolutions).toBeGreaterThan(0);
    expect(run({ TF_ENABLE_ONEDNN_OPTS: "0" })).toEqual({ backend, left: "0", convolutions: 0 });
  });
});
