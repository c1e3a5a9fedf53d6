import * as tf from "@tensorflow/tfjs";
import { currentScope, withScope } from "./scopes.js";

type Call = (this: tf.layers.Layer, ...args: unknown[]) => unknown;
type Gradients = Record<string, () => tf.Tensor>;

/** A step of tfjs' own record of what was computed, from which it derives gradients. */
interface TapeNode {
  gradient?: (dys: tf.Tensor[]) => Gradients;
}

/** The private parts of tfjs that tell which layer is at work. */
interface Engine {
  addTapeNode(...args: unknown[]): void;
  readonly state: { readonly activeTape: TapeNode[] };
}

/**
 * Calls `body`, which is synchronous, with the operations that a layer adds to a graph named "forward/LAYER/…", and
 * those of its gradient "gradient/LAYER/…". A layer inside a model inside a model goes by its own name.
 */
export function withLayerScopes<Result>(body: () => Result): Result {
  const container = Object.getPrototypeOf(tf.LayersModel.prototype) as { call: Call };
  const restore = [
    replace(
      container,
      "call",
      (call) =>
        function (this, ...args) {
          const undo = (this as unknown as tf.LayersModel).layers.map((layer) =>
            replace(
              layer as unknown as { call: Call },
              "call",
              (inner) =>
                (...given) =>
                  withScope(`forward/${layer.name}`, () => inner.apply(layer, given)),
            ),
          );
          try {
            return call.apply(this, args);
          } finally {
            for (const one of undo.reverse()) one();
          }
        },
    ),
    replace(
      tf.layers.Layer.prototype as unknown as { apply: Call },
      "apply",
      (apply) =>
        function (this, ...args) {
          if (this instanceof container.constructor) return apply.apply(this, args);
          return withScope(`forward/${this.name}`, () => apply.apply(this, args));
        },
    ),
    nameGradients(tf.engine() as unknown as Engine),
  ];
  try {
    return body();
  } finally {
    for (const one of restore.reverse()) one();
  }
}

/** Has the gradient of what a layer computed named after that layer. */
function nameGradients(engine: Engine): () => void {
  const add = engine.addTapeNode;
  engine.addTapeNode = (...args) => {
    add.apply(engine, args);
    const node = engine.state.activeTape.at(-1)!;
    const scope = currentScope().replace(/^forward/, "gradient");
    const { gradient } = node;
    if (!gradient || scope === "") return;
    node.gradient = (dys) => {
      const gradients = withScope(scope, () => gradient(dys));
      return Object.fromEntries(Object.entries(gradients).map(([name, make]) => [name, () => withScope(scope, make)]));
    };
  };
  return () => {
    delete (engine as Partial<Engine>).addTapeNode; // its class has it
  };
}

/** Replaces a method; the returned function puts things back as they were. */
function replace<Name extends string>(
  object: Record<Name, Call>,
  name: Name,
  make: (before: Call) => Call,
): () => void {
  const own = Object.getOwnPropertyDescriptor(object, name);
  object[name] = make(object[name]) as Record<Name, Call>[Name];
  return () => {
    if (own) Object.defineProperty(object, name, own);
    else delete (object as Partial<Record<Name, Call>>)[name];
  };
}
