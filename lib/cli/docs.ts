/** `npm run docs`: the reference of every door, written by TypeDoc from the doc comments. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Project } from "../setup/project.js";
import { commandOf, readCommandLine } from "./command-line.js";

const USAGE = {
  command: "docs",
  does: "Writes the reference of every door as pages that can be searched offline, and says what lacks its line.",
  options: { check: { does: "writes nothing, and only says what lacks its line" } },
} as const;

export const run = commandOf(
  USAGE,
  (args) => readCommandLine(USAGE, args),
  async ({ values }, project) => {
    const folder = join(project.root, ".output/docs");
    const warnings = await writeReference(project, values.check === true ? undefined : folder);
    for (const warning of warnings) console.error(warning);
    if (values.check !== true) console.log(`The reference is ${pathToFileURL(join(folder, "index.html")).href}`);
    console.log(warnings.length === 0 ? "Nothing lacks its line." : `${warnings.length} warnings`);
    return warnings.length === 0 ? 0 : 1;
  },
);

/**
 * @param folder where the pages go; undefined: nowhere
 * @returns TypeDoc's warnings: what is exported and has no comment, what is named and not exported, links to nothing
 * @throws Error with TypeDoc's words where it ends without having read the sources
 */
export async function writeReference({ root, jobs }: Project, folder: string | undefined): Promise<string[]> {
  const to = folder === undefined ? ["--emit", "none"] : ["--out", folder];
  let output = "";
  const { code } = await jobs.run(
    process.execPath,
    [
      "--import",
      pathToFileURL(join(root, "lib/cli/docs/typescript-6.mjs")).href,
      join(root, "node_modules/typedoc/bin/typedoc"),
      "--options",
      join(root, "lib/cli/docs/typedoc.json"),
      ...to,
    ],
    { cwd: root, onOutput: (text) => void (output += text) },
  );
  return warningsOf(output, code);
}

/** Not warnings: TypeDoc's count of them; names of models, whose rows say their source. */
const UNASKED = [/ Found \d+ errors and /, / saccade\.models\.(registry|ALIASES)\.__type\./];

/** @throws Error for a run that ended with an error */
export function warningsOf(output: string, code: number | null): string[] {
  const lines = output.replace(/\x1b\[\d*m/g, "").split("\n");
  const warnings = lines.filter((line) => line.startsWith("[warning] ") && !UNASKED.some((each) => each.test(line)));
  if (code !== 0) throw new Error(`docs: TypeDoc ended with ${code}:\n${output.trim()}`);
  return warnings.map((line) => line.slice("[warning] ".length));
}
