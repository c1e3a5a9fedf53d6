import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import * as tf from "@tensorflow/tfjs";
import { undone } from "../terminated.js";

/** All variables that tfjs knows of. */
export function allVariables(): tf.Variable[] {
  return Object.values(tf.engine().registeredVariables);
}

/** What became of the variables while a function was traced. */
export interface VariableChanges {
  /** Variables that were given another value, in a fixed order. */
  readonly assigned: readonly tf.Variable[];
}

/**
 * Runs `body` and then gives every variable back the value that it had: what it assigns is seen by `after`, and gone
 * afterwards. Variables may not be made or disposed meanwhile.
 *
 * @param what names the function in errors
 * @param after is called with the variables whose value `body` changed, while they hold their new values
 * @throws TypeError naming the variables that `body` made or disposed
 */
export function withVariablesRestored<Result>(
  what: string,
  body: () => Result,
  after: (changes: VariableChanges, result: Result) => void,
): void {
  const before = allVariables();
  const known = new Set(before);
  const data = before.map(({ dataId }) => dataId);
  // A second owner: assigning then does not free the old value.
  const owners = before.map((variable) => tf.keep(variable.clone()));
  const engine = tf.engine() as unknown as { disposeVariable?(variable: tf.Variable): void };
  const disposeVariable = engine.disposeVariable!.bind(engine);
  engine.disposeVariable = (variable) => {
    if (known.has(variable)) throw new TypeError(`${what}: the function disposed the variable ${variable.name}`);
    disposeVariable(variable);
  };
  const undo = (): void => {
    delete engine.disposeVariable;
    for (const variable of allVariables()) if (!known.has(variable)) variable.dispose();
    before.forEach((variable, i) => {
      if (variable.dataId !== data[i]) variable.assign(owners[i]!);
    });
    tf.dispose(owners);
  };
  undone(undo, () => {
    const result = body();
    refuseNew(what, known);
    after({ assigned: before.filter((variable, i) => variable.dataId !== data[i]) }, result);
  });
}

function refuseNew(what: string, known: ReadonlySet<tf.Variable>): void {
  const made = allVariables().filter((variable) => !known.has(variable));
  if (made.length === 0) return;
  const names = made.map(({ name, shape }) => `${name} [${shape.join(", ")}]`);
  const listed = names.length > 5 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ");
  throw new TypeError(
    `${what}: the function made new variables (${listed}); make them before: ` +
      "a layer makes its own when it is built or first called, an optimizer of tf.train in its first step",
  );
}

/** Gives variables data of their own: one that shares them with another tensor could not be told from it. */
export function unshare(backend: NodeJSKernelBackend, variables: readonly tf.Variable[]): void {
  for (const variable of variables) {
    if (backend.refCount(variable.dataId) <= 1) continue;
    const type = { name: "T", type: backend.binding.TF_ATTR_TYPE, value: backend.getDTypeInteger(variable.dtype) };
    const own = backend.executeSingleOutput("Identity", [type], [variable]);
    variable.assign(own);
    own.dispose();
  }
}
