/** Runs of the notebooks in test/fixtures at the size smoke. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { runStudies } from "../../lib/cli/studies.js";
import { projectAt, ROOT, temporaryFolder } from "./project.js";

export const FIXTURES = join(ROOT, "test/fixtures/notebooks");

interface Ran {
  readonly code: number;
  /** What it printed */
  readonly text: string;
  /** The executed notebook; its page and its result lie beside it. */
  readonly output: string;
}

export async function studyUnder(kernel: string, name: string, ...args: string[]): Promise<Ran> {
  const lines: string[] = [];
  const output = temporaryFolder();
  const code = await runStudies(
    [name, "--size", "smoke", "--kernel", kernel, ...args],
    projectAt(ROOT),
    FIXTURES,
    output,
    (line) => void lines.push(line),
  );
  const [file] = readdirSync(output).filter((one) => one.startsWith(`${name}.smoke`) && one.endsWith(".ipynb"));
  return { code, text: lines.join("\n"), output: join(output, file ?? "none") };
}
