import * as tf from "@tensorflow/tfjs";

/**
 * The tensors of a tree in order, and how to build such a tree of others. A tree: a tensor, or arrays and records of
 * them, nested at will; undefined and null stand for nothing.
 */
export interface Flattened {
  readonly tensors: tf.Tensor[];
  /** Equal for trees of the same form; dtypes and shapes included. */
  readonly signature: string;
  /** Builds a tree of the same form. */
  rebuild(tensors: readonly tf.Tensor[]): unknown;
}

/**
 * Takes a tree of tensors apart.
 *
 * @param what names the tree in errors, such as "compile: step: argument 0"
 * @throws TypeError for a leaf that is no tensor, or a tensor that was disposed
 */
export function flatten(what: string, tree: unknown): Flattened {
  const tensors: tf.Tensor[] = [];
  const form = formOf(what, tree, tensors);
  return {
    tensors,
    signature: form.signature,
    rebuild: (others) => {
      let at = 0;
      return form.build(() => others[at++]!);
    },
  };
}

interface Form {
  readonly signature: string;
  build(next: () => tf.Tensor): unknown;
}

function formOf(what: string, tree: unknown, tensors: tf.Tensor[]): Form {
  if (tree === undefined || tree === null) return { signature: "-", build: () => tree };
  if (tree instanceof tf.Tensor) {
    if (tree.isDisposed) throw new TypeError(`${what} is a tensor that was disposed`);
    tensors.push(tree);
    return { signature: `${tree.dtype}[${tree.shape.join()}]`, build: (next) => next() };
  }
  if (Array.isArray(tree)) {
    const forms = tree.map((item, i) => formOf(`${what}[${i}]`, item, tensors));
    return {
      signature: `[${forms.map(({ signature }) => signature).join(";")}]`,
      build: (next) => forms.map((form) => form.build(next)),
    };
  }
  if (typeof tree === "object" && isPlain(tree)) {
    const forms = Object.entries(tree).map(([key, item]) => [key, formOf(`${what}.${key}`, item, tensors)] as const);
    return {
      signature: `{${forms.map(([key, { signature }]) => `${JSON.stringify(key)}:${signature}`).join(";")}}`,
      build: (next) => Object.fromEntries(forms.map(([key, form]) => [key, form.build(next)])),
    };
  }
  throw new TypeError(`${what} must be a tensor, or an array or record of tensors, got ${describe(tree)}`);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  if (typeof value === "object" && value !== null) return `a ${value.constructor?.name ?? "object"}`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
