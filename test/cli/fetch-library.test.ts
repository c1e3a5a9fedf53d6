import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { fetchLibrary } from "../../lib/setup/fetch-library.js";
import type { Wheel } from "../../lib/setup/wheels.js";
import { serve, type FileServer } from "../files/file-server.js";
import { makeWheel, temporaryFolder, whyNoPython } from "./project.js";

const LIBRARY = "tensorflow/libtensorflow_cc.so.2";
const why = whyNoPython();
if (why !== undefined) console.log(`test/cli/fetch-library: not run, the wheel is made by Python: ${why}`);

describe.skipIf(why !== undefined)("fetchLibrary() from an index on this machine", () => {
  let wheel: Wheel;
  let file = "";
  let server: FileServer;

  beforeAll(async () => {
    vi.spyOn(process.stderr, "write").mockReturnValue(true); // its progress
    file = makeWheel(temporaryFolder(), "tiny_tensorflow", "1.0", "py3-none-any", [LIBRARY, "tensorflow/other.py"]);
    const sha256 = createHash("sha256").update(readFileSync(file)).digest("hex");
    wheel = {
      folder: "1.0-cpu-test",
      package: "tiny-tensorflow",
      version: "1.0",
      pythonVersion: "3.12",
      platforms: [],
      sha256,
      sizeBytes: statSync(file).size,
      libraries: { [LIBRARY]: LIBRARY.length * 1000 },
    };
    const link = `<a href="../../files/${basename(file)}#sha256=${sha256}">${basename(file)}</a>`;
    server = await serve({
      "/simple/tiny-tensorflow/": Buffer.from(`<!DOCTYPE html>${link}`),
      "/simple/other/": Buffer.from("<!DOCTYPE html>"),
      [`/files/${basename(file)}`]: readFileSync(file),
    });
    return async () => {
      vi.restoreAllMocks();
      await server.close();
    };
  });
  const index = (): string => `${server.url}/simple`;

  it("unpacks the library and nothing else, once", async () => {
    const home = join(temporaryFolder(), "tensorflow");
    await fetchLibrary(wheel, home, index());
    expect(readFileSync(join(home, "1.0-cpu-test/libtensorflow_cc.so.2"), "utf8")).toBe(LIBRARY.repeat(1000));
    expect(readdirSync(home)).toEqual(["1.0-cpu-test"]);
    const before = server.requests.length;
    await fetchLibrary(wheel, home, index());
    expect(server.requests.length).toBe(before);
  });

  it("fetches once where two processes ask at the same time", async () => {
    const home = temporaryFolder();
    const before = server.requests.length;
    await Promise.all([fetchLibrary(wheel, home, index()), fetchLibrary(wheel, home, index())]);
    expect(server.requests.slice(before).map(({ path }) => path)).toEqual([
      "/simple/tiny-tensorflow/",
      `/files/${basename(file)}`,
    ]);
  });

  it("leaves nothing where the wheel holds another library than expected", async () => {
    const home = temporaryFolder();
    const other = { ...wheel, libraries: { [LIBRARY]: 5 } };
    await expect(fetchLibrary(other, home, index())).rejects.toThrow(
      `${LIBRARY} of tiny-tensorflow 1.0 must have 5 bytes`,
    );
    expect(existsSync(join(home, wheel.folder))).toBe(false);
  });

  it("says which index lacks it, or cannot be reached", async () => {
    const home = temporaryFolder();
    await expect(fetchLibrary({ ...wheel, sha256: "0".repeat(64) }, home, index())).rejects.toThrow(
      `${index()}/tiny-tensorflow/ has no tiny-tensorflow 1.0 with sha256 000`,
    );
    await expect(fetchLibrary({ ...wheel, package: "gone" }, home, index())).rejects.toThrow("answers with HTTP 404");
    await expect(fetchLibrary(wheel, home, "http://127.0.0.1:1/simple")).rejects.toThrow("cannot be reached");
  });
});
