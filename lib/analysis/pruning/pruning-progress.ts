import { broadcast, outputInPlace, type Broadcast } from "../../host.js";
import { escapeHtml } from "../../escape-html.js";
import { stepLine, stepsTable, type PruningStep } from "./pruning-steps.js";

/** What is being done with a unit. */
export interface PruningWork {
  /** The name of its layer. */
  readonly layer: string;
  /** Its number in the model before any pruning. */
  readonly unit: number;
  /** What takes its time now. */
  readonly doing: "measuring" | "retraining";
}

/** Shows stepwise pruning as it goes. */
export interface PruningProgress {
  /** Before each measurement and each retraining. */
  working(work: PruningWork): void;
  /** After each step. */
  step(step: PruningStep): void;
  /** At the end, whatever it was. */
  end(): void;
}

/** Steps that the notebook's output holds while it goes on. */
const SHOWN = 12;

/** In a notebook a table that grows in one output until the end, elsewhere a line a step on standard output. */
export function defaultProgress(): PruningProgress {
  const publish = broadcast();
  return publish === undefined ? lineProgress() : tableProgress(publish);
}

/** Shows nothing. */
export const NO_PROGRESS: PruningProgress = { working() {}, step() {}, end() {} };

function lineProgress(): PruningProgress {
  return { ...NO_PROGRESS, step: (step) => void process.stdout.write(`${stepLine(step)}\n`) };
}

function tableProgress(publish: Broadcast): PruningProgress {
  const output = outputInPlace(publish);
  const steps: PruningStep[] = [];
  let isShown = false;
  const show = (line: string): void => {
    const bundle = steps.length === 0 ? undefined : stepsTable(steps.slice(-SHOWN), `${steps.length} units so far`);
    output({
      "text/html": `${bundle?.["text/html"] ?? ""}<p>${escapeHtml(line)}</p>`,
      "text/plain": [bundle?.["text/plain"], line].filter((each) => each !== undefined).join("\n"),
    });
    isShown = true;
  };
  return {
    working: ({ layer, unit, doing }) => show(`${layer} unit ${unit}: ${doing} …`),
    step: (step) => void steps.push(step),
    end() {
      const line = `${steps.length} ${steps.length === 1 ? "step" : "steps"}`; // the result has their table
      if (isShown) output({ "text/html": `<p>${line}</p>`, "text/plain": line });
    },
  };
}
