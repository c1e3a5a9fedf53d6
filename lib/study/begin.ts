import {
  aFlag,
  anInteger,
  anyNumber,
  aText,
  aTitle,
  checkArguments,
  either,
  oneOf,
  optional,
  recordOf,
  withFields,
} from "../checks.js";
import { SIZES } from "./claims.js";
import { Study, type StudyParameters } from "./study.js";

const SETTINGS = recordOf(optional(either(either(anyNumber, aText), aFlag)));

/**
 * Begins a study, in the cell below its parameters.
 *
 * @param name of the notebook: its claims and results lie in `results/NAME` beside it
 * @param parameters all that the notebook lets a reader change
 * @throws RangeError for a size that is none, with the one that was probably meant; TypeError for a parameter that is
 *   no number, text or flag
 * @example const own = study.begin("vit-activations", { size: size, seed: seed, arms: arms });
 */
export function begin(name: string, parameters: StudyParameters): Study {
  checkArguments("begin", { name, parameters }, { name: aTitle, parameters: SETTINGS });
  checkArguments(
    "begin",
    { parameters },
    { parameters: withFields("an object with size", { size: oneOf(SIZES), seed: optional(anInteger) }) },
  );
  return new Study(name, parameters);
}
