/** The one layer that tfjs' own cannot say, and the file beside a saved model that gives it to tfjs. */
export const LOCAL_RESPONSE_NORM = { className: "LocalResponseNorm", file: "local-response-norm.js" } as const;

/**
 * The file: run after tf.js, before the model is loaded.
 * x / (k + alpha / size · Σ x²)^beta over the `size` channels around each. Source: Krizhevsky et al. 2012, §3.3.
 */
export const LOCAL_RESPONSE_NORM_SCRIPT = `// AlexNet's local response normalisation, which tfjs lacks as a layer.
// <script src="tf.min.js"></script><script src="local-response-norm.js"></script>,
// then tf.loadLayersModel("model.json").
(function (tf) {
  class LocalResponseNorm extends tf.layers.Layer {
    constructor(config) {
      super(config);
      this.options = { size: config.size, alpha: config.alpha, beta: config.beta, k: config.k };
    }
    call(inputs) {
      const { size, alpha, beta, k } = this.options;
      const x = Array.isArray(inputs) ? inputs[0] : inputs;
      return tf.localResponseNormalization(x, (size - 1) / 2, k, alpha / size, beta);
    }
    computeOutputShape(shape) {
      return shape;
    }
    getConfig() {
      return Object.assign({}, super.getConfig(), this.options);
    }
  }
  LocalResponseNorm.className = "LocalResponseNorm";
  tf.serialization.registerClass(LocalResponseNorm);
})(globalThis.tf);
`;
