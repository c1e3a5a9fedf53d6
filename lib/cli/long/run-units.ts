/** Executes what of a study's plan is not stored, unit by unit, as `npm run studies -- … --store` does. */
import { join } from "node:path";
import { mkdirSync } from "node:fs";
import { tryLock } from "../../files/file-lock.js";
import { typed } from "../../files/own-folder.js";
import type { Project } from "../../setup/project.js";
import { runStudies } from "../studies.js";
import { interruptible, listenForEnd, type Ending } from "./interruptible.js";
import { leftText, planSummary, secondsLeft, stateText, type UnitLine } from "./plan-table.js";
import { askedUnits, unitsOf, type Asked, type Unit } from "./long-plan.js";
import { stateOf } from "./unit-state.js";
import { followUnit } from "./write-partial.js";

/** Where the studies lie, and who is told. */
export interface Place {
  readonly project: Project;
  readonly notebooks: string;
  readonly print: (line: string) => void;
}

/** Units, each with how far it is. */
export function linesOf({ project, notebooks }: Place, units: readonly Unit[]): Promise<UnitLine[]> {
  return Promise.all(units.map(async (unit) => ({ unit, state: await stateOf(project.root, notebooks, unit) })));
}

/**
 * @returns 0 where all that was asked for is stored, or the time was up; 1 where a unit failed; 130 after Ctrl-C
 */
export async function runUnits(place: Place, asked: Asked): Promise<number> {
  const { study } = asked;
  const lines = await linesOf(place, askedUnits(unitsOf(place.notebooks, study), asked));
  const folder = join(place.project.root, ".saccade");
  mkdirSync(folder, { recursive: true });
  const release = await tryLock(join(folder, `${study}.long.lock`));
  if (release === undefined) {
    place.print(`${study}: a long run of this study is under way in another process`);
    return 1;
  }
  const ending = listenForEnd(asked.minutes, place.print);
  try {
    return await runAll(place, asked, lines, ending);
  } finally {
    ending.close();
    await release();
  }
}

async function runAll(place: Place, { study, again }: Asked, lines: UnitLine[], ending: Ending): Promise<number> {
  const { print } = place;
  let failed = 0;
  for (const [i, line] of lines.entries()) {
    if (ending.signal.aborted) break;
    if (line.state.is === "stored" && !(again && line.state.by === "an earlier notebook")) continue;
    print(`${study}  ${line.unit.runName}  ${stateText(line.state)}; ${line.unit.why}`);
    const code = await runUnit(place, lines.slice(i), ending.signal);
    lines[i] = { unit: line.unit, state: await stateOf(place.project.root, place.notebooks, line.unit) };
    if (ending.signal.aborted && lines[i].state.is !== "stored") print(`  stopped: ${stateText(lines[i].state)}`);
    else if (code !== 0) failed++;
  }
  print(`${study}: ${planSummary(lines)}${failed === 0 ? "" : `; ${failed} FAILED`}`);
  if (lines.some(({ state }) => state.is !== "stored") && failed === 0)
    print(`It goes on where it stopped: ${typed(`long ${study}`)}`);
  if (failed > 0) return 1;
  return ending.by()?.startsWith("--minutes") === false ? 130 : 0;
}

/** @param lines the unit, and those that are left after it */
async function runUnit({ project, notebooks, print }: Place, lines: UnitLine[], stop: AbortSignal): Promise<number> {
  const started = performance.now();
  const { unit } = lines[0]!;
  const others = lines.slice(1).map(secondsLeft);
  const left = (): string => {
    const own = secondsLeft(lines[0]!);
    const now = own === undefined ? undefined : Math.max(0, own - (performance.now() - started) / 1000);
    return `${leftText([now, ...others])} of the plan left`;
  };
  const output = join(notebooks, ".output");
  const close = followUnit(project.root, notebooks, unit);
  const code = await runStudies(unit.args, interruptible(project, stop, left), notebooks, output, (line) =>
    print(line.replace(/^/gm, "  ")),
  );
  await close();
  return code;
}
