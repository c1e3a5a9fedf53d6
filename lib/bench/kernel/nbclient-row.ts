/** Six small cells executed by nbclient, kernel started and ended by it. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { pythonPath } from "../../client/kernel-specs.js";
import type { Metric } from "../bench-case.js";
import type { Contender } from "./contender.js";
import { Series, turns, type Field } from "./field.js";

/** Begins a line of the program's own: nbclient and the kernels may print too. */
const MARK = "seconds:";

/** Reads "name number-of-cells" lines, runs each and prints its seconds: Python's own start is not measured. */
const PROGRAM = `
import sys, time, json
import nbformat, nbclient
for line in sys.stdin:
    name, cells = json.loads(line)
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    begin = time.perf_counter()
    nbclient.NotebookClient(book, kernel_name=name, timeout=60).execute()
    print("${MARK}", time.perf_counter() - begin, sep="", flush=True)
`;

/** A notebook of six small cells, executed by nbclient. */
export async function nbclientRow(field: Field): Promise<Metric[]> {
  const series = new Series("nbclient, six small cells", "s");
  const folder = mkdtempSync(join(tmpdir(), "bench-kernels-"));
  const specNames = new Map(field.contenders.map((contender, index) => [contender, `contender-${index}`]));
  for (const [{ spec }, name] of specNames) {
    mkdirSync(join(folder, "kernels", name), { recursive: true });
    writeFileSync(
      join(folder, "kernels", name, "kernel.json"),
      JSON.stringify({ argv: spec.argv, env: spec.env, display_name: name, language: "any" }),
    );
  }
  const child = spawn(pythonPath(), ["-c", PROGRAM], {
    env: { ...process.env, JUPYTER_PATH: folder },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const answers = seconds(child.stdout);
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors = (errors + chunk).slice(-2_000);
  });
  try {
    await turns(field, Math.max(1, Math.round(5 / field.scale)), field.contenders, async (contender) => {
      child.stdin.write(`${JSON.stringify([specNames.get(contender), sixCells(contender)])}\n`);
      const { value, done } = await answers.next();
      if (done) throw new Error(`nbclient ended: ${errors}`);
      series.add(contender, Number(value.slice(MARK.length)));
    });
  } finally {
    child.stdin.end();
    rmSync(folder, { recursive: true, force: true });
  }
  return [series.toMetric()];
}

async function* seconds(stdout: Readable): AsyncGenerator<string, undefined> {
  for await (const line of createInterface({ input: stdout })) if (line.startsWith(MARK)) yield line;
  return undefined;
}

function sixCells({ code }: Contender): string[] {
  return [code.one, code.declare(1), code.declare(2), code.declareUsing(3, [1, 2, 1, 2]), code.lines(10), code.one];
}
