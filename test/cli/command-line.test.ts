import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { commandOf, readCommandLine } from "../../lib/cli/command-line.js";
import type { Command, Project } from "../../lib/setup/project.js";
import { ROOT } from "./project.js";

const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> };

/** Nothing of it may be touched. */
const nowhere = new Proxy({} as Project, {
  get: (_, name) => {
    throw new Error(`the command asked for the project's ${String(name)}`);
  },
});

/** What a command answers, and says on a stream. */
async function said(
  run: () => Promise<number>,
  stream: "log" | "error",
): Promise<readonly [code: number, text: string]> {
  const lines: string[] = [];
  const spy = vi.spyOn(console, stream).mockImplementation((text: string) => void lines.push(text));
  try {
    return [await run(), lines.join("\n")];
  } finally {
    spy.mockRestore();
  }
}

describe("every command", () => {
  for (const name of Object.keys(scripts)) {
    const load = async (): Promise<Command> =>
      ((await import(`../../lib/cli/${name.replaceAll(":", "-")}.ts`)) as { run: Command }).run;

    it(`says with --help what it takes, and does nothing: ${name}`, async () => {
      const run = await load();
      const [code, text] = await said(() => run(["--help"], nowhere), "log");
      expect(code).toBe(0);
      expect(text.split("\n")[0]).toMatch(new RegExp(`^npm run ${name}( -- .+)?$`));
      expect(text).toMatch(/^ {2}--help +says this$/m);
      expect(await said(() => run(["one", "-h"], nowhere), "log")).toEqual([0, text]);
    });
  }

  for (const name of [
    "studies",
    "verify-results",
    "kernel",
    "setup",
    "models",
    "runs",
    "summary",
    "weights",
    "doctor",
    "clean",
  ])
    it(`refuses an option that it does not take with exit code 2, and lists its own: ${name}`, async () => {
      const run = ((await import(`../../lib/cli/${name}.ts`)) as { run: Command }).run;
      const [code, text] = await said(() => run(["--frob"], nowhere), "error");
      expect(code).toBe(2);
      expect(text).toMatch(new RegExp(`^${name}: Unknown option '--frob'.*; (the options are --|it takes no options)`));
    });
});

describe("readCommandLine()", () => {
  const usage = {
    command: "paint",
    does: "Paints.",
    words: "[WHAT…]",
    options: {
      colour: { value: "NAME", does: "its colour" },
      layer: { value: "N", multiple: true, does: "a layer" },
      dry: { does: "paints nothing" },
    },
  } as const;

  it("gives words, values, those given more than once, and switches", () => {
    const { words, values } = readCommandLine(usage, [
      "a",
      "--layer",
      "1",
      "--colour=red",
      "b",
      "--layer",
      "2",
      "--dry",
    ]);
    expect(words).toEqual(["a", "b"]);
    expect({ ...values }).toEqual({ layer: ["1", "2"], colour: "red", dry: true });
  });

  it("refuses an option without its value, and a word where none is taken", () => {
    expect(() => readCommandLine(usage, ["--colour"])).toThrow(
      /^paint: .*--colour.*; the options are --colour NAME, --layer N and --dry$/,
    );
    expect(() => readCommandLine({ ...usage, words: undefined }, ["a"])).toThrow(/^paint: .*'a'/);
  });

  it("is shown by --help with a line for each option", async () => {
    const run = commandOf(
      { ...usage, more: "Done." },
      (args) => args,
      () => 7,
    );
    const [code, text] = await said(() => run(["--help"], nowhere), "log");
    expect([code, text.split("\n")]).toEqual([
      0,
      [
        "npm run paint -- [WHAT…] [--colour NAME] [--layer N]… [--dry]",
        "Paints.",
        "",
        "  --colour NAME  its colour",
        "  --layer N      a layer",
        "  --dry          paints nothing",
        "  --help         says this",
        "",
        "Done.",
      ],
    ]);
  });
});
