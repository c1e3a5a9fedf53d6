/** Processes on this machine that `TF_CONFIG` joins, each running the same program of the built library. */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { localWorkers } from "../../../lib/client/local-workers.js";

const LIBRARY = pathToFileURL(fileURLToPath(new URL("../../../dist/lib/index.js", import.meta.url))).href;

/** How a process ended, and what it said: `say(value)` in the program. */
export interface Ended {
  readonly code: number | null;
  readonly said: readonly any[]; // JSON of the program's own
  readonly stderr: string;
}

/** What went wrong in a process: null where nothing did. That it waited for another is no fault on a busy machine. */
export function fault({ code, stderr }: Ended): string | null {
  const told = stderr.replace(/^saccade: waiting for .*\n/gm, "");
  return code === 0 && told === "" ? null : `exit code ${code}: ${told}`;
}

/**
 * Runs a program in so many processes, and waits until all have ended. When the first says for whom it waits, all are
 * told so on stdin.
 *
 * @param program an ES module's text, in which the library's rooms, `say` and `rank` are known
 * @param configs of the environment of each; by default a worker of the loopback
 * @param libraries files that each imports the library from; by default the build's
 */
export async function together(
  count: number,
  program: string,
  { configs, libraries }: { readonly configs?: readonly unknown[]; readonly libraries?: readonly string[] } = {},
): Promise<Ended[]> {
  const told =
    configs?.map((config) => JSON.stringify(config)) ?? (await localWorkers(count)).map(({ config }) => config);
  const children = Array.from({ length: count }, (_, index) => start(program, told[index]!, index, libraries?.[index]));
  children[0]!.stderr.once("data", () => children.forEach(({ stdin }) => stdin.end("go on")));
  return Promise.all(children.map(ending));
}

function start(
  program: string,
  config: string,
  rank: number,
  library: string = LIBRARY,
): ChildProcessWithoutNullStreams {
  const text = `
    import { tf, train, models, datasets, tracking, backend } from ${JSON.stringify(library)};
    const rank = ${rank};
    const say = (value) => process.stdout.write("\\n" + JSON.stringify(value) + "\\n");
    ${program}`;
  const env = { ...process.env, TF_CONFIG: config, TF_NUM_INTRAOP_THREADS: "1" };
  return spawn(process.execPath, ["--input-type=module", "--eval", text], { env });
}

function ending(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (bytes: Buffer) => (output.stdout += bytes.toString()));
  child.stderr.on("data", (bytes: Buffer) => (output.stderr += bytes.toString()));
  return new Promise((resolve) =>
    child.once("close", (code) => {
      const lines = output.stdout.split("\n").filter((line) => line !== "");
      resolve({ code, said: lines.map((line) => JSON.parse(line) as unknown), stderr: output.stderr });
    }),
  );
}
