import type { tf } from "../backend/index.js";

declare const CONFIG: unique symbol;

/** The name of a model that `registerModel` made known; it remembers the type of its config. */
export type RegisteredName<C extends object = object> = string & {
  /** Of types only. */
  readonly [CONFIG]: C;
};

/** A model of one's own, for `createModel`. */
export interface OwnModel<C extends object> {
  /** As `createModel` takes it: "my_cnn". Neither the library's nor, without `replace`, a registered one's. */
  readonly name: string;
  /** Makes the model of a whole config. */
  build(config: C): tf.LayersModel;
  /** The default config, plain data; `createModel` lays overrides over it, and knows options by its keys. */
  readonly config: C;
  /** Where the architecture is from. Default "registered". */
  readonly source?: string;
  /** Whether it takes the place of a registered model of its name, for a cell that is run again. Default false. */
  readonly replace?: boolean;
}

/** What `registerModel` made known, by name. */
export const registered = new Map<string, OwnModel<object>>();
