import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { run as runs } from "../../lib/cli/runs.js";
import { jsonLines, startRun } from "../../lib/tracking/index.js";
import { projectAt, temporaryFolder } from "./project.js";

let root: string;
let out: string;

beforeEach(() => {
  root = temporaryFolder();
  out = "";
  const say = (line: string): void => void (out += `${line}\n`);
  vi.spyOn(console, "log").mockImplementation(say);
  vi.spyOn(console, "error").mockImplementation(say);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

/** @returns the exit code; what was printed is in `out` */
async function call(...args: string[]): Promise<number> {
  out = "";
  return runs(args, projectAt(root));
}

async function record(name: string, config: object, result: object, folder = "runs"): Promise<string> {
  const options = { name, config: config as never, data: { name: "cifar-10" }, model: { name: "mynet" } };
  const run = await startRun({ ...options, log: [jsonLines(join(root, folder))] });
  run.log({ "validation/accuracy": 0.25, "train/loss": NaN }, { step: 7 });
  await run.end({ result: result as never });
  return run.id;
}

describe("npm run runs", () => {
  it("says where there is no run how one is recorded", async () => {
    expect(await call()).toBe(0);
    expect(out).toContain("No run is recorded here.");
  });

  it("lists runs in runs/ and notebooks/runs, and the studies' stored results", async () => {
    const ids = [await record("one", { epochs: 2 }, {}), await record("two", {}, {}, "notebooks/runs/deep")];
    mkdirSync(join(root, "notebooks/results/study"), { recursive: true });
    const stored = {
      ...{ study: "study", date: "2020-01-01T00:00:00Z", config: { epochs: 3 }, data: { label: "CIFAR-10" } },
      ...{ machine: { cpu: "a chip", cores: 4 }, versions: {}, backend: "b", command: "npm run studies" },
      ...{ commit: "abc", wallSeconds: 90, measures: { accuracy: 0.5 }, predictions: {} },
    };
    writeFileSync(join(root, "notebooks/results/study/quick.json"), JSON.stringify(stored));
    expect(await call()).toBe(0);
    const lines = out.trimEnd().split("\n");
    expect(lines[2]).toMatch(
      /^study\/quick +2020-01-01 00:00 +stored .*epochs 3.* CIFAR-10 .* 90\.0 s .*accuracy 0\.5/,
    );
    expect(lines[3]).toMatch(new RegExp(`^${ids[0]} .* finished +mynet .*epochs 2.* cifar-10 +7 .*accuracy 0\\.25`));
    expect(lines[4]).toContain(ids[1]);
    expect(lines.at(-1)).toContain("3 runs.");
    expect(await call(join(root, "notebooks/runs"), "--json")).toBe(0);
    expect(JSON.parse(out)).toMatchObject([{ id: ids[1], last: { "train/loss": "NaN" } }]);
  });

  it("lists a notebook's runs, those of a folder that it is called in, and records that name no model", async () => {
    const ids = [await record("guide", {}, {}, "notebooks/guide/runs"), await record("deep", {}, {}, "deep/runs")];
    const line = { type: "run", id: "trial-0", name: "trial-0", time: "2030-01-01T00:00:00Z", config: { width: 4 } };
    writeFileSync(join(root, "notebooks/guide/runs/trial.jsonl"), `${JSON.stringify(line)}\n`);
    vi.stubEnv("INIT_CWD", join(root, "deep"));
    expect(await call()).toBe(0);
    expect(out).toMatch(new RegExp(`^${ids[0]} [^]*^${ids[1]} [^]*^trial-0 .* killed .*width 4`, "m"));
    expect(await call("show", "trial-0")).toBe(0);
  });

  it("shows all of one, by how its id begins", async () => {
    await record("one", { optimizer: { name: "adam" } }, { accuracy: 0.75 });
    await record("two", {}, {});
    expect(await call("show", "one-")).toBe(0);
    expect(out).toMatch(/^config optimizer\.name +adam$/m);
    expect(out).toMatch(/^last train\/loss +NaN$/m);
    expect(out).toMatch(/^result accuracy +0\.75$/m);
  });

  it("sets two side by side: settings that differ first, then the rest, with the change", async () => {
    const [a, b] = [
      await record("a", { x: 1, y: 2, z: { q: 0.5 } }, { accuracy: 0.5 }),
      await record("b", { x: 1, y: 4, z: { q: 0.25 } }, { accuracy: 0.75 }),
    ];
    expect(await call("diff", a, b)).toBe(0);
    const lines = out.split("\n").map((line) => line.trim().split(/ {2,}/));
    expect(lines[2]).toEqual(["config", "y", "2", "4", "+2"]);
    expect(lines[3]).toEqual(["z.q", "0.5", "0.25", "−0.25"]);
    expect(lines[4]!.slice(0, 2)).toEqual(["result", "accuracy"]);
    expect(lines[4]!.slice(2)).toEqual(["0.5", "0.75", "+0.25"]);
    expect(out).not.toMatch(/^ +x /m);
    expect(await call("diff", a, b, "--json")).toBe(0);
    expect(JSON.parse(out).config).toEqual([
      { name: "y", a: 2, b: 4 },
      { name: "z.q", a: 0.5, b: 0.25 },
    ]);
  });

  it.each([
    [["show", "onw"], 1, /^runs: an id must be a recorded run's, got "onw"; did you mean one-/],
    [["show"], 2, /^runs: show: one run must follow, got none/],
    [["diff", "one"], 2, /^runs: diff: two runs must follow, got one/],
    [["shwo"], 1, /^runs: a word must be show, diff or send, or a folder or file of records, got .*shwo/],
    [["send", "none.jsonl"], 1, /ENOENT.*none\.jsonl/],
  ] as const)("refuses %s", async (args, code, text) => {
    await record("one", {}, {});
    expect(await call(...args)).toBe(code);
    expect(out).toMatch(text);
  });
});

describe("npm run runs of a sweep's trials", () => {
  const line = (folder: string, trial: number, lines: readonly object[]): void => {
    mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, folder, "sweep.json"), '{"type":"sweep"}');
    const id = `rates-000${trial}`;
    const head = { type: "run", id, name: id, sweep: "rates", trial, config: { lr: trial, kind: null }, step: 0 };
    const all = [{ ...head, time: `2026-01-02T03:04:0${trial}Z` }, ...lines];
    writeFileSync(join(root, folder, `${id}.jsonl`), all.map((one) => `${JSON.stringify(one)}\n`).join(""));
  };
  const end = { type: "end", time: "2026-01-02T03:05:00Z", seconds: 2, result: { accuracy: 0.5 } };

  it("names the sweeps, lists one by its folder, with what failed, and knows any two by their ids", async () => {
    line("sweeps/rates", 1, [{ ...end, status: "finished" }]);
    line("sweeps/rates", 2, [{ ...end, status: "failed", error: { message: "Error: no luck", stack: "at" } }]);
    vi.stubEnv("INIT_CWD", root);
    expect(await call()).toBe(0);
    expect(out).toBe("The trials of a sweep: npm run runs -- sweeps/rates\n");
    expect(await call(join(root, "sweeps/rates"))).toBe(0);
    const lines = out.split("\n");
    expect(lines[2]).toMatch(/^rates-0001 .* finished +– +lr 1, kind – +– .* 2\.0 s +accuracy 0\.5 /);
    expect(lines[3]).toMatch(/^rates-0002 .* failed .* 2\.0 s +error Error: no luck /);
    expect(await call("diff", "rates-0001", "rates-0002")).toBe(0);
    expect(out).toMatch(/^config +lr +1 +2 +\+1$/m);
    expect(out).toMatch(/^ +error +– +Error: no luck *$/m);
  });
});
