/** `npm run findings`: lists what was found in others' packages, and tries whether it is still so. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Project } from "../setup/project.js";
import { commandOf, readCommandLine } from "./command-line.js";

/** A surprise in somebody else's package, and the script that shows it. */
export interface Finding {
  /** "tfjs-seed-zero-is-no-seed": the script's name without its ending. */
  readonly name: string;
  /** Package, version and what happens, in one sentence: the script's second line. */
  readonly title: string;
  /** Absolute path of the script. */
  readonly file: string;
}

const USAGE = {
  command: "findings",
  does: "Lists what was found in others' packages; tries one, or all, whether it is still so.",
  words: "[NAME…]",
  options: { all: { does: "tries every one; some fetch hundreds of MB" } },
  more: "Each installs its package at the pinned version in a temporary folder. findings/README.md says their form.",
} as const;

export const run = commandOf(USAGE, read, async ({ names, all }, project) => {
  const known = findingsIn(join(project.root, "findings"));
  const unknown = names.find((name) => !known.some((one) => one.name === name));
  if (unknown !== undefined) {
    console.error(`findings: a name must be one that npm run findings lists, got ${unknown}`);
    return 2;
  }
  if (names.length === 0 && !all) return list(known);
  return await tryAll(all ? known : known.filter(({ name }) => names.includes(name)), project);
});

function read(args: readonly string[]): { readonly names: readonly string[]; readonly all: boolean } {
  const { values, words } = readCommandLine(USAGE, args);
  if (values.all === true && words.length > 0)
    throw new RangeError(`findings: --all must go without a name, got ${words.join(", ")}`);
  return { names: words, all: values.all === true };
}

/** @returns the scripts of the folder, by name */
export function findingsIn(folder: string): Finding[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".sh"))
    .sort()
    .map((file) => {
      const [, title = ""] = readFileSync(join(folder, file), "utf8").split("\n");
      return { name: file.slice(0, -".sh".length), title: title.replace(/^# /, ""), file: join(folder, file) };
    });
}

function list(findings: readonly Finding[]): number {
  for (const { name, title } of findings) console.log(`${name}\n    ${title}`);
  console.log(`\n${findings.length} findings; npm run findings -- NAME tries one.`);
  return 0;
}

/** @returns 0 where all are still so */
async function tryAll(findings: readonly Finding[], project: Project): Promise<number> {
  const changed: string[] = [];
  for (const { name, title, file } of findings) {
    console.log(`${name}: ${title}`);
    const progress = project.startProgress(name.slice(0, 22), () => "running");
    const { code, output } = await project.jobs.run("bash", [file]);
    progress.stop(code === 0 ? "still so" : "not so, or not tried");
    console.log(output.trim().replace(/^(?=.)/gm, "    "));
    if (code !== 0) changed.push(name);
  }
  const so = `${findings.length - changed.length} of ${findings.length} still so`;
  console.log(changed.length === 0 ? so : `${so}; otherwise, or could not be tried: ${changed.join(", ")}`);
  return changed.length === 0 ? 0 : 1;
}
