/** The checker's messages in a reader's terms: no cell files, no full paths, names of earlier cells suggested. */
import { relative } from "node:path";
import { distance } from "fastest-levenshtein";
import { OWN } from "./declarations.js";

const DISTANCE_SHARE = 0.4;

/** Types of saccade's over the names of one's own metrics, where there are none. */
const WITHOUT_OWN_METRICS =
  /\b(FitOptions|FitCallbacks|EvaluateOptions|Evaluation|EpochRecord|History|Measured|Measurement|Metrics)<never>/g;

/** A message of the checker without what no author wrote: cell files, full paths, names of our own. */
export function readable(message: string, folder: string, cellFolder: string): string {
  return message
    .replaceAll(/(?:typeof )?import\("[^"]*\/cell(?:-\d+)?"\)\.?/g, "")
    .replaceAll(/'"[^"]*\/cell(?:-\d+)?(?:\.tsx?)?"'/g, "an earlier cell")
    .replaceAll(WITHOUT_OWN_METRICS, "$1")
    .replaceAll("$earlier_", "")
    .replaceAll('"types:', '"') // as rolled-up declarations call a module
    .replaceAll(`"${OWN}/dist/types/entries/`, '"')
    .replaceAll(`"${OWN}/dist/lib/`, '"saccade/')
    .replaceAll(/"[^"]*\/node_modules\//g, '"')
    .replaceAll(/import\("@tensorflow\/[^"]*"\)\./g, "")
    .replaceAll(`${cellFolder}/`, "")
    .replaceAll(new RegExp(`${escapeRegExp(folder)}/[^'"]*`, "g"), (path) => {
      const shown = relative(folder, path);
      return shown.startsWith(".") ? shown : `./${shown}`;
    });
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** The nearest of `names` if it is near enough to be meant. */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.floor(name.length * DISTANCE_SHARE) + 1;
  for (const one of names) {
    if (Math.abs(one.length - name.length) >= least) continue;
    const found = distance(name.toLowerCase(), one.toLowerCase());
    if (found < least) [best, least] = [one, found];
  }
  return best;
}
