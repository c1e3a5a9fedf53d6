import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runStudies } from "../../lib/cli/studies.js";
import { readClaims } from "../../lib/study/claims.js";
import type { StoredResult } from "../../lib/study/stored-result.js";
import { studies } from "../notebooks/studies.js";
import { useAnyMirror } from "./cifar-mirror.js";
import { notebooksRun, projectAt, ROOT, temporaryFolder } from "./project.js";

const project = projectAt(ROOT);
const ready = notebooksRun("test/cli/notebooks");

const folder = join(ROOT, "notebooks");

describe.skipIf(!ready)("every study passes at the size smoke", () => {
  useAnyMirror();

  it.each(studies)("%s", async (name) => {
    const lines: string[] = [];
    const code = await runStudies(
      [name, "--size", "smoke", "--kernel", "saccade"],
      project,
      folder,
      temporaryFolder(),
      (line) => void lines.push(line),
    );
    expect(lines.join("\n")).toMatch(
      new RegExp(`^${name} {2}smoke {2}saccade {2}[\\d.]+ s {2}passed: (\\d+) of \\1 claims hold`),
    );
    expect(code).toBe(0);
  });

  // A study has none before its first run of that size is stored: test/notebooks.
  const learnedOf = (name: string) =>
    readClaims(join(folder, "results", name, "claims.json")).filter(
      ({ kind, sizes }) => kind === "learned" && sizes.includes("quick"),
    );
  const learning = studies.filter((name) => learnedOf(name).length > 0);
  it.for(learning)(
    "%s: every claim of size quick that is learned fails where nothing is learned",
    async (name, { skip }) => {
      const output = temporaryFolder();
      const lines: string[] = [];
      const code = await runStudies(
        [name, "--size", "smoke", "--set", "learningRate=0", "--judge", "quick"],
        project,
        folder,
        output,
        (line) => void lines.push(line),
      );
      const [json] = readdirSync(output).filter((file) => file.endsWith(".json"));
      const { claims, data } = JSON.parse(readFileSync(join(output, json!), "utf8")) as StoredResult;
      skip(data.kind !== "archive", `no archive of ${name}'s images here: what is learned is not judged`);
      const learned = learnedOf(name);
      expect(learned.map(({ statement }) => claims.find((claim) => claim.statement === statement)?.holds)).toEqual(
        learned.map(() => false),
      );
      expect(lines[0]).toContain("FAILED: ");
      expect(code).toBe(1);
      // What holds without learning holds still, where a run of size smoke measures it.
      const others = readClaims(join(folder, "results", name, "claims.json")).filter(
        ({ kind, sizes }) => kind !== "learned" && sizes.includes("smoke") && sizes.includes("quick"),
      );
      expect(others.map(({ statement }) => claims.find((claim) => claim.statement === statement)?.holds)).toEqual(
        others.map(() => true),
      );
    },
  );
});
