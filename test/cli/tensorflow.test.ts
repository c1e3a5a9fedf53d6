import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { runSteps, type Step } from "../../lib/setup/setup-step.js";
import { tensorflowStep } from "../../lib/setup/tensorflow.js";
import { wheelFor, type Wheel } from "../../lib/setup/wheels.js";
import { makeWheel, projectAt, ROOT, temporaryFolder, whyNoPython } from "./project.js";

const LIBRARY = "tensorflow/libtensorflow_cc.so.2";
const why = whyNoPython();
if (why !== undefined) console.log(`test/cli/tensorflow: not run, ${why}`);

describe.skipIf(why !== undefined)("tensorflowStep() with a small wheel in a local folder", () => {
  let index = "";
  let wheel: Wheel;
  const step = (cache: string, change: Partial<Wheel> = {}): Step =>
    tensorflowStep(projectAt(ROOT), { ...wheel, ...change }, cache);
  const run = async (one: Step): Promise<{ failed: string[]; text: string }> => {
    const lines: string[] = [];
    return { failed: await runSteps(projectAt(ROOT), [one], (line) => void lines.push(line)), text: lines.join("\n") };
  };
  const unpacked = (cache: string): string => join(cache, "tensorflow/1.0-cpu-test/libtensorflow_cc.so.2");

  beforeAll(() => {
    index = temporaryFolder();
    const file = makeWheel(index, "tiny_tensorflow", "1.0", "cp312-cp312-manylinux_2_17_x86_64", [
      LIBRARY,
      "tensorflow/python/other.py",
    ]);
    wheel = {
      folder: "1.0-cpu-test",
      package: "tiny-tensorflow",
      version: "1.0",
      pythonVersion: "3.12",
      platforms: ["manylinux_2_17_x86_64"],
      sha256: createHash("sha256").update(readFileSync(file)).digest("hex"),
      sizeBytes: statSync(file).size,
      libraries: { [LIBRARY]: LIBRARY.length * 1000 },
    };
    vi.stubEnv("SACCADE_TENSORFLOW", "");
    vi.stubEnv("PIP_NO_INDEX", "1");
    vi.stubEnv("PIP_FIND_LINKS", index);
    return () => vi.unstubAllEnvs();
  });

  it("unpacks the libraries and nothing else, whatever the local Python's version", async () => {
    const cache = temporaryFolder();
    expect(await run(step(cache))).toEqual({ failed: [], text: expect.stringContaining("to download") });
    expect(readFileSync(unpacked(cache), "utf8")).toBe(LIBRARY.repeat(1000));
    expect(readdirSync(join(cache, "tensorflow")).filter((name) => !name.startsWith("."))).toEqual(["1.0-cpu-test"]);
    expect(step(cache).done()).toBe(true);
  });

  it("completes a run that was cut short while unpacking", async () => {
    const cache = temporaryFolder();
    mkdirSync(join(cache, "tensorflow/1.0-cpu-test.partial"), { recursive: true });
    writeFileSync(join(cache, "tensorflow/1.0-cpu-test.partial/libtensorflow_cc.so.2"), "half");
    expect(step(cache).done()).toBe(false);
    expect((await run(step(cache))).failed).toEqual([]);
    expect(existsSync(join(cache, "tensorflow/1.0-cpu-test.partial"))).toBe(false);
  });

  it("takes no library of another size for its own", async () => {
    const cache = temporaryFolder();
    mkdirSync(join(cache, "tensorflow/1.0-cpu-test"), { recursive: true });
    writeFileSync(unpacked(cache), "torn");
    expect(step(cache).done()).toBe(false);
    expect((await run(step(cache))).failed).toEqual([]);
    expect(statSync(unpacked(cache)).size).toBe(LIBRARY.length * 1000);
  });

  it("fetches anew what an interrupted run left corrupt", async () => {
    const cache = temporaryFolder();
    const left = join(cache, "tensorflow/download.partial/library/wheels");
    mkdirSync(left, { recursive: true });
    writeFileSync(join(left, "tiny_tensorflow-1.0-cp312-cp312-manylinux_2_17_x86_64.whl"), "corrupt");
    expect((await run(step(cache))).failed).toEqual([]);
    expect(readFileSync(unpacked(cache), "utf8")).toBe(LIBRARY.repeat(1000));
  });

  it("refuses a wheel that is not the published one", async () => {
    const cache = temporaryFolder();
    const { failed, text } = await run(step(cache, { sha256: "0".repeat(64) }));
    expect(failed).toEqual(["TensorFlow's library"]);
    expect(text).toMatch(/not what was published/);
    expect(text).toMatch(/Without it, the library computes on its fallback backend/);
    expect(existsSync(unpacked(cache))).toBe(false);
  });

  it("refuses a wheel without the libraries", async () => {
    const { failed, text } = await run(step(temporaryFolder(), { libraries: { "tensorflow/none.so": 1 } }));
    expect(failed).toEqual(["TensorFlow's library"]);
    expect(text).toContain("tensorflow/none.so");
  });

  it("says that the index cannot be reached, or has nothing for this platform", async () => {
    const none = await run(step(temporaryFolder(), { platforms: ["manylinux_2_17_s390x"] }));
    expect(none.text).toMatch(/No matching distribution.*no such file for this platform, or could not be reached/s);
    vi.stubEnv("PIP_NO_INDEX", "");
    vi.stubEnv("PIP_FIND_LINKS", "");
    vi.stubEnv("PIP_INDEX_URL", "http://127.0.0.1:9/simple");
    vi.stubEnv("PIP_EXTRA_INDEX_URL", "");
    vi.stubEnv("PIP_CONFIG_FILE", "/dev/null");
    vi.stubEnv("PIP_RETRIES", "1");
    const unreachable = await run(step(temporaryFolder()));
    vi.stubEnv("PIP_NO_INDEX", "1");
    vi.stubEnv("PIP_FIND_LINKS", index);
    expect(unreachable.failed).toEqual(["TensorFlow's library"]);
    expect(unreachable.text).toContain("The package index could not be reached");
  });

  it("puts companion wheels' nvidia folder beside the library, where its run path looks", async () => {
    const file = makeWheel(index, "tiny_nvidia", "1.0", "py3-none-manylinux_2_17_x86_64", [
      "nvidia/cublas/lib/libcublas.so.12",
      "elsewhere/no.py",
    ]);
    const requirements = join(temporaryFolder(), "requirements.txt");
    writeFileSync(
      requirements,
      `tiny-nvidia==1.0 --hash=sha256:${createHash("sha256").update(readFileSync(file)).digest("hex")}\n`,
    );
    const cache = temporaryFolder();
    const withGpu = step(cache, { companions: { requirements, downloadBytes: 1, diskBytes: 1 } });
    expect(await run(withGpu)).toEqual({ failed: [], text: expect.anything() });
    expect(
      readdirSync(join(cache, "tensorflow"), { recursive: true, encoding: "utf8" })
        .filter((name) => /so\.\d+$/.test(name))
        .sort(),
    ).toEqual(["1.0-cpu-test/libtensorflow_cc.so.2", "nvidia/cublas/lib/libcublas.so.12"]);
    expect(withGpu.done()).toBe(true);
    expect(existsSync(join(cache, "tensorflow/nvidia.partial"))).toBe(false);
  });

  it("is not needed where the user names a library", () => {
    vi.stubEnv("SACCADE_TENSORFLOW", "/opt/tensorflow");
    expect(step(temporaryFolder()).done()).toBe(true);
    vi.stubEnv("SACCADE_TENSORFLOW", "");
  });
});

describe("tensorflowStep() on a platform without a wheel", () => {
  afterEach(() => void vi.unstubAllEnvs());
  it("says so, and what runs instead", async () => {
    vi.stubEnv("SACCADE_TENSORFLOW", "");
    const lines: string[] = [];
    const one = { ...tensorflowStep(projectAt(ROOT), wheelFor("linux", "riscv64", false), temporaryFolder()) };
    expect(await runSteps(projectAt(ROOT), [one], (line) => void lines.push(line))).toEqual(["TensorFlow's library"]);
    expect(lines.join("\n")).toMatch(/PyPI has no TensorFlow wheel .* fallback backend \(WebAssembly\)/);
  });
});

describe("wheelFor()", () => {
  it("takes the CUDA wheel only where there is a GPU and a wheel for it", () => {
    expect(wheelFor("linux", "x64", false)?.package).toBe("tensorflow-cpu");
    expect(wheelFor("linux", "x64", true)?.companions).toBeDefined();
    expect(wheelFor("linux", "arm64", true)?.folder).toBe("2.21.0-cpu-linux-arm64");
    expect(wheelFor("darwin", "arm64", false)?.untested).toContain("never run");
    expect(wheelFor("darwin", "x64", false)).toBeNull();
  });
});
