import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeCifar10Mirror } from "../fixtures/cifar10-archive.js";

const script = fileURLToPath(new URL("../fixtures/scripts/cifar10-vit.mjs", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));
let mirror: string;

beforeAll(() => { mirror = makeCifar10Mirror(); });
afterAll(() => rmSync(mirror, { recursive: true }));

describe("the README's script", () => {
  it("trains under plain Node and prints a test accuracy above chance", { timeout: 180_000 }, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, "500", "4"], {
      encoding: "utf8", cwd: root, env: { ...process.env, SACCADE_MIRROR: mirror },
    });
    expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
    const accuracy = Number(/([\d.]+) % of 10000 test images right/.exec(stdout)?.[1]);
    expect(accuracy).toBeGreaterThan(10); // 10 classes in equal numbers
    expect(stdout).toMatch(/epoch 4\/4 · 5\/5 · loss/);
  });

  it("is typed", () => {
    const tsc = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));
    const options = ["--noEmit", "--allowJs", "--checkJs", "--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022", "--types", "node"];
    const { status, stdout } = spawnSync(process.execPath, [tsc, "--ignoreConfig", ...options, script], { encoding: "utf8", cwd: root });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  });
});
