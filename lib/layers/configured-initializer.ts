import { tf } from "../backend/index.js";
import type { Initializer } from "./initializers.js";

/** tfjs' own base class, which it does not export; `tf.layers` take an initializer only if it is one. */
const InitializerBase = Object.getPrototypeOf(tf.initializers.zeros().constructor) as new () => Initializer;

/** An initializer that a config says all of, plain data: it is saved with a model, and made again, by that. */
export abstract class ConfiguredInitializer<Config extends object> extends InitializerBase {
  constructor(protected readonly config: Config) {
    super();
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...(this.config as object) };
  }

  static fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    return new cls(config);
  }
}
