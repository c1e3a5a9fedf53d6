import {
  aFlag,
  aFunction,
  anObject,
  aText,
  checkArguments,
  checkOptions,
  either,
  listOf,
  optional,
} from "../checks.js";
import { ALIASES, RENAMED } from "./model-names.js";
import { registered, type OwnModel, type RegisteredName } from "./registered.js";
import { registry } from "./registry.js";
import { PUBLISHED } from "./weights/published-rows.js";

/** Options of {@link listModels}. */
export interface ListModelsOptions {
  /** Only models that `publishedWeights` has weights of. Default false. */
  readonly pretrained?: boolean;
}

/**
 * The names of the models that `createModel` makes, in the order of the alphabet; short names are left out.
 *
 * @example listModels("vit_*_patch16_224")
 * @param pattern `*` stands for any text, `?` for one letter, as timm's; or several patterns. One without either
 *   that is no name stands for the names that have it: "resnet". Default: all
 * @returns an empty array where no name fits
 * @throws TypeError for what is no pattern
 */
export function listModels(pattern: string | readonly string[] = "*", options: ListModelsOptions = {}): string[] {
  checkArguments("listModels", { pattern }, { pattern: either(aText, listOf(aText)) });
  checkOptions("listModels", options, { pretrained: optional(aFlag) });
  const known = [...Object.keys(registry), ...registered.keys()];
  const patterns = [pattern].flat().map((each) => expressionOf(each, known));
  const published = new Set<string>(PUBLISHED.map(({ model }) => model));
  return known
    .filter((name) => patterns.some((each) => each.test(name)) && (!options.pretrained || published.has(name)))
    .sort();
}

/**
 * Makes a model of one's own known to `createModel`, `outline`, `modelConfig` and `listModels`, by its name.
 *
 * @example
 *   const config = { numClasses: 10, width: 32 };
 *   const myCnn = registerModel({ name: "my_cnn", build: buildMyCnn, config, replace: true });
 *   const model = createModel(myCnn, { width: 64 });
 * @returns the name, by which `createModel` knows the types of the options
 * @throws RangeError for a name that the library or, without `replace`, another registered model has; TypeError for an
 *   argument of another kind
 */
export function registerModel<C extends object>(model: OwnModel<C>): RegisteredName<C> {
  checkOptions("registerModel", model, {
    name: aText,
    build: aFunction,
    config: anObject,
    source: optional(aText),
    replace: optional(aFlag),
  });
  const { name, replace = false } = model;
  const isTaken = [registry, ALIASES, RENAMED].some((names) => Object.hasOwn(names, name));
  if (isTaken || !/^\w[\w.-]*$/.test(name))
    throw new RangeError(
      `registerModel: name must be one that the library does not have, of letters, digits and _, got "${name}"`,
    );
  if (registered.has(name) && !replace)
    throw new RangeError(
      `registerModel: name must be new, got "${name}", which is registered (replace: true takes its place)`,
    );
  registered.set(name, { source: "registered", ...model } as unknown as OwnModel<object>);
  return name as RegisteredName<C>;
}

function expressionOf(pattern: string, known: readonly string[]): RegExp {
  const text = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const whole = new RegExp(`^${text}$`, "i");
  const isPart = !/[*?]/.test(pattern) && !known.some((name) => whole.test(name));
  return isPart && pattern !== "" ? new RegExp(text, "i") : whole;
}
