import { existsSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { ensureBuild } from "../../lib/cli/bootstrap/build.mjs";
import { bundleKernel } from "../../lib/cli/bootstrap/bundle.mjs";
import { projectAt, ROOT, temporaryFolder, write } from "./project.js";

const SETTINGS = JSON.stringify({
  compilerOptions: {
    target: "es2022",
    module: "nodenext",
    strict: true,
    declaration: true,
    sourceMap: true,
    types: [],
  },
  include: ["."],
});
const PARTS = { parts: ["lib"] };

describe("ensureBuild()", () => {
  let root = "";
  const built = (path: string): string => join(root, "dist/lib", path);
  const build = (tolerant = false): Promise<void> => ensureBuild(root, projectAt(root).jobs, { ...PARTS, tolerant });

  beforeEach(async () => {
    root = temporaryFolder();
    write(root, {
      "package.json": '{ "name": "saccade", "type": "module" }',
      "package-lock.json": "{}",
      "tsconfig.json": SETTINGS,
      "lib/tsconfig.json":
        '{ "extends": "../tsconfig.json", "compilerOptions": { "rootDir": ".", "outDir": "../dist/lib" }, ' +
        '"include": ["."] }',
      "lib/one.ts": "export const one: number = 1;\n",
      "lib/deep/two.ts": "export const two: number = 2;\n",
    });
    symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
    await build();
  });

  it("compiles the sources, with declarations and source maps that find them", () => {
    expect(readFileSync(built("one.js"), "utf8")).toContain("export const one = 1;");
    expect(existsSync(built("deep/two.d.ts"))).toBe(true);
    const { sources } = JSON.parse(readFileSync(built("one.js.map"), "utf8")) as { sources: string[] };
    expect(join(built("."), sources[0] ?? "")).toBe(join(root, "lib/one.ts"));
  });

  it("does nothing where nothing changed", async () => {
    const before = statSync(built("one.js")).ino;
    await build();
    expect(statSync(built("one.js")).ino).toBe(before);
  });

  it("builds an edited source, also one that is older than its build", async () => {
    write(root, { "lib/one.ts": "export const one: number = 11;\n" });
    utimesSync(join(root, "lib/one.ts"), 1, 1);
    await build();
    expect(readFileSync(built("one.js"), "utf8")).toContain("11");
  });

  it("removes the output of a removed source", async () => {
    rmSync(join(root, "lib/deep/two.ts"));
    await build();
    expect(existsSync(built("deep/two.js"))).toBe(false);
    expect(existsSync(built("one.js"))).toBe(true);
  });

  it("builds an output that was removed", async () => {
    rmSync(built("deep/two.js"));
    await build();
    expect(existsSync(built("deep/two.js"))).toBe(true);
  });

  it("completes a build that was cut short before its end", async () => {
    rmSync(built("."), { recursive: true });
    write(root, { "dist/lib.partial/one.js": "half" });
    await build();
    expect(readFileSync(built("one.js"), "utf8")).toContain("one = 1");
    expect(existsSync(join(root, "dist/lib.partial"))).toBe(false);
  });

  it("refuses sources with a type error, and leaves no older build behind", async () => {
    write(root, { "lib/one.ts": 'export const one: number = "text";\n' });
    await expect(build()).rejects.toThrow(/one\.ts.*not assignable.*lib\/ does not compile/s);
    expect(existsSync(built("deep/two.js"))).toBe(false);
  });

  it("builds them for a tolerant command, and again for the next", async () => {
    write(root, { "lib/one.ts": 'export const one: number = "text";\n' });
    await build(true);
    expect(readFileSync(built("one.js"), "utf8")).toContain('"text"');
    await expect(build()).rejects.toThrow(/does not compile/);
  });
});

describe("bundleKernel()", () => {
  it("keeps the chunks of the build before, for kernels that run, and not those of builds before that", async () => {
    const root = temporaryFolder();
    symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
    const build = async (name: string, before: string): Promise<string> => {
      write(root, {
        [`${name}/late.js`]: `export const text = ${JSON.stringify(name)};`,
        [`${name}/main.js`]: 'export const late = () => import("./late.js");',
        [`${name}/worker.js`]: "export {};",
      });
      await bundleKernel(root, join(root, name), join(root, before));
      return readdirSync(join(root, name, "chunks"))
        .filter((file) => file.endsWith(".js"))
        .join();
    };
    const first = await build("first", "none");
    expect(first).toMatch(/^late-\w+\.js$/);
    const second = await build("second", "first");
    expect(second.split(",")).toHaveLength(2);
    expect(second).toContain(first);
    expect(await build("third", "second")).not.toContain(first);
  });
});
