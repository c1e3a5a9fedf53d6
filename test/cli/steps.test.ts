import { describe, expect, it } from "vitest";
import { failureOf, runSteps, StepFailure, type Step } from "../../lib/setup/setup-step.js";
import { projectAt, temporaryFolder } from "./project.js";

interface Fake extends Partial<Step> {
  readonly name: string;
}

function setUp(...fakes: readonly Fake[]): { steps: Step[]; ran: string[] } {
  const ran: string[] = [];
  const steps = fakes.map((fake) => ({
    needs: [],
    cost: { downloadBytes: 2e6, diskBytes: 3e6, seconds: 40 },
    folder: temporaryFolder(),
    withoutIt: "nothing is lost",
    done: () => ran.includes(fake.name),
    ...fake,
    run: async (say: (state: string) => void) => {
      const text = (await fake.run?.(say)) ?? "done";
      ran.push(fake.name);
      return text;
    },
  }));
  return { steps, ran };
}

async function run(steps: readonly Step[]): Promise<{ failed: string[]; text: string }> {
  const lines: string[] = [];
  const failed = await runSteps(projectAt(temporaryFolder()), steps, (line) => void lines.push(line));
  return { failed, text: lines.join("\n") };
}

const failing =
  (error: unknown): (() => Promise<string>) =>
  () =>
    Promise.reject(error as Error);

describe("runSteps()", () => {
  it("says what the steps cost before the first begins", async () => {
    const lines: string[] = [];
    const { steps } = setUp({ name: "a", run: async () => (lines.push("a runs"), "") }, { name: "b" });
    await runSteps(projectAt(temporaryFolder()), steps, (line) => void lines.push(line));
    expect(lines).toEqual([
      "Saccade sets itself up: 6 MB on disk, 4 MB to download, about 2 minutes (a, b).",
      "a runs",
    ]);
  });

  it("is silent and does nothing the second time", async () => {
    const { steps, ran } = setUp({ name: "a" }, { name: "b" });
    await run(steps);
    expect(await run(steps)).toEqual({ failed: [], text: "" });
    expect(ran).toEqual(["a", "b"]);
  });

  it(
    "goes on with independent steps after a failure, and says in one paragraph what failed, what it " +
      "costs, what to do",
    async () => {
      const { steps, ran } = setUp(
        { name: "a", withoutIt: "there are no notebooks", run: failing(new StepFailure("it broke.", "Mend it.")) },
        { name: "b" },
      );
      const { failed, text } = await run(steps);
      expect(failed).toEqual(["a"]);
      expect(ran).toEqual(["b"]);
      expect(text).toContain("\na: it broke. Without it, there are no notebooks. Mend it.\n");
    },
  );

  it("does not try what needs a failed step", async () => {
    const { steps, ran } = setUp(
      { name: "a", run: failing(new StepFailure("it broke.", "Mend it.")) },
      { name: "b", needs: ["a"] },
    );
    const { failed, text } = await run(steps);
    expect(failed).toEqual(["a", "b"]);
    expect(ran).toEqual([]);
    expect(text).toContain('b: it needs the step "a".');
  });

  it("completes at the next run what was interrupted", async () => {
    let broken = true;
    const { steps, ran } = setUp(
      { name: "a" },
      { name: "b", run: async () => (broken ? failing(new StepFailure("cut.", "Again."))() : "") },
      { name: "c" },
    );
    expect((await run(steps)).failed).toEqual(["b"]);
    broken = false;
    const { failed, text } = await run(steps);
    expect(failed).toEqual([]);
    expect(text).toContain("(b)");
    expect(ran).toEqual(["a", "c", "b"]);
  });

  it("does again what an earlier step has undone", async () => {
    const { steps, ran } = setUp({ name: "a" }, { name: "b", done: () => ran.length !== 1 });
    await run(steps);
    expect(ran).toEqual(["a", "b"]);
  });

  it("says that the disk is full, before a step begins and in its middle", async () => {
    const huge = setUp({ name: "a", cost: { downloadBytes: 0, diskBytes: 1e18, seconds: 1 } });
    expect((await run(huge.steps)).text).toMatch(
      /a: the disk of .* has .* free and this takes 1000000000\.0 GB\. .*SACCADE_CACHE/,
    );
    expect(huge.ran).toEqual([]);
    const full = setUp({ name: "a", run: failing(Object.assign(new Error("write"), { code: "ENOSPC" })) });
    expect((await run(full.steps)).text).toMatch(/a: the disk of .* is full\. Without it, .* Free 3 MB/);
  });

  it("needs only the disk that an interrupted run has not taken yet", async () => {
    const { steps, ran } = setUp({
      name: "a",
      cost: { downloadBytes: 0, diskBytes: 1e18, seconds: 1 },
      leftBytes: () => 1e18 - 1000,
    });
    await run(steps);
    expect(ran).toEqual(["a"]);
  });

  it("does not swallow an error that nobody foresaw", async () => {
    const { steps } = setUp({ name: "a", run: failing(new TypeError("a mistake of ours")) });
    await expect(run(steps)).rejects.toThrow("a mistake of ours");
  });

  it("lets two at once do each step once", async () => {
    const { steps, ran } = setUp({ name: "a" }, { name: "b" });
    const project = projectAt(temporaryFolder());
    await Promise.all([runSteps(project, steps, () => undefined), runSteps(project, steps, () => undefined)]);
    expect(ran).toEqual(["a", "b"]);
  });
});

describe("failureOf()", () => {
  const mend = (output: string): string => failureOf("pip", { code: 1, signal: null, output }).mend;
  it("tells a full disk, a corrupt file, no network and a missing file apart", () => {
    expect(mend("OSError: [Errno 28] No space left on device")).toContain("disk is full");
    expect(mend("THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE")).toContain(
      "not what was published",
    );
    expect(mend("NewConnectionError: Failed to establish\nERROR: No matching distribution found for a")).toContain(
      "could not be reached",
    );
    expect(mend("ERROR: No matching distribution found for a")).toContain("no such file for this platform");
  });
  it("shows the errors of what the program printed, without the noise around them", () => {
    expect(
      failureOf("pip", { code: 1, signal: null, output: "1024\nERROR: it broke.\nWARNING: an error to come" }).message,
    ).toBe("pip ended with 1: ERROR: it broke.");
  });
  it("shows the end of what the program printed", () => {
    expect(failureOf("pip", { code: 3, signal: null, output: "first\nlast words" }).message).toContain(
      "pip ended with 3: first last words.",
    );
  });
});
