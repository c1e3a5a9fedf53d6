import { tf } from "../backend/index.js";

/**
 * A layer of one's own without tfjs' `static className` is called by its class: tfjs, which names a layer by that,
 * fails at "Cannot read properties of undefined (reading 'replace')". To be loaded with a model by
 * `tf.loadLayersModel` it still must have one.
 */
(tf.layers.Layer.prototype as { getClassName(this: tf.layers.Layer): string }).getClassName = function (): string {
  const { className, name } = this.constructor as { readonly className?: string; readonly name: string };
  if (typeof className === "string") return className;
  if (name !== "") return name;
  throw new TypeError(
    "a layer must be of a class with a name, got one without: class MyLayer extends tf.layers.Layer { static " +
      'className = "MyLayer"; … }',
  );
};
