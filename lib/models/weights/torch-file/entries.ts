import { OtherTensor, Tensor } from "./tensor.js";

/**
 * Under which of its keys a checkpoint keeps a network's weights, the averaged ones first. Source: timm,
 * load_state_dict.
 */
const AVERAGES = ["state_dict_ema", "model_ema"];
const WEIGHTS = ["state_dict", "model_state", "model", "module", "model_state_dict", "net"];

/** The tensors by name that were found, and the checkpoint's key that they were under; none for a plain state dict. */
export interface Entry {
  readonly entry?: string;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/**
 * The weights in what a file holds: a state dict's, or a checkpoint's that holds one. Averaged ones come before those
 * that were averaged, as timm has it.
 *
 * @param wanted the checkpoint's key to take
 * @param refuse called with what is wrong
 */
export function findEntry(value: unknown, wanted: string | undefined, refuse: (why: string) => never): Entry {
  if (!(value instanceof Map)) return refuse("that holds no dict");
  const entries = new Map([...value].filter(([key, each]) => typeof key === "string" && isStateDict(each)));
  if (wanted !== undefined) {
    if (entries.has(wanted)) return { entry: wanted, tensors: tensorsOf(entries.get(wanted), refuse) };
    const known = entries.size > 0 ? `, unlike ${[...entries.keys()].join(", ")}` : ` among ${keysOf(value)}`;
    return refuse(`whose entry ${JSON.stringify(wanted)} holds no tensors by name${known}`);
  }
  const key = [...AVERAGES, ...WEIGHTS].find((each) => entries.has(each)) ?? onlyOne(entries, refuse);
  if (key !== undefined) return { entry: key, tensors: tensorsOf(entries.get(key), refuse) };
  return isStateDict(value, true)
    ? { tensors: tensorsOf(value, refuse) }
    : refuse(`that holds no tensor by name, under ${keysOf(value)}`);
}

function onlyOne(entries: ReadonlyMap<string, unknown>, refuse: (why: string) => never): string | undefined {
  if (entries.size > 1)
    return refuse(`that holds weights under ${[...entries.keys()].join(", ")}: say which by the option entry`);
  return [...entries.keys()][0];
}

/** Whether it has a tensor by name. @param loosely with other entries too, an epoch say */
function isStateDict(value: unknown, loosely = false): value is ReadonlyMap<unknown, unknown> {
  if (!(value instanceof Map)) return false;
  const pairs = [...value];
  const isTensor = (each: unknown): boolean => each instanceof Tensor || each instanceof OtherTensor;
  return (
    pairs.some(([key, each]) => typeof key === "string" && isTensor(each)) &&
    (loosely || pairs.every(([key]) => typeof key === "string"))
  );
}

function tensorsOf(dict: unknown, refuse: (why: string) => never): ReadonlyMap<string, Tensor> {
  const found = new Map<string, Tensor>();
  for (const [name, each] of dict as ReadonlyMap<unknown, unknown>) {
    if (typeof name !== "string") continue;
    if (each instanceof OtherTensor)
      refuse(`whose ${JSON.stringify(name)} is a tensor ${each.what}, which is not read`);
    if (each instanceof Tensor) found.set(name, each);
  }
  return found;
}

/** A dict's names, for an error's text. */
function keysOf(dict: ReadonlyMap<unknown, unknown>): string {
  const keys = [...dict.keys()].filter((key) => typeof key === "string").map((key) => key.slice(0, 40));
  return keys.length > 12 ? `${keys.slice(0, 12).join(", ")}, …` : keys.join(", ") || "no name";
}
