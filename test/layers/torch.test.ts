import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { LayerNorm, MultiHeadSelfAttention, SpatialSelfAttention } from "../../lib/layers/index.js";
import { Fixture, relativeError } from "../fixtures/safetensors.js";

// float32 keeps 7 digits; a few dozen additions of numbers of both signs leave 5 of a tensor's largest entry.
const TOLERANCE = 1e-5;
const zeros = tf.initializers.zeros();
const attention = {
  qkvKernelInitializer: zeros,
  qkvBiasInitializer: zeros,
  outKernelInitializer: zeros,
  outBiasInitializer: zeros,
};
const spatial = {
  projectionKernelInitializer: zeros,
  projectionBiasInitializer: zeros,
  outKernelInitializer: zeros,
  outBiasInitializer: zeros,
};

beforeEach(async () => {
  await ready();
  tf.engine().startScope();
});
afterEach(() => tf.engine().endScope());

describe.each([
  { fixture: "layer-norm", make: () => new LayerNorm({ name: "layer" }) },
  {
    fixture: "attention",
    make: (config: any) => new MultiHeadSelfAttention({ name: "layer", ...attention, ...config }),
  },
  {
    fixture: "spatial-attention",
    make: (config: any) => new SpatialSelfAttention({ name: "layer", ...spatial, ...config }),
  },
])("$fixture against PyTorch, same weights and input", ({ fixture, make }) => {
  function setUp() {
    const stored = new Fixture(fixture);
    const layer = make(stored.config);
    const x = stored.tensor("x");
    layer.build(x.shape);
    layer.setWeights(
      layer.weights.map((weight) => stored.tensor(weight.originalName.replace(/^(?!layer\/)/, "layer/"))),
    );
    return { stored, layer, x };
  }

  it("gives the same output", () => {
    const { stored, layer, x } = setUp();
    expect(relativeError(layer.apply(x) as tf.Tensor, stored.get("y"))).toBeLessThan(TOLERANCE);
  });

  it("gives the same gradient of the input and of every weight", () => {
    const { stored, layer, x } = setUp();
    const variables = layer.trainableWeights.map((weight) => weight.read());
    const output = (...[input]: tf.Tensor[]) => layer.apply(input!) as tf.Tensor;
    // grads() takes variables as inputs; the layer reads them itself.
    const { grads } = tf.engine().gradients(() => output(x), [x, ...variables], stored.tensor("dy"));
    expect(relativeError(grads[0]!, stored.get("dx"))).toBeLessThan(TOLERANCE);
    const errors = layer.trainableWeights.map((weight, index) =>
      relativeError(grads[index + 1]!, stored.get(`gradient/layer/${weight.originalName.split("/").at(-1)}`)),
    );
    expect(Math.max(...errors)).toBeLessThan(TOLERANCE);
  });
});
