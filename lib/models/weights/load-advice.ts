import type { tf } from "../../backend/index.js";
import type { WeightNames } from "./names.js";
import { knownNames, type PlannedWeight } from "./plan.js";
import { indexOf } from "./shards.js";

/** What a loading that was refused knows. */
interface Refused {
  /** The model's, that the file lacks. */
  readonly missing: readonly string[];
  /** Whether the head is among the misshapen. */
  readonly otherClasses: boolean;
  readonly plan: readonly PlannedWeight[];
  readonly names: WeightNames;
  /** The file's names. */
  readonly file: readonly string[];
}

/** The way out, as the last line of the error of a file that does not fit; "" where none is known. */
export function adviceFor(path: string, model: tf.LayersModel, refused: Refused): string {
  const { missing, otherClasses, plan, names, file } = refused;
  const index = missing.length > 0 ? indexOf(path) : undefined;
  if (index !== undefined) return `\nthis is one shard of several: ${index} is their index`;
  if (otherClasses) return '\nfor another number of classes, head: "new" keeps the model\'s own head';
  if (plan.some(({ theirs }) => theirs.some((each) => file.includes(each)))) return "";
  const known = `\nno name of the file is known: ${model.name} takes those of ${knownNames(model).join(", ")}`;
  if (names !== "torch") return known;
  const modules = [...new Set(file.map((name) => name.replace(/\.[^.]*$/, "")))];
  const some = [...modules.slice(0, 5).map((name) => JSON.stringify(name)), ...(modules.length > 5 ? ["…"] : [])];
  return `${known}, where layers have the names of PyTorch's modules, here name: ${some.join(", ")}`;
}
