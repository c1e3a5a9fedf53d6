import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeCifar10Mirror } from "../fixtures/cifar10-archive.js";

const scripts = fileURLToPath(new URL("../fixtures/scripts/", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));
let mirror: string;

beforeAll(() => void (mirror = makeCifar10Mirror()));
afterAll(() => rmSync(mirror, { recursive: true }));

function run(script: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(scripts, script), ...args], { encoding: "utf8", cwd: root, env: { ...process.env, SACCADE_MIRROR: mirror } });
  expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
  return stdout;
}

describe("the README's script", () => {
  it("trains under plain Node and prints a test accuracy above chance", { timeout: 180_000 }, () => {
    const stdout = run("cifar10-vit.mjs", "500", "4");
    const accuracy = Number(/([\d.]+) % of 10000 test images right/.exec(stdout)?.[1]);
    expect(accuracy).toBeGreaterThan(10); // 10 classes in equal numbers
    expect(stdout).toMatch(/epoch 4\/4 · 5\/5 · loss/);
  });
});

describe("the scripts", () => {
  it.each(["cifar10-vit.mjs"])("%s is typed", (script) => {
    const tsc = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));
    const options = ["--noEmit", "--allowJs", "--checkJs", "--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022", "--types", "node"];
    const { status, stdout } = spawnSync(process.execPath, [tsc, "--ignoreConfig", ...options, join(scripts, script)], { encoding: "utf8", cwd: root });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  });
});
