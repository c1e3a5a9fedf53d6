import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { problemOf } from "../../lib/cli/long.js";
import { listenForEnd } from "../../lib/cli/long/interruptible.js";
import { secondsLeft, stateText } from "../../lib/cli/long/plan-table.js";
import { askedUnits, unitsOf, type Unit } from "../../lib/cli/long/long-plan.js";
import { stateOf } from "../../lib/cli/long/unit-state.js";
import { codeDigest } from "../../lib/cli/studies/result.js";
import { writeSafetensors } from "../../lib/safetensors/index.js";
import { partialResults } from "../../lib/study/partial-result.js";
import type { StoredResult } from "../../lib/study/stored-result.js";
import { writeTinyStudy } from "./long-study.js";
import { notebooksRun, ROOT, temporaryFolder, write } from "./project.js";

const ready = notebooksRun("test/cli/long");

const notebooks = temporaryFolder();
const results = join(notebooks, "results/tiny");
const hold = join(notebooks, "hold");
const stands = join(notebooks, "stands");

interface Ended {
  readonly code: number | null;
  readonly text: string;
}

/** `npm run long -- tiny` on these notebooks, in a group of its own. */
function start(): { child: ChildProcess; ended: Promise<Ended> } {
  const script = join(ROOT, "test/fixtures/scripts/long.mjs");
  const child = spawn(process.execPath, [script, notebooks, "tiny"], { detached: true });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (part) => (text += part));
  return { child, ended: new Promise((resolve) => child.on("close", (code) => resolve({ code, text }))) };
}

/** A run of the study, once it stands still. */
async function startAndStand(): Promise<ReturnType<typeof start>> {
  rmSync(stands, { force: true });
  writeFileSync(hold, "");
  const one = start();
  let over: Ended | undefined;
  void one.ended.then((end) => (over = end));
  while (!existsSync(stands)) {
    if (over) throw new Error(`it ended: ${over.text}`);
    await sleep(20);
  }
  return one;
}

const stored = (name: string): StoredResult =>
  JSON.parse(readFileSync(join(results, `${name}.json`), "utf8")) as StoredResult;

/** What two runs of the same have in common. */
function withoutTimes({ measures, losses, predictions, notebook }: StoredResult): object {
  return { measures: { ...measures, "all.seconds": 0 }, losses, predictions, notebook };
}

describe.skipIf(!ready)("npm run long -- NAME", () => {
  it("tells of a unit that fails, and after kill -9 and Ctrl-C comes to what a whole run gives", async () => {
    mkdirSync(join(notebooks, "node_modules"));
    symlinkSync(ROOT, join(notebooks, "node_modules/saccade"));
    const planned = { size: "full", seeds: [0], why: "the test", hours: 2 };
    writeTinyStudy(notebooks, [{ ...planned, arms: "broken" }, planned]);
    const whole = await start().ended;
    expect(whole.text).toContain("this arm is broken");
    expect(whole.text).toContain("tiny: 1 of 2 units are stored; the other takes about 2.0 h; 1 FAILED");
    expect(whole.code).toBe(1);
    writeTinyStudy(notebooks, [planned]);
    const expected = stored("full");
    rmSync(join(results, "full.json"));

    const killed = await startAndStand();
    process.kill(-killed.child.pid!, "SIGKILL");
    await killed.ended;

    const interrupted = await startAndStand();
    process.kill(interrupted.child.pid!, "SIGINT");
    const { code, text } = await interrupted.ended;
    expect(text).toContain("tiny  full  all: 2 of 4 epochs");
    expect(text).toMatch(/stopped: all: 2 of 4 epochs, loss \d\.\d{3}, accuracy [\d.]+ %, written /);
    expect(code).toBe(130);
    expect(existsSync(join(results, "full.json"))).toBe(false);
    const [partial] = partialResults(results);
    expect(partial).toMatchObject({ study: "tiny", size: "full", config: { size: "full", seed: 0, arms: "all" } });
    expect(partial!.runs["all"]).toMatchObject({ epochs: 2, of: 4, steps: 14, set: { name: "arrays", images: 60 } });
    expect(partial!.runs["all"]!.history.map(({ epoch }) => epoch)).toEqual([1, 2]);

    rmSync(hold);
    const resumed = await start().ended;
    expect(resumed.text).toContain("tiny  full  all: 2 of 4 epochs");
    expect(resumed.code).toBe(0);
    expect(partialResults(results)).toEqual([]);
    expect(readFileSync(join(notebooks, "kept"), "utf8")).toBe("kept"); // until the result is stored
    expect(readdirSync(join(results, "long"))).toEqual([]);
    expect(withoutTimes(stored("full"))).toEqual(withoutTimes(expected));
  });
});

describe("listenForEnd()", () => {
  afterEach(() => void vi.useRealTimers());

  it("ends a plan after the minutes that it was given, and says so once", () => {
    vi.useFakeTimers();
    const lines: string[] = [];
    const ending = listenForEnd(2, (line) => void lines.push(line));
    vi.advanceTimersByTime(119_000);
    expect([ending.signal.aborted, ending.by()]).toEqual([false, undefined]);
    vi.advanceTimersByTime(1_000);
    expect([ending.signal.aborted, ending.by()]).toEqual([true, "--minutes 2"]);
    expect(lines).toHaveLength(1);
    ending.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a plan of long runs", () => {
  const folder = temporaryFolder();
  const plan = (text: unknown): void =>
    write(folder, { "results/tiny/long.json": typeof text === "string" ? text : JSON.stringify(text) });
  const entry = { size: "full", seeds: [0], why: "the test" };

  it("has a unit for each seed of an entry, in order, called as its stored result", () => {
    plan([
      { ...entry, arms: "a,b", seeds: [1, 0] },
      { ...entry, size: "quick", seeds: [3] },
    ]);
    const units = unitsOf(folder, "tiny");
    expect(units.map(({ runName }) => runName)).toEqual(["full.arms-a-b.seed-1", "full.arms-a-b", "quick.seed-3"]);
    expect(units[0]!.args).toEqual("tiny --size full --set arms=a,b --set seed=1 --store".split(" "));
  });

  it.each([
    ["no JSON", "[{", "a plan must be JSON"],
    ["no list", {}, "plan must be an array"],
    ["nothing in it", [], "plan must be"],
    [
      "a size that is none",
      [{ ...entry, size: "smoke" }],
      "plan[0].size must be one of full, quick, got plan[0].size='smoke'",
    ],
    ["a field that is unknown", [{ ...entry, epochs: 3 }], "epochs"],
    ["no seeds", [{ ...entry, seeds: [] }], "plan[0].seeds must be"],
    ["a seed that is no whole number", [{ ...entry, seeds: [0.5] }], "plan[0].seeds[0] must be"],
    ["hours below 0", [{ ...entry, hours: -1 }], "plan[0].hours must be"],
    ["a unit twice", [entry, entry], "a unit must be planned once, got full twice"],
  ])("is refused with %s, by the file's name", (_, text, message) => {
    plan(text);
    expect(() => unitsOf(folder, "tiny")).toThrow(join(folder, "results/tiny/long.json"));
    expect(() => unitsOf(folder, "tiny")).toThrow(message);
    expect(problemOf(folder, undefined)).toContain(message);
  });

  it("is asked for by the arms, or by what a unit's name has in their place", () => {
    const many = ["written.a", "written.b", "written.c", "corrected.a", "corrected.b", "corrected.c"].join(",");
    plan([
      { ...entry, arms: many, seeds: [0, 1] },
      { ...entry, arms: "e,better", seeds: [0] },
    ]);
    const units = unitsOf(folder, "tiny");
    const asked = { study: "tiny", seeds: undefined, minutes: undefined, again: false };
    const named = (arms: string): string[] => askedUnits(units, { ...asked, arms }).map(({ runName }) => runName);
    const digest = /arms-([0-9a-f]{8})$/.exec(units[0]!.runName)![1]!;
    expect(named(digest)).toEqual([`full.arms-${digest}`, `full.arms-${digest}.seed-1`]);
    expect(named(many)).toEqual(named(digest));
    expect(named("e-better")).toEqual(named("e,better"));
  });

  it("is asked only for what it has", () => {
    plan([{ ...entry, arms: "a,b", seeds: [0, 1] }]);
    const asked = { study: "tiny", arms: undefined, seeds: undefined, minutes: undefined, again: false };
    expect(problemOf(folder, { ...asked, study: "tinny" })).toMatch(/as tiny has, got tinny.*tiny/);
    expect(problemOf(folder, { ...asked, arms: "a" })).toBe(
      "long: --arms must be as the plan of tiny has them, a,b, got a",
    );
    expect(problemOf(folder, { ...asked, seeds: [2] })).toBe("long: --seeds must be of the plan of tiny, 0, 1, got 2");
    expect(problemOf(folder, { ...asked, arms: "a,b", seeds: [1] })).toBeUndefined();
  });
});

describe("the state of a unit", () => {
  const folder = temporaryFolder();
  const unit: Unit = {
    study: "tiny",
    size: "full",
    arms: "all",
    seed: 1,
    why: "",
    hours: 2,
    runName: "full",
    args: [],
  };
  const state = (epochs: number, seconds: number): object => {
    const done = Array.from({ length: epochs }, (_, i) => ({ epoch: i + 1, loss: 3 - i, accuracy: 0.2, seconds: 1 }));
    return { config: { epochs: 3 }, recorder: { epochs: done, epochImages: 5, seconds, open: false } };
  };
  const keep = async (path: string, held: object): Promise<void> => {
    const file = join(folder, "results/tiny/long", path, "last.safetensors");
    mkdirSync(dirname(file), { recursive: true });
    await writeSafetensors(file, { metadata: { saccade: JSON.stringify(held) }, tensors: new Map() });
  };

  it("is what its checkpoints say, of its own size and seed, and what is left of its hours", async () => {
    expect(await stateOf(ROOT, folder, unit)).toEqual({ is: "not begun" });
    await keep("size-full.seed-1.rate-0.001/one.a", state(3, 600));
    await keep("size-full.seed-1.rate-0.001/one.b", state(1, 1200));
    await keep("size-full.seed-11/one.a", state(2, 7));
    await keep("size-quick.seed-1/one.a", state(2, 7));
    const found = await stateOf(ROOT, folder, unit);
    expect(stateText(found)).toMatch(
      /^1 run done; one\.b: 1 of 3 epochs, loss 3\.000, accuracy 20\.0 %, written \d{4}-\d\d-\d\d \d\d:\d\d UTC$/,
    );
    expect(secondsLeft({ unit, state: found })).toBe(7200 - 1800);
    const other = await stateOf(ROOT, folder, { ...unit, arms: "a" });
    expect(stateText(other)).toBe("1 run done");
  });

  it("tells of a sweep how many trials have a record", async () => {
    const sweep = "results/tiny/long/size-full.seed-5/grid";
    write(folder, {
      [`${sweep}/sweep.json`]: "{}",
      [`${sweep}/grid-0001.jsonl`]: "",
      [`${sweep}/grid-0002.jsonl`]: "",
    });
    await keep("size-full.seed-5/grid/grid-0002", state(1, 1));
    expect(stateText(await stateOf(ROOT, folder, { ...unit, seed: 5 }))).toBe("sweep grid: 2 trials recorded");
  });

  it("is stored once its result is there, by this notebook or by an earlier one", async () => {
    writeTinyStudy(folder, []);
    const notebook = codeDigest(join(folder, "tiny.ipynb"));
    const result = { notebook, commit: "0000000", date: "2026-11-29T10:00:00Z" };
    write(folder, { "results/tiny/full.json": JSON.stringify(result) });
    expect(stateText(await stateOf(ROOT, folder, unit))).toBe("stored 2026-11-29");
    write(folder, { "results/tiny/full.json": JSON.stringify({ ...result, notebook: "another" }) });
    expect(stateText(await stateOf(ROOT, folder, unit))).toBe("stored by an earlier notebook, 2026-11-29");
  });
});
