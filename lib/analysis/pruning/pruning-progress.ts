import { broadcast, outputInPlace, type Broadcast } from "../../host.js";
import { progressBundle, type MimeBundle } from "../../shown.js";
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

/** In a notebook a bar, and a table that grows below it until the end, elsewhere a line a step on standard output. */
export function defaultProgress(): PruningProgress {
  const publish = broadcast();
  return publish === undefined ? lineProgress() : tableProgress(publish);
}

/** Shows nothing. */
export const NO_PROGRESS: PruningProgress = { working() {}, step() {}, end() {} };

function lineProgress(): PruningProgress {
  return { ...NO_PROGRESS, step: (step) => void process.stdout.write(`${stepLine(step)}\n`) };
}

/** The last steps, as a table; nothing before the first. */
function lastSteps(steps: readonly PruningStep[]): MimeBundle {
  const title = steps.length > SHOWN ? `the last ${SHOWN} steps` : null;
  return steps.length === 0 ? {} : stepsTable(steps.slice(-SHOWN), title);
}

function tableProgress(publish: Broadcast): PruningProgress {
  const output = outputInPlace(publish);
  const steps: PruningStep[] = [];
  let isShown = false;
  const show = (line: string): void => {
    const [bar, table] = [progressBundle([line], steps.length, undefined), lastSteps(steps)];
    const both = (type: "text/html" | "text/plain"): unknown[] => [bar[type], table[type]].filter(Boolean);
    output({ "text/html": both("text/html").join(""), "text/plain": both("text/plain").join("\n") });
    isShown = true;
  };
  return {
    working: ({ layer, unit, doing }) => show(`${stepCount(steps)} done · ${layer} unit ${unit}: ${doing} …`),
    step: (step) => void steps.push(step),
    end() {
      const line = stepCount(steps); // the result has their table
      if (isShown) output({ "text/html": `<p>${line}</p>`, "text/plain": line });
    },
  };
}

/** "3 steps" */
function stepCount({ length }: readonly PruningStep[]): string {
  return `${length} ${length === 1 ? "step" : "steps"}`;
}
