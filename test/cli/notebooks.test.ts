import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runStudies } from "../../lib/cli/studies.js";
import { studies } from "../notebooks/studies.js";
import { useAnyMirror } from "./cifar-mirror.js";
import { notebooksRun, projectAt, ROOT, temporaryFolder } from "./project.js";

// What fails where nothing is learned: test/integration/learning-rate-0
describe.skipIf(!notebooksRun("test/cli/notebooks"))("every study passes at the size smoke", () => {
  useAnyMirror();

  it.each(studies)("%s", async (name) => {
    const lines: string[] = [];
    const code = await runStudies(
      [name, "--size", "smoke", "--kernel", "saccade"],
      projectAt(ROOT),
      join(ROOT, "notebooks"),
      temporaryFolder(),
      (line) => void lines.push(line),
    );
    expect(lines.join("\n")).toMatch(
      new RegExp(`^${name} {2}smoke {2}saccade {2}[\\d.]+ s {2}passed: (\\d+) of \\1 claims hold`),
    );
    expect(code).toBe(0);
  });
});
