import { outputInPlace, type Broadcast } from "../host.js";
import { progressBundle } from "../shown.js";
import { isEarly, line, measuredLine, type EndedBy, type Progress, type Standing } from "./progress.js";

const UPDATE_MS = 250;
/** Lines of evaluations that are shown. */
const MOST_FOUND = 10;

/**
 * One output of the running cell, updated in place, in a kernel that publishes for it: a bar and the terminal's line,
 * and under them what each epoch's evaluation found, of many the last ten.
 *
 * @param name of the run, in front of its line; none by default
 */
export function displayProgress(publish: Broadcast, name?: string): Progress {
  const output = outputInPlace(publish);
  let shownMs = -Infinity;
  let last: Standing | undefined;
  const found: string[] = [];
  let pending = false;
  const evaluated = (): string[] => [
    ...(found.length > MOST_FOUND ? [`… ${found.length - MOST_FOUND} earlier`] : []),
    ...found.slice(-MOST_FOUND),
  ];
  const show = (standing: Standing, endedBy?: EndedBy): void => {
    const lines = [line(standing, name, endedBy), ...evaluated()];
    output(progressBundle(lines, standing.step, standing.steps));
    shownMs = performance.now();
    pending = false;
  };
  return {
    step(standing) {
      last = standing;
      if (performance.now() - shownMs >= UPDATE_MS) show(standing);
      else pending = true;
    },
    mark() {},
    measured(result) {
      found.push(measuredLine(result, name));
      if (last) show(last);
    },
    end(endedBy) {
      if (last && (pending || isEarly(endedBy))) show(last, endedBy);
    },
  };
}
