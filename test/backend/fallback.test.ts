import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const LIBRARY = pathToFileURL(new URL("../../dist/lib/index.js", import.meta.url).pathname).href;
const folder = mkdtempSync(join(tmpdir(), "saccade-fallback-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs `body` in a process with the given environment; it may use `tf` and `backend`. */
function run(environment: Record<string, string>, body: string) {
  const program = `import { tf, backend } from ${JSON.stringify(LIBRARY)};\n${body}`;
  const env = { ...process.env, ...environment };
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    encoding: "utf8",
    env,
  });
  return { stdout, stderr, status };
}

const PRODUCT =
  "console.log(tf.getBackend() || tf.backend() && tf.getBackend(), tf.ones([2, 3]).matMul(tf.ones([3, " +
  "1])).dataSync().join());";

describe("without TensorFlow's library", () => {
  it("runs on WebAssembly at once, and says once which backend runs and why", () => {
    const { stdout, stderr, status } = run(
      { SACCADE_TENSORFLOW: folder },
      `${PRODUCT} tf.tensor([1]).square().print();`,
    );
    expect(stdout).toContain("wasm 3,3");
    expect(stderr).toBe(
      `saccade: running on WebAssembly (slower; training much slower): no TensorFlow library in ${folder} ` +
        `(SACCADE_TENSORFLOW); npm run setup fetches it\n`,
    );
    expect(status).toBe(0);
  });

  it("does the same for an empty cache", () => {
    const { stdout, stderr } = run({ SACCADE_CACHE: folder, SACCADE_TENSORFLOW: "" }, PRODUCT);
    expect(stdout).toBe("wasm 3,3\n");
    expect(stderr).toContain(`no TensorFlow library in ${join(folder, "tensorflow")} (SACCADE_CACHE); npm run setup`);
  });

  it("does the same for a library that cannot be opened, and gives the loader's reason", () => {
    const broken = mkdtempSync(join(folder, "broken-"));
    writeFileSync(join(broken, "libtensorflow_framework.so.2"), "not a library");
    writeFileSync(join(broken, "libtensorflow_cc.so.2"), "not a library");
    const { stdout, stderr, status } = run({ SACCADE_TENSORFLOW: broken }, PRODUCT);
    expect(stdout).toBe("wasm 3,3\n");
    expect(stderr).toMatch(/^saccade: running on WebAssembly .*: cannot open .*libtensorflow_framework.so.2: .*\n$/);
    expect(status).toBe(0);
  });

  it("backendInfo() tells the same", () => {
    const { stdout } = run({ SACCADE_TENSORFLOW: folder }, "console.log(JSON.stringify(backend.backendInfo()));");
    expect(JSON.parse(stdout)).toMatchObject({
      name: "wasm",
      title: "WebAssembly",
      devices: [],
      whyNotBetter: expect.stringContaining(folder),
      whyNoBfloat16: expect.stringMatching(/^bfloat16 needs TensorFlow's library; /),
    });
  });

  it("leaves unhandled rejections to the process", () => {
    const { status, stdout } = run(
      { SACCADE_TENSORFLOW: folder },
      `
      process.on("unhandledRejection", () => console.log("handled"));
      tf.scalar(1).dispose();
      Promise.reject(new Error("on purpose"));`,
    );
    expect({ status, stdout }).toEqual({ status: 0, stdout: "handled\n" });
  });
});

describe("SACCADE_BACKEND", () => {
  it("chooses WebAssembly or plain JavaScript", () => {
    expect(run({ SACCADE_BACKEND: "wasm" }, PRODUCT).stdout).toBe("wasm 3,3\n");
    expect(run({ SACCADE_BACKEND: "cpu" }, PRODUCT)).toEqual({
      status: 0,
      stdout: "cpu 3,3\n",
      stderr: "saccade: running on plain JavaScript (slow): SACCADE_BACKEND=cpu\n",
    });
  });

  it("tensorflow forbids a fallback", () => {
    const { status, stderr } = run({ SACCADE_BACKEND: "tensorflow", SACCADE_TENSORFLOW: folder }, PRODUCT);
    expect(status).toBe(1);
    expect(stderr).toContain(`no TensorFlow library in ${folder}`);
  });

  it("refuses an unknown name and lists the known ones", () => {
    const { status, stderr } = run({ SACCADE_BACKEND: "torch" }, "");
    expect(status).toBe(1);
    expect(stderr).toContain("RangeError: SACCADE_BACKEND: must be one of tensorflow, wasm, cpu, got torch");
  });
});

describe("with TensorFlow's library", () => {
  it("importing opens no native library; the first tensor does", () => {
    const { stdout, stderr } = run(
      {},
      `
      const { readFileSync } = await import("node:fs");
      const mapped = () => readFileSync("/proc/self/maps", "utf8").includes("libtensorflow");
      const before = mapped();
      tf.scalar(1).dispose();
      console.log(before, mapped());`,
    );
    expect(stdout).toBe("false true\n");
    expect(stderr).toBe("");
  });

  it("backendInfo() names the version, the library and the devices", () => {
    const { stdout } = run({}, "console.log(JSON.stringify(backend.backendInfo()));");
    expect(JSON.parse(stdout)).toMatchObject({
      name: "tensorflow",
      tensorflow: expect.stringMatching(/^2\.\d+\.\d+$/),
      devices: expect.arrayContaining([
        expect.objectContaining({ type: "CPU", name: "/job:localhost/replica:0/task:0/device:CPU:0" }),
      ]),
    });
  });
});
