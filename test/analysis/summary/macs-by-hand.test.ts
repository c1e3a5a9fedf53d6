import { expect, it } from "vitest";
import { countFlops, countMacs } from "../../../lib/analysis/index.js";
import { tf } from "../../../lib/backend/index.js";
import { createModel } from "../../../lib/models/index.js";

it("countMacs() counts convolution, attention and head of a CNN by hand", () => {
  const model = createModel("cnn_self_attention", { filters: [8], inputShape: [4, 6, 3] });
  const pixels = 4 * 6;
  const [convolution, projections, products, out, head] = [
    pixels * 9 * 3 * 8,
    pixels * 8 * 3,
    2 * pixels * 6 * 1,
    pixels * 1 * 8,
    8 * 10,
  ];
  expect(countMacs(model).total).toBe(convolution + projections + products + out + head);
});

it("countMacs() counts a transformer by hand", () => {
  const model = createModel("small_vit", {
    patchForm: "patches",
    inputShape: [8, 8, 3],
    patchSize: 4,
    embedDim: 8,
    hiddenDim: 16,
    numHeads: 2,
    depth: 1,
  });
  const [patches, tokens] = [4, 5];
  const embed = patches * 48 * 8;
  const attention = tokens * 8 * 24 + 2 * tokens * tokens * 8 + tokens * 8 * 8;
  expect(countMacs(model).total).toBe(embed + attention + 2 * tokens * 8 * 16 + 8 * 10);
});

it("countMacs() is what the paper says of CCT-2/3x2", () => {
  // 0.033 G in the authors' table: two digits
  expect(countMacs(createModel("cct_2_3x2_32")).total / 1e9).toBeCloseTo(0.033, 2);
});

it("countMacs() counts depthwise, separable and transposed convolutions by hand", () => {
  const same = { padding: "same", kernelSize: 3 } as const;
  const model = tf.sequential({
    layers: [
      tf.layers.depthwiseConv2d({ ...same, depthMultiplier: 2, strides: 2, inputShape: [8, 12, 3] }), // [4, 6, 6]
      tf.layers.separableConv2d({ ...same, filters: 5, depthMultiplier: 2, activation: "relu" }), // [4, 6, 5]
      tf.layers.conv2dTranspose({ ...same, filters: 7, strides: 2 }), // [8, 12, 7]
    ],
  });
  const pixels = 4 * 6;
  const macs = [pixels * 9 * 3 * 2, pixels * (9 * 6 * 2 + 12 * 5), pixels * 9 * 5 * 7];
  expect(countMacs(model).layers.map(({ weights }) => weights)).toEqual(macs);
  const [biases, activation] = [pixels * 6 + pixels * 5 + 8 * 12 * 7, pixels * 5];
  const total = macs.reduce((sum, each) => sum + each, 0);
  expect(countFlops(model, "bias-and-activation")).toBe(total + biases + activation);
});

const { layers } = tf;
const inputShape = [8, 10, 3];

it.each([
  ["a convolution along one axis", layers.conv1d({ filters: 2, kernelSize: 2, inputShape: [4, 3] }), 3 * 2 * 3 * 2],
  [
    "a convolution whose channels come first",
    layers.conv2d({ filters: 5, kernelSize: 3, dataFormat: "channelsFirst", inputShape: [3, 8, 10] }),
    6 * 8 * 9 * 3 * 5, // 3×3, valid
  ],
  ["an activation with a weight for each number", layers.prelu({ inputShape }), 0],
])("countMacs() counts %s by hand", (_, layer, expected) => {
  const model = tf.sequential({ layers: [layer] });
  expect(countMacs(model).total).toBe(expected);
  model.dispose();
});

it("countMacs() and countFlops() refuse a layer that they do not know, each by its own name", () => {
  const model = tf.sequential({
    layers: [layers.simpleRNN({ name: "c", units: 2, inputShape: [4, 3] })],
  });
  expect(() => countMacs(model)).toThrow("countMacs: the layer c must be one of");
  expect(() => countFlops(model, "operations")).toThrow("countFlops: the layer c must be one of");
  model.dispose();
});
