/** Tools that run notebooks without a front end. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { KERNEL, outputsOf, runTool, temporaryFolder, writeNotebook } from "./tools.js";

const folder = temporaryFolder();

describe("papermill", () => {
  const book = join(folder, "parameters.ipynb");
  writeNotebook(book, [
    {
      source:
        `type Size = "smoke" | "quick" | "full";\nlet size: Size = "quick" as Size;\nlet epochs: number = 1; ` +
        `// how often\nlet names: string[] = [];`,
      tags: ["parameters"],
    },
    'console.log(`${size} ${epochs} ${names.join("+")}`);',
  ]);
  const papermill = (...parameters: string[]) =>
    runTool("papermill", [book, join(folder, "out.ipynb"), ...parameters], folder);

  for (const size of ["smoke", "quick", "full"]) {
    it(`injects size ${size} under full checking`, async () => {
      const { code, output } = await papermill("-p", "size", size, "-p", "epochs", "3", "-y", `names: ["a", "b"]`);
      expect(code, output).toBe(0);
      expect(outputsOf(join(folder, "out.ipynb"))).toContain(`${size} 3 a+b`);
    });
  }

  it("writes the same assignment as our own runner", async () => {
    await papermill("-p", "size", "smoke");
    expect(readFileSync(join(folder, "out.ipynb"), "utf8")).toContain(`size = \\"smoke\\";`);
  });

  it("runs without parameters", async () => {
    expect((await papermill()).code).toBe(0);
    expect(outputsOf(join(folder, "out.ipynb"))).toContain("quick 1");
  });

  it("refuses a name that is not declared, and lists the parameters", async () => {
    const { code, output } = await papermill("-p", "sise", "smoke");
    expect(code).not.toBe(0);
    expect(output).toMatch(/sise.*size.*epochs/s);
  });

  for (const [name, value] of [
    ["size", "enormous"],
    ["epochs", "many"],
  ] as const) {
    it(`refuses ${name} = ${value}, a value of the wrong type, and lists the parameters`, async () => {
      const { code, output } = await papermill("-p", name, value);
      expect(code).not.toBe(0);
      expect(output).toMatch(/size.*epochs/s);
    });
  }

  it("fails where a cell throws, with its name and message", async () => {
    const failing = join(folder, "failing.ipynb");
    writeNotebook(failing, [`throw new RangeError("of this cell")`]);
    const { code, output } = await runTool("papermill", [failing, join(folder, "failed.ipynb")], folder);
    expect(code).not.toBe(0);
    expect(output).toMatch(/RangeError.*of this cell/s);
  });
});

describe("nbmake", () => {
  it("passes a notebook that runs", async () => {
    writeNotebook(join(folder, "good.ipynb"), ["const a: number = 1;", "console.log(a + 1)"]);
    const { code, output } = await runTool(
      "pytest",
      ["--nbmake", "good.ipynb", "-q", "-p", "no:cacheprovider"],
      folder,
    );
    expect(code, output).toBe(0);
    expect(output).toMatch(/1 passed/);
  });

  it("fails one with a type error", async () => {
    writeNotebook(join(folder, "bad.ipynb"), ['const a: number = "text";']);
    const { code, output } = await runTool("pytest", ["--nbmake", "bad.ipynb", "-q", "-p", "no:cacheprovider"], folder);
    expect(code).toBe(1);
    expect(output).toMatch(/not assignable/);
  });
});

describe("nbconvert", () => {
  it("executes and writes HTML with the cells highlighted as TypeScript", async () => {
    writeNotebook(join(folder, "page.ipynb"), ["const answer: number = 6 * 7;\nanswer"]);
    const { code, output } = await runTool("jupyter-nbconvert", ["--execute", "--to", "html", "page.ipynb"], folder);
    expect(code, output).toBe(0);
    const html = readFileSync(join(folder, "page.html"), "utf8");
    expect(html).toContain("42");
    expect(html).toMatch(/<span class="kd?c?">const<\/span>|<span class="kr?">const<\/span>/);
  });

  it("stops at an error, goes on with --allow-errors", async () => {
    writeNotebook(join(folder, "errors.ipynb"), ['throw new Error("stop")', 'console.log("went on")']);
    expect(
      (await runTool("jupyter-nbconvert", ["--execute", "--to", "notebook", "--output", "x1", "errors.ipynb"], folder))
        .code,
    ).not.toBe(0);
    const { code, output } = await runTool(
      "jupyter-nbconvert",
      ["--execute", "--allow-errors", "--to", "notebook", "--output", "x2", "errors.ipynb"],
      folder,
    );
    expect(code, output).toBe(0);
    expect(outputsOf(join(folder, "x2.ipynb"))).toMatch(/went on/);
  });

  it("writes an executed notebook as a .ts script", async () => {
    writeNotebook(join(folder, "script.ipynb"), ["const a: number = 1;"]);
    await runTool(
      "jupyter-nbconvert",
      ["--execute", "--to", "notebook", "--output", "executed", "script.ipynb"],
      folder,
    );
    const { code, output } = await runTool("jupyter-nbconvert", ["--to", "script", "executed.ipynb"], folder);
    expect(code, output).toBe(0);
    expect(existsSync(join(folder, "executed.ts"))).toBe(true);
  });
});

describe("nbclient", () => {
  it("goes on behind a cell tagged raises-exception", async () => {
    writeNotebook(join(folder, "raises.ipynb"), [
      { source: 'throw new Error("meant")', tags: ["raises-exception"] },
      'console.log("after it")',
    ]);
    const { code, output } = await runTool("jupyter-execute", ["--inplace", "raises.ipynb"], folder);
    expect(code, output).toBe(0);
    expect(outputsOf(join(folder, "raises.ipynb"))).toMatch(/after it/);
  });
});

it("jupyter kernelspec lists the kernel", async () => {
  const { output } = await runTool("jupyter-kernelspec", ["list", "--json"], folder);
  expect(JSON.parse(output.slice(output.indexOf("{"))).kernelspecs[KERNEL].spec).toMatchObject({
    display_name: "TypeScript (Saccade)",
    language: "typescript",
  });
});
