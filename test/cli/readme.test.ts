import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../lib/cli/bootstrap/commands.mjs";
import { ROOT } from "./project.js";

const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const readme = read("README.md");

/** Pages, and notebooks' prose, that link to other files. */
const GUIDE = readdirSync(join(ROOT, "notebooks/guide"))
  .filter((name) => /\.(md|ipynb)$/.test(name))
  .map((name) => join("notebooks/guide", name));
const START_HERE = "notebooks/start-here.ipynb";
const OTHERS = [
  "README.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "findings/README.md",
  "notebooks/results/README.md",
  "notebooks/results/bench/README.md",
  START_HERE,
];
const PAGES = [...OTHERS, ...GUIDE];

/** A page's text; of a notebook its prose. */
function proseOf(file: string): string {
  if (!file.endsWith(".ipynb")) return read(file);
  const { cells } = JSON.parse(read(file)) as { cells: { cell_type: string; source: string[] }[] };
  return cells.flatMap(({ cell_type, source }) => (cell_type === "markdown" ? [source.join("")] : [])).join("\n\n");
}

/** As GitHub makes them, "On a GPU" is #on-a-gpu; as Jupyter makes a notebook's, it is #On-a-GPU. */
function anchorsOf(file: string): string[] {
  const titles = [...proseOf(file).matchAll(/^#+ (.*)$/gm)].map(([, title]) => title!.replaceAll("`", ""));
  if (file.endsWith(".ipynb")) return titles.map((title) => title.replaceAll(" ", "-"));
  return titles.map((title) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

describe("README", () => {
  it("can be read once: at most 150 lines, none over 200 characters", () => {
    const lines = readme.trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(150);
    expect(lines.filter((line) => [...line].length > 200)).toEqual([]);
  });

  it("shows the script that the tests run", () => {
    expect(/```js\n(.*?)```/s.exec(readme)?.[1]).toBe(read("test/fixtures/scripts/cifar10-vit.mjs"));
  });

  it("shows the notebook of ten cells that the tests run", () => {
    const { cells } = JSON.parse(read("notebooks/guide/first-notebook.ipynb")) as {
      cells: { cell_type: string; source: string[] }[];
    };
    const code = cells.filter(({ cell_type }) => cell_type === "code").map(({ source }) => source.join(""));
    expect(code).toHaveLength(10);
    expect(/```ts\n(.*?)\n```/s.exec(readme)?.[1]).toBe(code.join("\n\n"));
  });

  it("shows no other program", () => {
    expect([...readme.matchAll(/^```(\w+)$/gm)].map(([, language]) => language)).toEqual(["ts", "js"]);
  });

  it("links every page of the guide, and the one to start with", () => {
    expect([START_HERE, ...GUIDE].filter((file) => !readme.includes(`(${file}`))).toEqual([]);
  });
});

describe.each(PAGES)("%s", (file) => {
  const text = proseOf(file);

  it("names no command that is not there", () => {
    const named = [...text.matchAll(/\bnpm (?:run )?([a-z][a-z:-]*)/g)].map(([, name]) => name);
    const known = [...Object.keys(COMMANDS), "run", "install", "pack", "init"];
    expect(named.filter((name) => !known.includes(name ?? ""))).toEqual([]);
  });

  it("links to what is there", () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)];
    const broken = links.filter(([, path, anchor]) => {
      const target = path === "" ? file : join(dirname(file), path!);
      if (!existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && !anchorsOf(target).includes(anchor);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });
});

describe("the guide's pages", () => {
  const pages = ["weights.md", "in-a-project-of-your-own.md", "what-tensorflowjs-does-otherwise.md"];

  it.each(pages)("%s shows programs whose types hold", (page) => {
    const blocks = [...read(join("notebooks/guide", page)).matchAll(/^```(?:ts|js)\n(.*?)^```$/gms)];
    expect(blocks.length).toBeGreaterThan(0);
    const folder = join(ROOT, ".saccade", `blocks-${page}-${process.pid}`); // where `saccade` is found by name
    mkdirSync(folder, { recursive: true });
    const files = blocks.map(([, code], i) => {
      const doors = code!.includes("import ") ? "" : (blocks[0]![1] ?? ""); // as cells after the one that imports
      writeFileSync(join(folder, `${i}.mts`), `${doors}\n${code}\nexport {};\n`);
      return join(folder, `${i}.mts`);
    });
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const options = "--ignoreConfig --noEmit --strict --skipLibCheck --module nodenext --target es2022 --types node";
    const { stdout } = spawnSync(process.execPath, [tsc, ...options.split(" "), ...files], {
      cwd: ROOT,
      encoding: "utf8",
    });
    rmSync(folder, { recursive: true });
    expect(stdout).toBe("");
  });
});
