import type { tf } from "../backend/index.js";
import { aFunction, anObject, calledAs, checkArguments, checkValue } from "../checks.js";
import { nearestName } from "../nearest.js";
import { withoutWeights } from "../layers/index.js";
import { alexnetVariants } from "./alexnet-variants.js";
import { cnnVariants } from "./cnn-variants.js";
import { compactVariants } from "./compact-variants.js";
import type { ModelEntry } from "./entry.js";
import { ALIASES, RENAMED, type ModelAlias } from "./model-names.js";
import { myvitVariants } from "./myvit-variants.js";
import { resnetVariants } from "./resnet-variants.js";
import { smallVitVariants } from "./small-vit-variants.js";
import { recordOrigin } from "./weights/metadata.js";
import { vggVariants } from "./vgg-variants.js";
import { vitVariants } from "./vit-variants.js";

/** Every model that `createModel` makes. */
export const registry = {
  ...cnnVariants,
  ...smallVitVariants,
  ...myvitVariants,
  ...vitVariants,
  ...compactVariants,
  ...resnetVariants,
  ...vggVariants,
  ...alexnetVariants,
} as const;

export type ModelName = keyof typeof registry;

/** The configs by model name, timm's and torchvision's names among them, for typed overrides. */
export type ModelConfigs = {
  readonly [N in ModelName | ModelAlias]: (typeof registry)[N extends ModelAlias ? (typeof ALIASES)[N] : N]["config"];
};

/**
 * A new model: the registry's default config with the overrides laid over it.
 *
 * @example createModel("resnet18", { numClasses: 10, inputShape: [64, 64, 3] })
 * @param name the registry's (`npm run models` lists them), or timm's or torchvision's of the same network
 * @returns a model of images [B, H, W, C], float32, to logits [B, numClasses]; the caller disposes of it
 * @throws RangeError for an unknown name (it lists the known, and the nearest), an unknown option, or sizes that do not
 *   fit
 */
export function createModel<N extends keyof ModelConfigs>(
  name: N,
  overrides: Partial<ModelConfigs[N]> = {},
): tf.LayersModel {
  const config = configOf("createModel", name, overrides);
  const entry = findModel("createModel", name) as ModelEntry<ModelConfigs[N]>;
  const model = calledAs("createModel", () => entry.build(config));
  recordOrigin(model, { name: entry.name, config: { ...config } });
  return model;
}

/**
 * Makes a model without memory for its weights (they share one number), gives it to `use`, and disposes of it: for
 * counting, listing and drawing models of any size. The model must not be run.
 *
 * @example outline("vgg16", {}, (model) => countMacs(model).total)
 * @returns what `use` returns
 * @throws RangeError as {@link createModel} does
 */
export function outline<N extends keyof ModelConfigs, T>(
  name: N,
  overrides: Partial<ModelConfigs[N]>,
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
 * @throws RangeError for an unknown name (it lists the known) or an unknown option
 */
export function modelConfig<N extends keyof ModelConfigs>(
  name: N,
  overrides: Partial<ModelConfigs[N]> = {},
): ModelConfigs[N] {
  return configOf("modelConfig", name, overrides);
}

/** @param fn whose arguments they are */
function configOf<N extends keyof ModelConfigs>(
  fn: string,
  name: N,
  overrides: Partial<ModelConfigs[N]>,
): ModelConfigs[N] {
  const config = findModel(fn, name).config as ModelConfigs[N];
  checkValue(fn, "overrides", overrides, anObject);
  for (const option of Object.keys(overrides)) {
    if (!Object.hasOwn(config, option)) {
      throw new RangeError(
        `${fn}: an option of ${name} must be one of ${Object.keys(config).join(", ")}, got ${option}`,
      );
    }
  }
  return { ...config, ...overrides };
}

/**
 * The registry's row of a name, or of timm's or torchvision's name of the same network.
 *
 * @param fn whose argument it is
 * @throws RangeError for an unknown name: it lists the known, and the nearest
 */
export function findModel(fn: string, name: string): ModelEntry {
  const own = Object.hasOwn(ALIASES, name) ? ALIASES[name as ModelAlias] : name;
  if (typeof own === "string" && Object.hasOwn(registry, own)) return registry[own as ModelName];
  throw new RangeError(
    `${fn}: name must be one of ${Object.keys(registry).join(", ")}, got ${JSON.stringify(name)}${adviceFor(name)}`,
  );
}

/** What an unknown name's error ends in. */
function adviceFor(name: unknown): string {
  if (typeof name !== "string") return "";
  if (Object.hasOwn(RENAMED, name)) return `; it is called ${RENAMED[name as keyof typeof RENAMED]} now`;
  const near = nearestName(name, Object.keys(registry), ALIASES);
  return near === undefined ? "" : `; did you mean ${near}?`;
}
