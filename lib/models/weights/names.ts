import type { tf } from "../../backend/index.js";

/**
 * Whose names a file's tensors have. "torch": a network's of one's own in PyTorch, where a layer `features/0` is the
 * module `features.0`.
 */
export type WeightNames = "saccade" | "torch" | "compact-transformers" | "timm" | "torchvision";

/**
 * A name of ours and of the reference's, each without its last word (kernel, bias, gamma, …), for many weights at once:
 * `{i}` stands for a whole number, `{i-1}` and `{i+1}` for its neighbours, and several of theirs for parts side by
 * side. The reference's word for the last one follows after a dot, or, where theirs ends in `_`, at once.
 */
export type NameRule = readonly [ours: string, theirs: string | readonly string[]];

/** The rules of a family, or what makes them where a name depends on the whole model. */
export type NameTable = readonly NameRule[] | ((model: tf.LayersModel) => readonly NameRule[]);

/** The last word of a weight's name, and what PyTorch's modules call it; all others keep the rule's name as it is. */
const LAST_WORDS: Readonly<Record<string, string>> = {
  kernel: ".weight",
  bias: ".bias",
  gamma: ".weight",
  beta: ".bias",
  moving_mean: ".running_mean",
  moving_variance: ".running_var",
};

/**
 * What a reference calls a weight.
 *
 * @param name ours: "block1/attention/qkv_kernel"
 * @returns one name, or several whose tensors lie side by side in ours; undefined where no rule speaks of it
 */
export function translate(name: string, rules: readonly NameRule[]): readonly string[] | undefined {
  const [, stem = name, , word] = /^(.*?)([/_])(kernel|bias|gamma|beta|moving_mean|moving_variance)$/.exec(name) ?? [];
  const ending = word === undefined ? "" : LAST_WORDS[word]!;
  for (const [ours, theirs] of rules) {
    const numbers = match(ours, stem);
    if (numbers)
      return (typeof theirs === "string" ? [theirs] : theirs).map(
        (each) => fill(each, numbers) + (each.endsWith("_") ? ending.slice(1) : ending),
      );
  }
  return undefined;
}

/** What PyTorch puts before every name of a network in `nn.DataParallel`, and of one from `torch.compile`. */
const WRAPPERS = ["module.", "_orig_mod."] as const;

/** How many networks `torch.optim.swa_utils.AveragedModel` has averaged, which it keeps beside `module.`. */
const COUNT = "n_averaged";

/** The same by the names that they have in the network itself. */
export function unwrapped<T>(tensors: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  const own = [...tensors].filter(([name]) => name !== COUNT);
  const wrapper = WRAPPERS.find((each) => own.length > 0 && own.every(([name]) => name.startsWith(each)));
  if (wrapper === undefined) return tensors;
  return unwrapped(new Map(own.map(([name, tensor]) => [name.slice(wrapper.length), tensor])));
}

/** The numbers that the pattern's letters stand for, or undefined where the text is another. */
function match(pattern: string, text: string): ReadonlyMap<string, number> | undefined {
  const letters: string[] = [];
  const expression = pattern.split(/(\{\w+\})/).map((part) => {
    if (!/^\{\w+\}$/.test(part)) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    letters.push(part.slice(1, -1));
    return "(\\d+)";
  });
  const found = new RegExp(`^${expression.join("")}$`).exec(text);
  return found ? new Map(letters.map((letter, i) => [letter, Number(found[i + 1])])) : undefined;
}

function fill(pattern: string, numbers: ReadonlyMap<string, number>): string {
  return pattern.replace(/\{(\w+?)([+-]\d+)?\}/g, (_, letter: string, offset = "0") => {
    const number = numbers.get(letter);
    if (number === undefined)
      throw new RangeError(`translate: a rule's letters must stand in both names, got ${letter} in ${pattern}`);
    return String(number + Number(offset));
  });
}
