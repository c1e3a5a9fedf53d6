import { execFileSync, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { tf } from "saccade";
import { describe, expect, it } from "vitest";
import { ROOT } from "./project.js";

const FIXTURE = join(ROOT, "test/fixtures/imports/typed.ts");
const node = (...args: string[]): string => {
  try {
    return execFileSync(process.execPath, args, {
      cwd: join(ROOT, "test"),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    throw new Error(`${(error as { stdout: string }).stdout}${(error as { stderr: string }).stderr}`);
  }
};

// In a notebook of tslab's kernel: studies.test.ts, "runs a notebook that imports saccade".
describe('import … from "saccade"', () => {
  it("works in vitest", () => {
    expect(tf.tensor1d([1, 2, 3]).sum().dataSync()[0]).toBe(6);
  });
  it("has all of tfjs, the very same as the package, in which random functions are ours", () => {
    const tfjs = createRequire(import.meta.url)("@tensorflow/tfjs") as object;
    const names = Object.keys(tfjs).filter((name) => name !== "default");
    expect(names.length).toBeGreaterThan(500);
    const [ours, theirs] = [tf, tfjs].map((all) => all as unknown as Record<string, unknown>);
    expect(names.filter((name) => !Object.is(ours![name], theirs![name]))).toEqual([]);
  });
  it("works in plain Node, as a module and by require", () => {
    const print = "console.log(tf.tensor1d([1, 2, 3]).sum().dataSync()[0])";
    expect(node("--input-type=module", "-e", `import { tf } from "saccade"; ${print}`).trim().split("\n").at(-1)).toBe(
      "6",
    );
    expect(
      node("--input-type=commonjs", "-e", `const { tf } = require("saccade"); ${print}`).trim().split("\n").at(-1),
    ).toBe("6");
  });
  it("is typed for TypeScript 7 and its package exports", () => {
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    expect(
      node(
        tsc,
        ..."--ignoreConfig --noEmit --strict --module nodenext --target es2022 --types node --skipLibCheck".split(" "),
        FIXTURE,
      ),
    ).toBe("");
  });
  it(
    "is typed for TypeScript 5.0.4, which tslab resolves with as Node 10 did, down to every declaration " + "of ours",
    () => {
      const tsc = join(ROOT, "node_modules/@tslab/typescript-for-tslab/lib/tsc.js");
      const options =
        "--noEmit --strict --pretty false --module commonjs --moduleResolution node10 --target es2020 --lib " +
        "es2022,dom --types node";
      const { stdout } = spawnSync(process.execPath, [tsc, ...options.split(" "), FIXTURE], {
        cwd: ROOT,
        encoding: "utf8",
      });
      // other packages' newer declarations are not ours to mend
      expect(stdout.split("\n").filter((line) => /^(dist|test)\//.test(line))).toEqual([]);
    },
  );
});
