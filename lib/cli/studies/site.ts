/** `npm run studies -- --site FOLDER`: one static site of all studies and the guide, interactive without a network. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { commitOf } from "../../files/commit.js";
import { typed } from "../../files/own-folder.js";
import { venvEnv, venvProgram, type Project } from "../../setup/project.js";
import type { StoredResult } from "../../study/stored-result.js";
import { codeCells, notebookFrom, type NotebookFile } from "./notebook-file.js";
import { guideIn, isStudy, notebooksIn } from "./notebooks-here.js";
import { hasOutputs, outputFaults } from "./output-faults.js";
import { besideOf, digestsOf } from "./outputs-digests.js";
import { plotlyScript } from "./plotly-script.js";
import { resultsFolder } from "./study-claims.js";

/** The first of a reader's studies. */
const FIRST = "start-here";

/** A page of the site. */
interface SitePage {
  /** Path from the checkout, as links name it. */
  readonly origin: string;
  /** Path from the checkout of the file that is shown. */
  readonly source: string;
  /** Path in the site. */
  readonly path: string;
  /** Which run it shows, in a sentence. */
  readonly run: string;
}

/** Pages that stand together. */
interface Group {
  readonly id: string;
  readonly title: string;
  readonly pages: readonly SitePage[];
}

/** Where things lie. */
export interface SiteFolders {
  /** Of the notebooks. */
  readonly notebooks: string;
  /** Of the notebooks that were executed last. */
  readonly executed: string;
  /** Of the site, as it was asked for: seen from where the command was typed. */
  readonly site: string;
}

/** @returns 0 where the site was made, 1 where it could not be */
export async function makeSite(
  project: Project,
  { notebooks, executed, site }: SiteFolders,
  print: (line: string) => void,
): Promise<number> {
  const { root } = project;
  const folder = resolve(process.env["INIT_CWD"] ?? "", site);
  mkdirSync(folder, { recursive: true });
  const groups = groupsOf(root, notebooks, executed);
  const task = {
    root,
    folder,
    groups,
    plotly: await plotlyScript(project),
    title: titleOf(root),
    made: `Made by ${typed("studies --site FOLDER")} of commit ${commitOf(root)}.`,
  };
  const script = join(project.packageFolder, "lib/cli/studies/site.py");
  const ended = await project.jobs.run(venvProgram(project, "python"), [script], {
    env: venvEnv(project),
    input: JSON.stringify(task),
  });
  const told = /^\{"pages".*\}$/m.exec(ended.output)?.[0];
  if (ended.code !== 0 || told === undefined) {
    print(`The site could not be made: ${ended.output.trim()}`);
    return 1;
  }
  const { pages, dead } = JSON.parse(told) as { readonly pages: number; readonly dead: readonly string[] };
  for (const { path, run } of groups.flatMap((group) => group.pages)) if (run !== "") print(`${path}: ${run}`);
  for (const link of dead) print(`note: a link leads nowhere: ${link}`);
  print(`The site has ${pages} pages; it begins with ${join(folder, "index.html")}`);
  return 0;
}

function groupsOf(root: string, notebooks: string, executed: string): Group[] {
  const names = notebooksIn(notebooks).filter((name) => isStudy(join(notebooks, `${name}.ipynb`)));
  const studies = [...names.filter((name) => name === FIRST), ...names.filter((name) => name !== FIRST)];
  const page = (name: string): SitePage => pageOf(root, notebooks, executed, name);
  const text = (file: string): SitePage => {
    const origin = relative(root, join(notebooks, file));
    return { origin, source: origin, path: file.replace(/md$/, "html"), run: "" };
  };
  const guide = guideIn(notebooks).map(page);
  const written = [...textsIn(notebooks, "guide")].map(text);
  const results = ["results", ...foldersIn(join(notebooks, "results")).map((name) => `results/${name}`)];
  return [
    { id: "studies", title: "Studies", pages: studies.map(page) },
    { id: "guide", title: "Guide", pages: [...guide, ...written] },
    { id: "results", title: "Results", pages: results.flatMap((name) => textsIn(notebooks, name)).map(text) },
  ];
}

function textsIn(notebooks: string, folder: string): string[] {
  if (!existsSync(join(notebooks, folder))) return [];
  const files = readdirSync(join(notebooks, folder)).filter((name) => name.endsWith(".md"));
  return files.sort().map((name) => `${folder}/${name}`);
}

function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return entries.map(({ name }) => name).sort();
}

/**
 * A notebook with the outputs that it is stored with, which are the same on every machine; without such, with those of
 * the last run of the same code here; without one, its code alone.
 */
function pageOf(root: string, notebooks: string, executed: string, name: string): SitePage {
  const file = join(notebooks, `${name}.ipynb`);
  const shown = (source: string, run: string): SitePage => {
    return { origin: relative(root, file), source: relative(root, source), path: `${name}.html`, run };
  };
  const text = readFileSync(file, "utf8");
  const last = lastRun(executed, name, notebookFrom(text));
  const stored = hasOutputs(text);
  if (stored && outputFaults(text, besideOf(notebooks, name)).length === 0)
    return shown(file, `Outputs as stored with the notebook${measured(notebooks, name)}.`);
  if (last !== undefined) return shown(last.file, last.run);
  if (stored) return shown(file, "These outputs are older than the notebook: its code, claims or results changed.");
  return shown(file, `Shown without outputs: ${typed(`studies ${name}`)} executes it.`);
}

/** ": size quick on CIFAR-10 (…), 2026-11-29, TensorFlow 2.21.0 on CPU, 2 cores (AMD EPYC), 6 minutes" */
function measured(notebooks: string, name: string): string {
  const file = join(resultsFolder(notebooks, name), "quick.json");
  if (!existsSync(file)) return "";
  const { size, data, date, backend, machine, wallSeconds } = JSON.parse(readFileSync(file, "utf8")) as StoredResult;
  const on = `${backend}, ${machine.cores} cores (${machine.cpu})`;
  return `: size ${size} on ${data.label}; ${date.slice(0, 10)}, ${on}, ${(wallSeconds / 60).toFixed(0)} minutes`;
}

/** The newest executed notebook of the same code and parameters that ran to its end. */
function lastRun(folder: string, name: string, notebook: NotebookFile): { file: string; run: string } | undefined {
  if (!existsSync(folder)) return undefined;
  const named = new RegExp(`^${name.replace("/", "-")}\\.((?:smoke|quick|full)(?:\\.[\\w+-]+)*)\\.[a-z]+\\.ipynb$`);
  const files = readdirSync(folder).filter((file) => named.test(file));
  const runs = files.map((file) => ({ file: join(folder, file), at: statSync(join(folder, file)).mtime }));
  const found = runs
    .sort((one, other) => other.at.getTime() - one.at.getTime())
    .find(({ file }) => isRunOf(notebook, notebookFrom(readFileSync(file, "utf8"))));
  if (found === undefined) return undefined;
  const [, what] = named.exec(basename(found.file))!;
  return { file: found.file, run: `Outputs of the last run here: ${what}, ${found.at.toISOString().slice(0, 10)}.` };
}

function isRunOf(notebook: NotebookFile, executed: NotebookFile): boolean {
  const code = codeCells(executed);
  const errors = code.flatMap(({ outputs = [] }) => outputs).filter(({ output_type }) => output_type === "error");
  if (errors.length > 0 || code.at(-1)?.execution_count == null) return false;
  const nothing = { claims: undefined, measures: undefined };
  const [ran, now] = [digestsOf(executed, nothing), digestsOf(notebook, nothing)];
  return ran.cells === now.cells && ran.parameters === now.parameters;
}

/** README's heading, or what a project's package is called. */
function titleOf(root: string): string {
  const readme = existsSync(join(root, "README.md")) ? readFileSync(join(root, "README.md"), "utf8") : "";
  return /^# (.+)$/m.exec(readme)?.[1] ?? basename(root);
}
