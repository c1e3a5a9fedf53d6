/** `npm run long [-- NAME]`: the studies' plans of long runs, and what of one is not stored yet, executed. */
import { join } from "node:path";
import { aboveZero, aNatural, type Rule } from "../checks.js";
import { didYouMean } from "../nearest.js";
import { ensureSetup, notebookSteps } from "../setup/index.js";
import { commandOf, readCommandLine } from "./command-line.js";
import { planSummary, planTable } from "./long/plan-table.js";
import { askedUnits, plannedStudies, unitsOf, type Asked } from "./long/long-plan.js";
import { linesOf, runUnits, type Place } from "./long/run-units.js";

const USAGE = {
  command: "long",
  does: "Lists the studies' plans of long runs and how far each is; with a NAME, executes what is not stored yet.",
  words: "[NAME]",
  options: {
    arms: { value: "A,B", does: "only the entries of the plan with these arms" },
    seeds: { value: "0,1", does: "only these seeds" },
    minutes: { value: "N", does: "ends in good order after so many minutes: the checkpoint is written" },
    again: { does: "executes anew what an earlier state of the notebook stored" },
  },
  more: `The plan of a study is notebooks/results/NAME/long.json. A run at size full keeps its checkpoint in
notebooks/results/NAME/long, and goes on from it after Ctrl-C, --minutes or a kill.`,
} as const;

export const run = commandOf(USAGE, read, async (asked, project) => {
  const notebooks = join(project.root, "notebooks");
  const place: Place = { project, notebooks, print: (line) => console.log(line) };
  const problem = problemOf(notebooks, asked);
  if (problem !== undefined) {
    console.error(problem);
    return 2;
  }
  if (asked === undefined) return await listPlans(place);
  if (!(await ensureSetup(project, notebookSteps(project)))) return 1;
  return await runUnits(place, asked);
});

/** What is wrong with the plans, or with what is asked of one; undefined where nothing is. */
export function problemOf(notebooks: string, asked: Asked | undefined): string | undefined {
  const known = plannedStudies(notebooks);
  if (asked !== undefined && !known.includes(asked.study))
    return (
      `long: a study must have a plan, notebooks/results/NAME/long.json, as ${known.join(", ") || "none"} has, ` +
      `got ${asked.study}${didYouMean(asked.study, known)}`
    );
  try {
    if (asked === undefined) for (const study of known) unitsOf(notebooks, study);
    else askedUnits(unitsOf(notebooks, asked.study), asked);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function read(args: readonly string[]): Asked | undefined {
  const { values, words } = readCommandLine(USAGE, args);
  if (words.length > 1) throw new RangeError(`long: one study at a time, got ${words.join(", ")}`);
  const [study] = words;
  const option = Object.keys(values)[0];
  if (study === undefined && option !== undefined) throw new RangeError(`long: --${option} is for one study, got none`);
  if (study === undefined) return undefined;
  return {
    study,
    arms: values.arms,
    seeds: values.seeds?.split(",").map((seed) => numberOf("seeds", seed, aNatural)),
    minutes: values.minutes === undefined ? undefined : numberOf("minutes", values.minutes, aboveZero),
    again: values.again === true,
  };
}

function numberOf(option: string, text: string, rule: Rule): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (!rule.holds(value)) throw new RangeError(`long: --${option} must be ${rule.what}, got ${text}`);
  return value;
}

/** Prints every plan. @returns 0 */
async function listPlans(place: Place): Promise<number> {
  const studies = plannedStudies(place.notebooks);
  if (studies.length === 0) place.print("No study has a plan of long runs: notebooks/results/NAME/long.json.");
  for (const study of studies) {
    const lines = await linesOf(place, unitsOf(place.notebooks, study));
    place.print(`${study}: ${planSummary(lines)}\n${String(planTable(lines))}\n`);
  }
  return 0;
}
