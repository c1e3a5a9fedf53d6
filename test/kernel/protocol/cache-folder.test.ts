/** The kernel's history lies where the library keeps what it fetches, whatever the environment says. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cacheFolder } from "../../../kernel/protocol/history-folder.js";
import { cacheFolder as libraryFolder } from "../../../lib/files/cache-folder.js";
import { examined, runs, start } from "../client.js";

const folder = mkdtempSync(join(tmpdir(), "kernel-cache-folder-"));
afterAll(() => rmSync(folder, { recursive: true }));

const DEFAULT = join(homedir(), ".cache", "saccade");
const CASES: readonly (readonly [env: NodeJS.ProcessEnv, expected: string])[] = [
  [{}, DEFAULT],
  [{ SACCADE_CACHE: "" }, DEFAULT],
  [{ XDG_CACHE_HOME: "" }, DEFAULT],
  [{ XDG_CACHE_HOME: "relative" }, DEFAULT],
  [{ XDG_CACHE_HOME: "/xdg" }, "/xdg/saccade"],
  [{ SACCADE_CACHE: "", XDG_CACHE_HOME: "/xdg" }, "/xdg/saccade"],
  [{ SACCADE_CACHE: "/own", XDG_CACHE_HOME: "/xdg" }, "/own"],
  [{ SACCADE_CACHE: "relative" }, resolve("relative")],
];

describe("cacheFolder()", () => {
  it.each(CASES)("of %o is %s, in the kernel and in the library", (env, expected) => {
    expect([cacheFolder(env), libraryFolder(env)]).toEqual([expected, expected]);
  });
});

describe.skipIf(examined === "ipykernel")("a kernel (ipykernel: its own way)", () => {
  it("writes nothing into the notebook's folder where the cache's variables are empty or relative", async () => {
    const notebooks = mkdtempSync(join(folder, "notebooks-"));
    const env = { SACCADE_CACHE: "", XDG_CACHE_HOME: "relative", HOME: folder };
    const kernel = await start({ cwd: notebooks, env });
    await runs(kernel, "1 + 1");
    await kernel.shutdown();
    expect(readdirSync(notebooks)).toEqual([]);
    expect(existsSync(join(folder, ".cache", "saccade", "kernel", "history"))).toBe(true);
  });

  it("takes the folders that set-up was given where it is started without them, and no others", async () => {
    const kept = { SACCADE_SETUP_CACHE: join(folder, "setup"), SACCADE_SETUP_TENSORFLOW: "/tensorflow" };
    const own = { SACCADE_CACHE: join(folder, "own"), SACCADE_TENSORFLOW: undefined };
    const code = `[process.env.SACCADE_CACHE, process.env.SACCADE_TENSORFLOW].join()`;
    for (const [env, expected] of [
      [{ ...kept, SACCADE_CACHE: undefined, SACCADE_TENSORFLOW: "" }, `${folder}/setup,/tensorflow`],
      [{ ...kept, ...own }, `${folder}/own,/tensorflow`],
      [own, `${folder}/own,`],
    ] as const) {
      const kernel = await start({ env });
      expect((await runs(kernel, code)).result).toBe(`'${expected}'`);
      await kernel.shutdown();
    }
    expect(readdirSync(join(folder, "setup"))).toEqual(["kernel"]);
  });
});
