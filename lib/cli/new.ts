/** `npx saccade new NAME`, `npm run new -- NAME`: begins a study of one's own. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { typed } from "../files/own-folder.js";
import type { Places } from "../setup/project.js";
import { commandOf, readCommandLine } from "./command-line.js";
import { studyClaims, studyNotebook } from "./new/study-notebook.js";
import { WORKFLOW, WORKFLOW_FILE } from "./new/workflow.js";

/** What git passes over in a project: packages, what set-up makes, what a run leaves. */
const IGNORED = "node_modules/\n.saccade/\nnotebooks/.output/\n";

const USAGE = {
  command: "new",
  does: "Begins a study: a notebook that runs, its claims, and a workflow that runs it in CI.",
  words: "NAME",
  options: {},
  more: "It writes notebooks/NAME.ipynb and notebooks/results/NAME/claims.json, and overwrites nothing.",
} as const;

export const run = commandOf(USAGE, readName, (name, places) => newStudy(name, places));

/**
 * Writes a new study's files into the project.
 * @returns 0, or 1 where one of them is there already: then none is written
 */
export function newStudy(name: string, { root, packageFolder }: Places): number {
  const files = {
    [`notebooks/${name}.ipynb`]: studyNotebook(name),
    [`notebooks/results/${name}/claims.json`]: studyClaims(),
  };
  const there = Object.keys(files).filter((path) => existsSync(join(root, path)));
  if (there.length > 0) {
    console.error(
      `new: nothing is overwritten, and ${there.join(" and ")} ${there.length === 1 ? "is" : "are"} there already.`,
    );
    return 1;
  }
  for (const [path, text] of Object.entries(files)) write(root, path, text);
  if (root === packageFolder) console.log("This checkout's CI runs every notebook, so no workflow is written.");
  else if (existsSync(join(root, WORKFLOW_FILE))) console.log(`Kept   ${WORKFLOW_FILE}, as it runs every study`);
  else write(root, WORKFLOW_FILE, WORKFLOW);
  if (root !== packageFolder && !existsSync(join(root, ".gitignore"))) write(root, ".gitignore", IGNORED);
  const outside = fileOutside(root);
  if (outside !== undefined)
    console.log(
      `note: CI installs what package.json names, and ${outside} is outside of this folder: copy it in, and install ` +
        "it from there.",
    );
  console.log(
    `\n${typed(`studies ${name} --size smoke`)}   runs it in seconds\n${typed("start")}   opens it in JupyterLab`,
  );
  return 0;
}

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text, { flag: "wx" });
  console.log(`Wrote  ${path}`);
}

/** The tarball or folder that package.json names for Saccade, where it is not in the project. */
function fileOutside(root: string): string | undefined {
  const file = join(root, "package.json");
  if (!existsSync(file)) return undefined;
  const { dependencies, devDependencies } = JSON.parse(readFileSync(file, "utf8")) as Record<
    string,
    object | undefined
  >;
  const named = ({ ...devDependencies, ...dependencies } as Record<string, string>)["saccade"] ?? "";
  if (!named.startsWith("file:")) return undefined;
  const path = named.slice("file:".length);
  return relative(root, resolve(root, path)).startsWith("..") ? path : undefined;
}

/** @throws RangeError for no name, more than one, or one that is no name for a study */
function readName(args: readonly string[]): string {
  const { words } = readCommandLine(USAGE, args);
  const [name, ...more] = words;
  if (name === undefined || more.length > 0)
    throw new RangeError(`new: takes one name, got ${words.length === 0 ? "none" : words.join(", ")}`);
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    throw new RangeError(
      `new: the name must begin with a letter, and be of a to z, 0 to 9 and single hyphens, got ${name}` +
        `${near(name) === undefined ? "" : `; did you mean ${near(name)}?`}`,
    );
  return name;
}

/** "My Study.ipynb" → "my-study"; undefined where nothing of it is left. */
function near(name: string): string | undefined {
  const plain = name
    .replace(/\.ipynb$/, "")
    .replace(/^.*\//, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "");
  return plain === "" ? undefined : plain;
}
