/** What errors of options add for who comes from Keras, tfjs or PyTorch: what does here what was asked for there. */
import { anySet, type Rule } from "../checks.js";
import { isTensorLike } from "../value-text.js";

/** The same rule; where `hintOf` knows a value that does not hold, the error says that, and not what is within it. */
export function withHint(rule: Rule, hintOf: (value: unknown) => string | undefined): Rule {
  return {
    ...rule,
    within: (value, path) => (hintOf(value) === undefined ? rule.within?.(value, path) : undefined),
    hint: (value) => {
      const hint = hintOf(value);
      return hint === undefined ? (rule.hint?.(value) ?? "") : `; ${hint}`;
    },
  };
}

/** Lower-case letters alone: "categorical_crossentropy" is "categoricalcrossentropy". */
const lettersOf = (value: unknown): string =>
  typeof value === "string" ? value.toLowerCase().replace(/[^a-z]/g, "") : "";

const has = (value: unknown, name: string): boolean => typeof value === "object" && value !== null && name in value;

/** A set, of which tensors and arrays make one. */
export const aTrainingSet: Rule = withHint(anySet, (value) =>
  isTensorLike(value) || Array.isArray(value) || ArrayBuffer.isView(value)
    ? "datasets.fromArrays({ images, labels, imageShape }) makes a set of arrays or tensors; options come after it: " +
      "(model, set, options)"
    : undefined,
);

/** Of tfjs' `tf.train.adam()`. */
export function optimizerHint(value: unknown): string | undefined {
  return has(value, "applyGradients") ? 'by name: { name: "adam", … } or "adam"' : undefined;
}

export function lossHint(value: unknown): string | undefined {
  if (!lettersOf(value).includes("crossentropy")) return undefined;
  return 'did you mean "crossEntropy"? It is of logits and labels; labels need not be one-hot';
}

export function metricsHint(value: unknown): string | undefined {
  const isList = typeof value === "string" || Array.isArray(value);
  return isList ? "accuracy is always measured, and metrics are functions of one's own" : undefined;
}

/** Of tfjs' callbacks, and lists of them. */
export function callbacksHint(value: unknown): string | undefined {
  const all: unknown[] = [value].flat();
  if (all.some((each) => has(each, "patience"))) return "early stopping is the options patience and monitor";
  if (!Array.isArray(value) && !has(value, "setModel")) return undefined;
  return "early stopping is the options patience and monitor, checkpoints are checkpoint: { folder }";
}

export function monitorHint(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const near = lettersOf(value).startsWith("val") ? 'did you mean "validation"? What' : "what";
  return (
    `${near} is monitored is an accuracy, the higher the better: "validation", "training" after each epoch, or ` +
    '"running" within it'
  );
}

/** What comes nearest to schedules that there are elsewhere, by what their names have in them. */
const NEAREST = [
  ["plateau", '"step", which lowers the rate every stepSize steps; patience ends a run that gets no better'],
  ["exponential", '{ name: "step", stepSize: 1, by: "epoch", gamma }, which is the exponential one'],
  ["cos", '"cosine"'],
  ["cycl", '"onecycle"'],
  ["multistep", '"multistep"'],
  ["piecewise", '"multistep"'],
  ["linear", '"linear", which falls from the rate to minLearningRate; warmupFraction is a linear rise'],
  ["triang", '"linear" with warmupFraction, which is a linear rise'],
  ["poly", '"linear", which falls from the rate to minLearningRate, or "cosine"'],
] as const;

export function scheduleHint(value: unknown): string | undefined {
  if (typeof value === "function") return 'nearest to a function comes "multistep", with milestones and gamma';
  const near = NEAREST.find(([part]) => lettersOf(value).includes(part));
  return near && `nearest comes ${near[1]}`;
}
