import type { tf } from "../backend/index.js";
import {
  aFunction,
  aModel,
  anImageShape,
  anObject,
  calledAs,
  checkArguments,
  checkValue,
  looksChannelsFirst,
  oneOf,
  strangerOf,
} from "../checks.js";
import { filled } from "../filled.js";
import { withoutWeights } from "../layers/index.js";
import { airbenchVariants } from "./airbench-variants.js";
import { alexnetVariants } from "./alexnet-variants.js";
import { cnnVariants } from "./cnn-variants.js";
import { compactVariants } from "./compact-variants.js";
import type { ModelEntry } from "./entry.js";
import { aliasesOf, type ModelConfig } from "./model-config.js";
import { ALIASES, type ModelAlias } from "./model-names.js";
import { myvitVariants } from "./myvit-variants.js";
import { registered, type RegisteredName } from "./registered.js";
import { resnetVariants } from "./resnet-variants.js";
import { smallVitVariants } from "./small-vit-variants.js";
import { modelNameHint } from "./unknown-name.js";
import { recordOrigin } from "./weights/metadata.js";
import { vggVariants } from "./vgg-variants.js";
import { vitVariants } from "./vit-variants.js";

/** Every model of the library. `createModel` makes them, and those of `registerModel`. */
export const registry = {
  ...cnnVariants,
  ...airbenchVariants,
  ...smallVitVariants,
  ...myvitVariants,
  ...vitVariants,
  ...compactVariants,
  ...resnetVariants,
  ...vggVariants,
  ...alexnetVariants,
} as const;

/** A name of a model of the library. */
export type ModelName = keyof typeof registry;

/** The configs by model name, short names among them, for typed overrides. */
export type ModelConfigs = {
  readonly [N in ModelName | ModelAlias]: (typeof registry)[N extends ModelAlias ? (typeof ALIASES)[N] : N]["config"];
};

/** A name that `createModel` takes: of the library, or of `registerModel`. */
export type AnyModelName = keyof ModelConfigs | (string & {});

/** The config of a model by its name. */
export type ConfigOf<N extends AnyModelName> = N extends keyof ModelConfigs
  ? ModelConfigs[N]
  : N extends RegisteredName<infer C>
    ? C
    : Readonly<Record<string, unknown>>;

/**
 * A new model with random weights: the registry's default config with the overrides laid over it. For published weights
 * see `pretrained`.
 *
 * @example createModel("resnet18", { numClasses: 10, inputShape: [64, 64, 3] })
 * @param name of timm's, torchvision's or a source's network (`listModels()` and `npm run models` list them), or what
 *   `registerModel` returned
 * @param overrides an option of undefined is one that is left out
 * @returns a model of images [B, H, W, C], float32, to logits [B, numClasses]; the caller disposes of it
 * @throws RangeError for an unknown name (it tells the nearest), an unknown option, or sizes that do not
 *   fit
 */
export function createModel<N extends AnyModelName>(name: N, overrides: Partial<ConfigOf<N>> = {}): tf.LayersModel {
  const config = configOf("createModel", name, overrides) as object;
  const entry = findModel("createModel", name);
  const model = calledAs("createModel", () => buildOf(entry, config));
  checkValue("createModel", `what ${entry.name} builds`, model, aModel);
  recordOrigin(model, { name: entry.name, config: { ...config } });
  return model;
}

/** @throws what the builder throws, with a word on an inputShape that PyTorch has so */
function buildOf({ build }: Buildable, config: object): tf.LayersModel {
  const { inputShape } = config as Partial<ModelConfig>;
  if (!anImageShape.holds(inputShape) || !looksChannelsFirst(inputShape!)) return build(config as never);
  const [first, ...sides] = inputShape!;
  const meant = [...sides, first].join(", ");
  const advice = `inputShape is [H, W, C], got [${inputShape!.join(", ")}]; did you mean [${meant}]?`;
  try {
    const model = build(config as never);
    console.warn(`createModel: ${advice}`);
    return model;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const Kind = error instanceof TypeError ? TypeError : RangeError;
    throw new Kind(`${error.message}; ${advice}`, { cause: error });
  }
}

/**
 * Makes a model without memory for its weights (they share one number), gives it to `use`, and disposes of it: for
 * counting, listing and drawing models of any size. The model must not be run.
 *
 * @example outline("vgg16", {}, (model) => countMacs(model).total)
 * @returns what `use` returns
 * @throws RangeError as {@link createModel} does
 */
export function outline<N extends AnyModelName, T>(
  name: N,
  overrides: Partial<ConfigOf<N>>,
  use: (model: tf.LayersModel) => T,
): T {
  checkArguments("outline", { overrides, use }, { overrides: anObject, use: aFunction });
  const model = calledAs("outline", () => withoutWeights(() => createModel(name, overrides)));
  try {
    return use(model);
  } finally {
    model.dispose();
  }
}

/**
 * The whole config of a model: the registry's defaults, and over them the overrides.
 *
 * @throws RangeError for an unknown name (it tells the nearest) or an unknown option
 */
export function modelConfig<N extends AnyModelName>(name: N, overrides: Partial<ConfigOf<N>> = {}): ConfigOf<N> {
  return configOf("modelConfig", name, overrides);
}

/** @param fn whose arguments they are */
function configOf<N extends AnyModelName>(fn: string, name: N, overrides: Partial<ConfigOf<N>>): ConfigOf<N> {
  const { config } = findModel(fn, name);
  checkValue(fn, "overrides", overrides, anObject);
  const stranger = strangerOf(overrides, Object.keys(config), { path: name, aliases: aliasesOf(config) });
  if (stranger !== undefined) {
    const isOfWeights = ["pretrained", "weights"].some((option) => Object.hasOwn(overrides, option));
    const advice = isOfWeights ? "; models.pretrained makes a model with published weights" : "";
    throw new stranger.kind(`${fn}: ${stranger.text}${advice}`);
  }
  return filled<object>(config, overrides) as ConfigOf<N>;
}

/** What `createModel` needs of a row. */
type Buildable = Pick<ModelEntry, "name" | "build"> & { readonly config: object };

/**
 * The row of a name: the registry's, or one of `registerModel`.
 *
 * @param fn whose argument it is
 * @throws RangeError for an unknown name: it tells the nearest, and the families
 */
export function findModel(fn: string, name: string): Buildable {
  const known = [...Object.keys(registry), ...registered.keys()];
  checkValue(fn, "name", name, {
    ...oneOf(known),
    what: "one of models.listModels()",
    holds: (value) => oneOf([...known, ...Object.keys(ALIASES)]).holds(value),
    hint: (value) => modelNameHint(value, known),
  });
  const own = Object.hasOwn(ALIASES, name) ? ALIASES[name as ModelAlias] : name;
  return Object.hasOwn(registry, own)
    ? registry[own as ModelName]
    : (registered.get(own as RegisteredName) as unknown as Buildable);
}
