import { cpSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { runStudies } from "../../lib/cli/studies.js";
import { parseOptions } from "../../lib/cli/studies/studies-options.js";
import { codeDigest, pictureOf } from "../../lib/cli/studies/result.js";
import { notebooksRun, projectAt, ROOT, temporaryFolder, write } from "./project.js";
import { FIXTURES, studyUnder } from "./study-under.js";

const project = projectAt(ROOT);
const ready = notebooksRun("test/cli/studies");

const study = (name: string, ...args: string[]) => studyUnder("saccade", name, ...args);

describe.skipIf(!ready)("runStudies()", () => {
  it("runs a notebook that imports saccade, sets its parameters, and prints its line", async () => {
    const { code, text, output } = await study("passes", "--set", "epochs=3");
    expect(text).toMatch(/^passes {2}smoke {2}saccade {2}\d+\.\d s {2}passed$/);
    expect(code).toBe(0);
    const { cells } = JSON.parse(readFileSync(output, "utf8")) as {
      cells: { source: string | string[]; metadata: { tags?: string[] } }[];
    };
    expect(cells[1]).toMatchObject({ metadata: { tags: ["injected-parameters"] } });
    expect([cells[1]?.source].flat().join("")).toBe('size = "smoke";\nepochs = 3;');
    expect(readFileSync(output.replace(/ipynb$/, "html"), "utf8")).toContain("sum 6, size smoke, epochs 3");
    expect(readFileSync(join(FIXTURES, "passes.ipynb"), "utf8")).not.toContain("sum 6");
  });

  it("fails a run whose cell throws, and shows its text", async () => {
    const { code, text } = await study("throws");
    expect(code).toBe(1);
    expect(text).toMatch(/^throws .* FAILED in cell 4 of 5$/m);
    expect(text).toContain("Error: the third cell throws");
    expect(text).not.toContain("never");
  });

  it("fails a run whose cell has a type error, and shows its text", async () => {
    const { code, text } = await study("type-error");
    expect(code).toBe(1);
    expect(text).toMatch(/FAILED in cell 3 of 3\n.*Type 'string' is not assignable to type 'number'/);
  });

  it("reports a parameter of a type that the notebook does not take", async () => {
    const { code, text } = await study("passes", "--set", "epochs=many");
    expect(code).toBe(1);
    expect(text).toMatch(/FAILED in cell 2 of 4\n.*Type 'string' is not assignable to type 'number'/);
    const listed = text.slice(text.indexOf("parameters, their types and defaults:")).split(/\s*\n\s*/);
    expect(listed.slice(0, 4)).toEqual([
      "parameters, their types and defaults:",
      'type Size = "smoke" | "quick" | "full";',
      'let size: Size = "quick" as Size;',
      "let epochs: number = 1;",
    ]);
  });

  it("refuses a parameter that is not declared before anything runs, and lists those that are", async () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { code, text } = await study("passes", "--set", "epoch=3");
    expect([code, text]).toEqual([2, ""]);
    expect(error.mock.calls).toEqual([
      ["studies: --set must name a parameter of passes, size, epochs, got epoch; did you mean epochs?"],
    ]);
    error.mockRestore();
  });

  it.each(["smoke", "quick", "full"])("sets the size %s under full checking", async (size) => {
    const output = temporaryFolder();
    const args = ["passes", "--size", size, "--kernel", "saccade"];
    expect(await runStudies(args, project, FIXTURES, output, () => undefined)).toBe(0);
    const executed = readFileSync(join(output, `passes.${size}.saccade.ipynb`), "utf8");
    expect(executed).toContain(`size ${size}, epochs 1`);
  });

  it("reports a kernel that dies, and keeps what was executed", async () => {
    const { code, text, output } = await study("dies");
    expect(code).toBe(1);
    expect(text).toMatch(/FAILED: the kernel died or did not answer in cell 3 of 3/);
    expect(existsSync(output)).toBe(true);
  });

  it("reports a cell that runs past its limit", async () => {
    const { code, text } = await study("hangs", "--timeout", "20");
    expect(code).toBe(1);
    expect(text).toMatch(/FAILED: ran past its limit of 20 s in cell 3 of 3/);
  });

  it("fails a notebook that takes no parameters", async () => {
    const { code, text } = await study("no-parameters");
    expect(code).toBe(1);
    expect(text).toContain('the notebook has no cell tagged "parameters"');
  });

  it("runs a notebook without a parameter called size as it is, and says so where a size is asked for", async () => {
    const folder = temporaryFolder();
    const cell = (source: string, ...tags: string[]): object => {
      return {
        cell_type: "code",
        id: `c${source.length}`,
        execution_count: null,
        metadata: { tags },
        outputs: [],
        source,
      };
    };
    const cells = [cell("let epochs: number = 1;", "parameters"), cell("console.log(`${epochs} epochs`);")];
    writeFileSync(join(folder, "mine.ipynb"), JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }));
    const lines: string[] = [];
    const args = ["mine", "--size", "smoke", "--kernel", "saccade"];
    expect(await runStudies(args, project, folder, temporaryFolder(), (line) => void lines.push(line))).toBe(0);
    expect(lines[0]).toBe("note: mine has no parameter called size, and runs as it is");
    expect(lines[1]).toMatch(/^mine {2}– {2}saccade {2}\d+\.\d s {2}passed$/);
    expect(await runStudies(["mine", "--store"], project, folder, temporaryFolder())).toBe(2);
  });

  it("names a file that is no notebook", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "torn.ipynb"), '{"cells": [');
    const lines: string[] = [];
    expect(await runStudies([], project, folder, temporaryFolder(), (line) => void lines.push(line))).toBe(1);
    expect(lines.join("\n")).toMatch(/^torn .*FAILED before its first cell\n +the notebook cannot be read: /);
    expect(lines.join("\n")).not.toContain("Traceback");
  });

  it("leaves out, and names, a notebook beside the studies that is none", async () => {
    const folder = temporaryFolder();
    for (const name of ["passes", "no-parameters"])
      cpSync(join(FIXTURES, `${name}.ipynb`), join(folder, `${name === "passes" ? name : "Untitled"}.ipynb`));
    const lines: string[] = [];
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    expect(
      await runStudies(
        ["--size", "smoke", "--kernel", "saccade"],
        project,
        folder,
        temporaryFolder(),
        (line) => void lines.push(line),
      ),
    ).toBe(0);
    expect(lines).toEqual([
      'Untitled  is no study: it has no cell tagged "parameters"',
      expect.stringMatching(/^passes .* passed$/),
    ]);
  });

  it("counts what a cell keeps, not what it replaces: progress may go on for hours", async () => {
    const { code, text } = await study("updates");
    expect(text).toMatch(/^updates .* passed$/);
    expect(code).toBe(0);
  });

  it("says where a cell is: what it showed last, too, and nothing of it in the next cell", async () => {
    const states = new Set<string>();
    const startProgress: typeof project.startProgress = (_name, state) => {
      const timer = setInterval(async () => void states.add(await state()), 20);
      return { stop: () => clearInterval(timer) };
    };
    const args = ["progress", "--size", "smoke", "--kernel", "saccade"];
    expect(await runStudies(args, { ...project, startProgress }, FIXTURES, temporaryFolder(), () => undefined)).toBe(0);
    const wait = "await new Promise((resolve) => setTimeout(resolve, 1500));";
    expect(states).toContain("has ended"); // what comes in a cell's last moment may be seen, or not any more
    expect([...states].at(-1)).toBe(`cell 4 of 4: ${wait}`);
  });

  it("sums several studies up in a table", async () => {
    const { code, text } = await study("passes", "reports");
    const rows = text.split("\n\n").at(-1)!.split("\n");
    expect(rows[0]).toMatch(/^study +size +kernel +time +data +claims that hold +outcome$/);
    expect(rows[1]).toMatch(/^[─ ]+$/);
    expect(rows[2]).toMatch(/^passes +smoke +saccade +\d+\.\d s +– +– +passed$/);
    const generated = "GENERATED images \\(drawn shapes, seed 0\\)";
    expect(rows[3]).toMatch(new RegExp(`^reports +smoke +saccade +\\d+\\.\\d s +${generated} +1 of 1 +passed$`));
    expect(rows).toHaveLength(4);
    expect(code).toBe(0);
  });

  it("reads the claims first, says each fault on a line, and runs the studies whose claims are sound", async () => {
    const folder = temporaryFolder();
    for (const name of ["torn", "wrong", "sound"])
      cpSync(join(FIXTURES, "passes.ipynb"), join(folder, `${name}.ipynb`));
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    const claim = (is: string, kind = "exact"): object => {
      const conditions = [{ measure: "m", is, value: 1 }];
      return { statement: "a", kind, sizes: ["full"], conditions, basis: "b" };
    };
    write(folder, {
      "results/torn/claims.json": '[{"statement": "a",\n x]',
      "results/wrong/claims.json": JSON.stringify([claim(">"), claim(">="), claim("<=", "exat")]),
      "results/sound/claims.json": JSON.stringify([claim(">=")]),
    });
    const lines: string[] = [];
    const args = ["torn", "wrong", "sound", "--size", "smoke", "--kernel", "saccade"];
    expect(await runStudies(args, project, folder, temporaryFolder(), (line) => void lines.push(line))).toBe(1);
    const file = (name: string): string => join(folder, "results", name, "claims.json");
    expect(lines.slice(0, 4)).toEqual([
      expect.stringContaining(`torn  FAILED, not run: ${file("torn")}: claims must be JSON, got `),
      expect.stringContaining(
        `wrong  FAILED, not run: ${file("wrong")}: claims[0].conditions[0].is must be one of =, >=, <=`,
      ),
      expect.stringContaining(
        `wrong  FAILED, not run: ${file("wrong")}: claims[2].kind must be one of exact, mechanics`,
      ),
      expect.stringMatching(/^sound .* passed$/),
    ]);
    expect(lines.slice(0, 3).filter((line) => line.includes("\n"))).toEqual([]);
    expect(lines.at(-1)).toMatch(/^torn .* FAILED$/m);
  });

  it("answers an unknown study with 2", async () => {
    expect((await study("nothing")).code).toBe(2);
  });

  it("writes what a study hands over, and judges it by its claims", async () => {
    const { code, text, output } = await study("reports");
    expect(text).toMatch(/^reports .* passed: 1 of 1 claims hold, 1 not judged at smoke$/m);
    expect(text).toMatch(/measured +accuracy +epochs/);
    expect(code).toBe(0);
    const stored = JSON.parse(readFileSync(output.replace(/ipynb$/, "json"), "utf8")) as Record<string, unknown>;
    expect(stored).toMatchObject({
      study: "reports",
      size: "smoke",
      kernel: "saccade",
      command: "npm run studies -- reports --size smoke",
      config: { epochs: 1 },
      claims: [{ statement: "two epochs or fewer", holds: true }],
    });
    expect(Object.keys(stored)).toEqual(
      expect.arrayContaining([
        "versions",
        "machine",
        "data",
        "wallSeconds",
        "commit",
        "notebook",
        "predictions",
        "date",
      ]),
    );
    expect(existsSync(join(FIXTURES, "results/reports/smoke.json"))).toBe(false);
  });

  it("fails a study whose claim does not hold", async () => {
    const { code, text } = await study("reports", "--set", "epochs=3");
    expect(text).toMatch(/^reports .* FAILED: 1 of 1 claims do not hold, 1 not judged at smoke$/m);
    expect(text).toMatch(/^ +DOES NOT HOLD {2}two epochs or fewer\n +run.epochs 3 ≤ 2$/m);
    expect(code).toBe(1);
  });

  it("judges by another size's claims where asked", async () => {
    const { code, text } = await study("reports", "--judge", "quick");
    expect(text).toMatch(/FAILED: 1 of 1 claims of size quick do not hold/);
    expect(code).toBe(1);
  });

  it("ends a cell that prints 100 MB", async () => {
    const { code, text, output } = await study("floods");
    expect(text).toMatch(/FAILED: shows too much in cell 3 of 3\n +one cell may show 20,000,000 characters/);
    expect(code).toBe(1);
    expect(statSync(output).size).toBeLessThan(25_000_000);
  });

  it("ends a cell that computes past its limit", async () => {
    const { code, text } = await study("loops", "--timeout", "20");
    expect(text).toMatch(/FAILED: ran past its limit of 20 s in cell 3 of 3/);
    expect(code).toBe(1);
  });
});

describe("pictureOf()", () => {
  const svg = (width: number, height: number, name: string): string =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 1 ` +
    `1">\n<text>${name}</text></svg>`;
  const executed = (
    ...cells: readonly { readonly picture?: readonly number[]; readonly figures: readonly (string | string[])[] }[]
  ): string => {
    const file = join(temporaryFolder(), "book.ipynb");
    writeFileSync(
      file,
      JSON.stringify({
        cells: cells.map(({ picture, figures }) => ({
          cell_type: "code",
          source: "",
          metadata: picture ? { picture } : {},
          outputs: [
            { output_type: "stream", text: "words" },
            ...figures.map((one) => ({ data: { "image/svg+xml": one } })),
          ],
        })),
      }),
    );
    return file;
  };

  it("stacks the figures that cells name, as wide as the widest", () => {
    const picture = pictureOf(
      executed(
        { figures: [svg(900, 9, "other")] },
        { picture: [1], figures: [svg(900, 9, "other"), svg(700, 420, "a")] },
        { picture: [0, 1], figures: [svg(640, 300, "b").split(/(?<=\n)/), svg(640, 300.5, "c")] },
      ),
    )!;
    expect(picture).toMatch(/^<svg xmlns="[^"]+" width="700" height="1020.5" viewBox="0 0 700 1020.5" role="img">/);
    expect([...picture.matchAll(/<svg y="([\d.]+)"[^>]*>\n<text>(\w+)/g)].map(([, y, name]) => [y, name])).toEqual([
      ["0", "a"],
      ["420", "b"],
      ["720", "c"],
    ]);
  });

  it("is none where no cell names a figure, or one that was not drawn", () => {
    expect(pictureOf(executed({ figures: [svg(1, 1, "a")] }, { picture: [3], figures: [] }))).toBeUndefined();
  });
});

describe("codeDigest()", () => {
  const digest = (...cells: readonly (readonly [source: string | string[], tag?: string, type?: string])[]): string => {
    const file = join(temporaryFolder(), "book.ipynb");
    writeFileSync(
      file,
      JSON.stringify({
        cells: cells.map(([source, tag, type = "code"]) => ({
          cell_type: type,
          source,
          metadata: { tags: tag === undefined ? [] : [tag] },
        })),
      }),
    );
    return codeDigest(file);
  };
  const code = 'type A = number;\nimport { tf } from "saccade";\nconst a: A = f(1, [2, 3]);';

  it("is the same with a cell that only looks at the parameters", () => {
    expect(digest([code], ["study.checkSize(size);", "check"])).toBe(digest([code]));
    expect(digest([code], ["study.checkSize(size);"])).not.toBe(digest([code]));
  });

  it("is the same for another layout, for comments, prose and figures", () => {
    const same = digest([code]);
    expect(
      digest([
        ["type A = number;\n", "import { tf } from 'saccade'; // why\n", "const a: A = f(\n  1,\n  [2, 3],\n);"],
      ]),
    ).toBe(same);
    expect(
      digest([code], ["# Prose", undefined, "markdown"], ["show(plot)", "figure"], ["size = 1", "injected-parameters"]),
    ).toBe(same);
  });

  it("is another for another number, name, order or import, and where the code does not parse", () => {
    const all = [
      code,
      code.replace("2", "4"),
      code.replace("const a", "const b"),
      code.replace("tf", "plots"),
      "const (",
    ].map((one) => digest([one]));
    expect(new Set([...all, digest(["a;"], ["b;"]), digest(["b;"], ["a;"])]).size).toBe(7);
  });
});

describe("parseOptions()", () => {
  const known = { studies: ["a", "b"], kernels: ["saccade", "tslab"] };
  const parse = (...args: string[]): ReturnType<typeof parseOptions> => parseOptions(args, known);

  it("takes every study at the size quick where nothing is asked for", () => {
    expect(parse()).toMatchObject({
      studies: ["a", "b"],
      size: "quick",
      kernel: undefined,
      timeoutS: 7200,
      judge: "quick",
      runName: "quick",
      store: false,
    });
  });
  it("sets the size of a study that has one, and no other's", () => {
    const { assignments, command } = parse("--set", "epochs=3");
    expect([assignments(true), assignments(false)]).toEqual(['size = "quick";\nepochs = 3;', "epochs = 3;"]);
    expect(command("a", false)).toBe("npm run studies -- a --set epochs=3");
  });
  it("writes one assignment per --set: what JSON reads as a value, the rest as text", () => {
    const { assignments } = parse(
      "b",
      "--size",
      "smoke",
      "--set",
      "epochs=3",
      "--set",
      "name=a=b",
      "--set",
      "augment=false",
      "--set",
      'rates=[0.1, "x"]',
    );
    expect(assignments(true)).toBe('size = "smoke";\nepochs = 3;\nname = "a=b";\naugment = false;\nrates = [0.1,"x"];');
  });
  it("lists the known ones for an unknown study, size, kernel or option", () => {
    expect(() => parse("c")).toThrow("studies: study must be one of a, b, got c");
    expect(() => parse("--size", "huge")).toThrow("studies: size must be one of smoke, quick, full, got huge");
    expect(() => parse("--kernel", "python3")).toThrow("studies: kernel must be one of saccade, tslab, got python3");
    expect(() => parse("--colour", "red")).toThrow(
      "--timeout SECONDS, --judge SIZE, --store, --site FOLDER and --write",
    );
  });
  it("stores a result, at most with another seed or some of its arms", () => {
    expect(parse("--store")).toMatchObject({ store: true, runName: "quick" });
    // arms that are named as measures are
    expect(parse("--store", "--size", "full", "--set", "arms=all.cnn,few.vit").runName).toBe(
      "full.arms-all.cnn-few.vit",
    );
    expect(parse("--store", "--size", "full", "--set", "seed=3", "--set", "arms=cnn,vitRows")).toMatchObject({
      store: true,
      runName: "full.arms-cnn-vitRows.seed-3",
    });
    expect(() => parse("--store", "--size", "smoke")).toThrow("--store must be at size quick or full, got smoke");
    expect(() => parse("--store", "--set", "learningRate=1")).toThrow(
      "--store must go without --set, but for a seed and arms, got --set learningRate=1",
    );
  });
  it("names a run after all that was set, so that none overwrites another's page", () => {
    const names = [["seed=1"], ["seed=2"], ["seed=2", "epochs=3"], ["note=a/b c"], ["note=a/b d"]].map(
      (set) => parse(...set.flatMap((one) => ["--set", one])).runName,
    );
    expect(names.slice(0, 3)).toEqual(["quick.seed-1", "quick.seed-2", "quick.epochs-3.seed-2"]);
    expect(names.slice(3).every((name) => /^quick\.note-[0-9a-f]{8}$/.test(name))).toBe(true);
    expect(new Set(names).size).toBe(5);
  });
  it("says the command that repeats a run", () => {
    expect(parse("--size", "full", "--set", "seed=3", "--store").command("b", true)).toBe(
      "npm run studies -- b --size full --set seed=3 --store",
    );
  });
  it("refuses an assignment that is none and a limit that is none", () => {
    expect(() => parse("--set", "epochs")).toThrow("--set must be name=value, got epochs");
    expect(() => parse("--set", "a b=1")).toThrow("--set must be name=value");
    expect(() => parse("--timeout", "soon")).toThrow("--timeout must be a number of seconds above 0, got soon");
  });
});
