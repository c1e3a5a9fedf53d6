import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeCifar10Mirror } from "../fixtures/cifar10-archive.js";

const scripts = fileURLToPath(new URL("../fixtures/scripts/", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));
let mirror: string;

beforeAll(() => void (mirror = makeCifar10Mirror()));
afterAll(() => rmSync(mirror, { recursive: true }));

function run(script: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(scripts, script), ...args], {
    encoding: "utf8",
    cwd: root,
    env: { ...process.env, SACCADE_MIRROR: mirror },
  });
  expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
  return stdout;
}

describe("the README's script", () => {
  it("trains under plain Node and prints a test accuracy above chance", () => {
    const stdout = run("cifar10-vit.mjs", "500", "4");
    const accuracy = Number(/([\d.]+) % of 10000 test images right/.exec(stdout)?.[1]);
    expect(accuracy).toBeGreaterThan(10); // 10 classes in equal numbers
    expect(stdout).toMatch(/epoch 4\/4 · 5\/5 · loss/);
  });
});

describe("the script for one's own photographs", () => {
  it("trains on a folder by class, ends by Ctrl-C, goes on by the same command, and names a photograph", async () => {
    const folder = join(mirror, "photos");
    for (const [name, background] of [
      ["night", "#102030"],
      ["noon", "#d0e0f0"],
    ] as const) {
      mkdirSync(join(folder, name), { recursive: true });
      for (let i = 0; i < 20; i++)
        await sharp({ create: { width: 120 + i, height: 100, channels: 3, background } })
          .jpeg()
          .toFile(join(folder, name, `${i}.jpg`));
    }
    const args = [join(scripts, "photos.mjs"), folder, join(folder, "noon", "3.jpg"), "4"];
    const first = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "ignore"] });
    let shown = "";
    let isTold = false; // a second Ctrl-C ends the process at once
    first.stdout.on("data", (text: Buffer) => {
      shown += text.toString();
      if (isTold || !shown.includes("epoch 2/4 ·")) return;
      isTold = true;
      first.kill("SIGINT");
    });
    expect(await once(first, "close")).toEqual([0, null]);
    expect(shown).toMatch(/^epoch \d\/4 .* · stopped$/m);
    expect(shown).not.toContain("epoch 4/4");
    const rest = run("photos.mjs", ...args.slice(1));
    expect(rest).not.toContain("epoch 1/4");
    expect(rest).toMatch(/epoch 4\/4 · validation: loss .*, accuracy .* %/);
    expect(rest).toMatch(/^[\d.]+ % of 8 photographs right, 100\.0 % among the first five$/m); // of two classes
    expect(rest).toMatch(/^3\.jpg \(123 × 100, seen as 96 × 96\)\n(noon|night) +[\d.]+ %/m);
  });
});

describe("an error of the library in a script", () => {
  const script = "error-lines.mjs";
  const shown = new Map(
    ["op", "layer", "compile", "run", "fit"].map((name) => [name, { of: "", lines: [] as string[] }]),
  );
  beforeAll(() => {
    for (const line of run(script).trim().split("\n")) {
      const { name, stack } = JSON.parse(line) as { name: string; stack: string };
      const places = [...stack.matchAll(/error-lines\.mjs:(\d+):/g)].map(([, number]) => number!);
      shown.set(name, { of: stack.split("\n")[0]!, lines: places });
    }
  });

  it.each([
    ["of an op", "op", /^TensorFlowError: MatMul: Matrix size-incompatible/, ["10", "14"]],
    ["of a model that is given another shape", "layer", /^Error: .*expected image to have shape/, ["15"]],
    ["of an op while a function is traced", "compile", /^TensorFlowError: compile: .*MatMul/, ["10", "16"]],
    ["of a compiled function as it runs", "run", /^TensorFlowError: compile: .*is not in \[0, 3\)/, ["17"]],
    ["of a callback of fit()", "fit", /^TensorFlowError: MatMul/, ["10", "18", "18"]],
  ])("%s leads to the script's own lines", (_, name, message, lines) => {
    const { of, lines: found } = shown.get(name)!;
    expect(of).toMatch(message);
    expect(found.slice(0, lines.length)).toEqual(lines);
  });
});

describe("the scripts", () => {
  it.each(["cifar10-vit.mjs", "photos.mjs", "several-machines.mjs", "error-lines.mjs"])("%s is typed", (script) => {
    const tsc = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));
    const options = [
      "--noEmit",
      "--allowJs",
      "--checkJs",
      "--strict",
      "--skipLibCheck",
      "--module",
      "nodenext",
      "--target",
      "es2022",
      "--types",
      "node",
    ];
    const { status, stdout } = spawnSync(process.execPath, [tsc, "--ignoreConfig", ...options, join(scripts, script)], {
      encoding: "utf8",
      cwd: root,
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  });
});
