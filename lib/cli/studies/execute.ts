/** One study, executed headless in .venv by nbclient. */
import { join } from "node:path";
import { venvEnv, venvProgram, type Project } from "../../setup/project.js";
import { STORES } from "../../study/checkpoints.js";
import { plotlyScript } from "./plotly-script.js";

/** What a run is asked for. */
export interface Run {
  /** Absolute path of the notebook. */
  readonly notebook: string;
  /** Absolute path of the executed copy; its HTML lies beside it. */
  readonly output: string;
  readonly kernel: string;
  /** TypeScript put behind the cell tagged `parameters`. */
  readonly assignments: string;
  /** Limit of one cell, in seconds; null for none. */
  readonly timeoutS: number | null;
  /** What its result is to be stored as: then its checkpoints outlive the notebook, until that is done. Or null. */
  readonly stores: string | null;
  /** Absolute path of a file that only one execution has at a time; null for none. */
  readonly lock: string | null;
}

/** How it ended. `text` is what the failed cell said. */
export interface Outcome {
  readonly status: "passed" | "failed" | "timeout" | "died" | "flooded" | "interrupted";
  readonly position: number | null;
  readonly total: number;
  readonly text: string;
}

/** A cell begins. */
export interface CellStart {
  readonly position: number;
  readonly total: number;
  readonly head: string;
}

/**
 * Executes the notebook; a failing cell is an outcome, not an error.
 * @param tell what happens: a cell begins, or a training run in it is so far
 */
export async function execute(
  project: Project,
  run: Run,
  tell: { cell(cell: CellStart): void; progress(text: string): void },
): Promise<Outcome> {
  let outcome: Outcome | undefined;
  let rest = "";
  const ended = await project.jobs.run(
    venvProgram(project, "python"),
    [join(project.packageFolder, "lib/cli/studies/execute.py")],
    {
      // as Jupyter's own server names it: the records of its runs say so
      env: {
        ...venvEnv(project),
        JPY_SESSION_NAME: run.notebook,
        ...(run.stores !== null && { [STORES]: run.stores }),
      },
      input: JSON.stringify({ ...run, plotly: await plotlyScript(project) }),
      onOutput: (text) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          const message = parseEvent(line);
          if (message?.event === "cell") tell.cell(message as unknown as CellStart);
          else if (message?.event === "progress") tell.progress((message as unknown as { text: string }).text);
          else if (message !== undefined)
            outcome = { ...(message as unknown as Outcome), status: message.event as Outcome["status"] };
        }
      },
    },
  );
  if (outcome !== undefined) return outcome;
  return {
    status: "died",
    position: null,
    total: 0,
    text: ended.output.trim() || `the runner ended with ${ended.code ?? ended.signal}`,
  };
}

/** @returns undefined for a line that is not ours, such as a library's warning */
function parseEvent(line: string): { event: string } | undefined {
  if (!line.startsWith('{"event"')) return undefined;
  return JSON.parse(line) as { event: string };
}
