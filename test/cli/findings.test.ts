import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { findingsIn, run } from "../../lib/cli/findings.js";
import { projectAt, ROOT, temporaryFolder, write } from "./project.js";

/** Runs the command, @returns its exit code and all it printed. */
async function findings(root: string, ...args: string[]): Promise<{ code: number; said: string }> {
  const lines: string[] = [];
  const print = (line = ""): void => void lines.push(String(line));
  const spies = (["log", "error"] as const).map((name) => vi.spyOn(console, name).mockImplementation(print));
  const code = await run(args, projectAt(root));
  for (const spy of spies) spy.mockRestore();
  return { code, said: lines.join("\n") };
}

function folderWith(scripts: Readonly<Record<string, string>>): string {
  const root = temporaryFolder();
  write(root, Object.fromEntries(Object.entries(scripts).map(([name, text]) => [`findings/${name}`, text])));
  return root;
}

describe("npm run findings", () => {
  const root = folderWith({
    "a-holds.sh": '#!/usr/bin/env bash\n# a 1.0: it rains.\necho "seen: rain"\n',
    "b-changed.sh": '#!/usr/bin/env bash\n# b 2.0: it snows.\necho "changed; expected: snow"; exit 1\n',
    "README.md": "# Findings\n",
  });

  it("lists the scripts by their titles, and runs none", async () => {
    const { code, said } = await findings(root);
    expect(said).toBe(
      "a-holds\n    a 1.0: it rains.\nb-changed\n    b 2.0: it snows.\n\n" +
        "2 findings; npm run findings -- NAME tries one.",
    );
    expect(code).toBe(0);
  });

  it("tries those named, and shows what they saw", async () => {
    const { code, said } = await findings(root, "a-holds");
    expect(said).toBe("a-holds: a 1.0: it rains.\n    seen: rain\n1 of 1 still so");
    expect(code).toBe(0);
  });

  it("tries all, and fails where one is otherwise", async () => {
    const { code, said } = await findings(root, "--all");
    expect(said).toContain("changed; expected: snow");
    expect(said.split("\n").at(-1)).toBe("1 of 2 still so; otherwise, or could not be tried: b-changed");
    expect(code).toBe(1);
  });

  it("answers a name that is not there with 2", async () => {
    expect(await findings(root, "c")).toEqual({
      code: 2,
      said: "findings: a name must be one that npm run findings lists, got c",
    });
  });
});

describe("findings/", () => {
  const found = findingsIn(join(ROOT, "findings"));

  it("is listed whole in its README, by the scripts' own titles", () => {
    const readme = readFileSync(join(ROOT, "findings/README.md"), "utf8");
    expect(readme.split("## The list\n\n")[1]!.trimEnd().split("\n")).toEqual(
      found.map(({ name, title }) => `- [${name}](${name}.sh): ${title}`),
    );
  });

  it.each(found.map(({ name, title, file }) => [name, title, readFileSync(file, "utf8")]))(
    "%s has the form: a title of one sentence, the versions it was seen with, and what its exit status says",
    (_name, title, text) => {
      expect(title).toMatch(/^\S.* \d[\d.]+.*: .*\.$/);
      expect(text.split("\n")[2]).toBe("#");
      expect(text.replace(/\n# /g, " ")).toMatch(/Seen with .*Exit status 0 while it is so, 1 when it is otherwise\./);
      expect(text).toContain("set -euo pipefail");
      expect(text).toContain("mktemp -d");
    },
  );
});
