/** A claim about what is learned that holds where nothing is learned would hold of anything. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runStudies } from "../../lib/cli/studies.js";
import { readClaims } from "../../lib/study/claims.js";
import type { StoredResult } from "../../lib/study/stored-result.js";
import { useAnyMirror } from "../cli/cifar-mirror.js";
import { notebooksRun, projectAt, ROOT, temporaryFolder } from "../cli/project.js";
import { NOTEBOOKS, studies } from "../notebooks/studies.js";

const claimsOf = (name: string) => readClaims(join(NOTEBOOKS, "results", name, "claims.json"));

// A study has none before its first run of that size is stored: test/notebooks.
const learnedOf = (name: string) =>
  claimsOf(name).filter(({ kind, sizes }) => kind === "learned" && sizes.includes("quick"));

describe.skipIf(!notebooksRun("test/integration/learning-rate-0"))("without learning", () => {
  useAnyMirror();

  const learning = studies.filter((name) => learnedOf(name).length > 0);
  it.for(learning)("every claim of size quick that is learned fails in %s", async (name, { skip }) => {
    const output = temporaryFolder();
    const lines: string[] = [];
    const code = await runStudies(
      [name, "--size", "smoke", "--set", "learningRate=0", "--judge", "quick"],
      projectAt(ROOT),
      NOTEBOOKS,
      output,
      (line) => void lines.push(line),
    );
    const [json] = readdirSync(output).filter((file) => file.endsWith(".json"));
    const { claims, data } = JSON.parse(readFileSync(join(output, json!), "utf8")) as StoredResult;
    skip(data.kind !== "archive", `no archive of ${name}'s images here: what is learned is not judged`);
    const holds = (wanted: { statement: string }[]) =>
      wanted.map(({ statement }) => claims.find((claim) => claim.statement === statement)?.holds);
    const learned = learnedOf(name);
    expect(holds(learned)).toEqual(learned.map(() => false));
    expect(lines[0]).toContain("FAILED: ");
    expect(code).toBe(1);
    // What holds without learning holds still, where a run of size smoke measures it.
    const others = claimsOf(name).filter(
      ({ kind, sizes }) => kind !== "learned" && sizes.includes("smoke") && sizes.includes("quick"),
    );
    expect(holds(others)).toEqual(others.map(() => true));
  });
});
