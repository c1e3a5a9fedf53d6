/** A study's plan of long runs, `notebooks/results/NAME/long.json`: read, checked, and taken apart into its units. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { aNatural, aboveZero, aTitle, checkValue, fields, oneOf, optional, someOf } from "../../checks.js";
import { readJson } from "../../read-json.js";
import { resultsFolder } from "../studies/study-claims.js";
import { parseOptions } from "../studies/studies-options.js";

/** Runs of a study that are still to be made, the most urgent first. */
interface PlannedRuns {
  readonly size: "full" | "quick";
  /** Names joined by commas, or "all". Default "all". */
  readonly arms?: string;
  /** One unit each. */
  readonly seeds: readonly number[];
  readonly why: string;
  /** About how long one unit takes, on an idle machine of 2 cores. */
  readonly hours?: number;
}

/** One entry of a plan with one of its seeds: what is executed, stored, and gone on with as a whole. */
export interface Unit extends Omit<PlannedRuns, "seeds"> {
  readonly study: string;
  readonly seed: number;
  /** What its stored result is called, "full.arms-a-b.seed-1". */
  readonly runName: string;
  /** The command line of `npm run studies` that makes it. */
  readonly args: readonly string[];
}

/** What of a plan is asked for. */
export interface Asked {
  readonly study: string;
  /** Only the entries with these arms, as the plan writes them, or as the table of units names them. */
  readonly arms: string | undefined;
  readonly seeds: readonly number[] | undefined;
  readonly minutes: number | undefined;
  /** Whether units are executed anew that an earlier notebook stored. */
  readonly again: boolean;
}

const aPlan = someOf(
  fields("{ size, arms?, seeds, why, hours? }", {
    size: oneOf(["full", "quick"]),
    arms: optional(aTitle),
    seeds: someOf(aNatural),
    why: aTitle,
    hours: optional(aboveZero),
  }),
);

/** Names of the studies that have a plan. */
export function plannedStudies(notebooks: string): string[] {
  const folder = join(notebooks, "results");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => existsSync(planFile(notebooks, name)))
    .sort();
}

function planFile(notebooks: string, study: string): string {
  return join(resultsFolder(notebooks, study), "long.json");
}

/**
 * The units of a study's plan, in its order.
 * @throws SyntaxError, RangeError or TypeError for a plan with a fault, each naming the file and what is wrong
 */
export function unitsOf(notebooks: string, study: string): Unit[] {
  const file = planFile(notebooks, study);
  const plan = readJson(file, "a plan");
  checkValue(file, "plan", plan, aPlan);
  const units = (plan as PlannedRuns[]).flatMap(({ seeds, ...entry }) =>
    seeds.map((seed) => unitOf(study, entry, seed)),
  );
  const names = units.map(({ runName }) => runName);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw new RangeError(`${file}: a unit must be planned once, got ${twice} twice`);
  return units;
}

/** A notebook's own seed is 0 and its own arms are all: they are not set, and not in the name. */
function unitOf(study: string, entry: Omit<PlannedRuns, "seeds">, seed: number): Unit {
  const { arms = "all", size } = entry;
  const sets = [...(arms === "all" ? [] : [`arms=${arms}`]), ...(seed === 0 ? [] : [`seed=${seed}`])];
  const args = [study, "--size", size, ...sets.flatMap((set) => ["--set", set]), "--store"];
  const { runName } = parseOptions(args, { studies: [study], kernels: [] });
  return { ...entry, study, arms, seed, runName, args };
}

/** "27a3ac1a" of the unit "full.arms-27a3ac1a.seed-1": many arms are a digest there. */
function armsInName({ runName }: Unit): string | undefined {
  return /\.arms-(.+?)(?:\.seed-\d+)?$/.exec(runName)?.[1];
}

/**
 * Those of a study's units that are asked for.
 * @throws RangeError for arms or seeds that the plan has not
 */
export function askedUnits(units: readonly Unit[], { study, arms, seeds }: Asked): Unit[] {
  const ofArms = units.filter((unit) => arms === undefined || unit.arms === arms || armsInName(unit) === arms);
  const known = [...new Set(units.map((unit) => unit.arms))].join("; ");
  if (ofArms.length === 0)
    throw new RangeError(`long: --arms must be as the plan of ${study} has them, ${known}, got ${arms}`);
  const chosen = ofArms.filter(({ seed }) => seeds === undefined || seeds.includes(seed));
  const planned = [...new Set(ofArms.map(({ seed }) => seed))].join(", ");
  if (chosen.length === 0)
    throw new RangeError(`long: --seeds must be of the plan of ${study}, ${planned}, got ${seeds?.join(", ")}`);
  return chosen;
}
