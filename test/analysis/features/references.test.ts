import { beforeAll, describe, expect, it } from "vitest";
import {
  cka,
  ckaMatrix,
  embed,
  featureMaps,
  gradCam,
  gradientNorms,
  unitActivity,
  upsampledMaps,
  type GradCamOptions,
} from "../../../lib/analysis/index.js";
import { ready } from "../../../lib/backend/index.js";
import { errorOf, network, stateOf, TOLERANCE } from "./networks.js";

beforeAll(ready);

const tokens = { form: "patches", patchSize: 4, imageShape: [16, 16, 3] } as const;
/** Grad-CAM's layers; conv3 and block2/norm1 are found by themselves. */
const CAMS: Record<string, readonly [name: string, options: GradCamOptions][]> = {
  cnn: [
    ["conv3", {}],
    ["conv2", { layer: "conv2" }],
  ],
  resnet: [
    ["stage2/block1/conv2", { layer: "stage2/block1/conv2" }],
    ["stage2/block1/relu2", { layer: "stage2/block1/relu2" }],
  ],
  vit: [["block2/norm1", { tokens }]],
};

describe.each(["cnn", "resnet", "vit"] as const)("a trained %s against PyTorch's programs", (name) => {
  const { stored, model, layers, images, labels } = network(name);
  let before: unknown;
  beforeAll(() => (before = stateOf(model)));

  it("has the activations that hooks see", async () => {
    const maps = await featureMaps(model, images, { layers });
    expect(maps.map(({ layer }) => layer)).toEqual(layers);
    for (const { layer, shape, values } of maps) {
      expect([layer, shape]).toEqual([layer, stored.get(`activation/${layer}`).shape]);
      expect(errorOf(values, stored.get(`activation/${layer}`).values)).toBeLessThan(TOLERANCE);
    }
    expect(stateOf(model)).toEqual(before);
  });

  it("has the features that its head reads", async () => {
    const features = await embed(model, images, { batchSize: 4 });
    expect(features.shape).toEqual(stored.get("features").shape);
    expect(errorOf(features.values, stored.get("features").values)).toBeLessThan(TOLERANCE);
    expect(stateOf(model)).toEqual(before);
  });

  it("has autograd's gradient norms by layer, of all images at once or in parts", async () => {
    for (const batchSize of [6, 4]) {
      const { norms, total } = await gradientNorms(model, images, labels, { batchSize });
      expect(Object.keys(norms).sort()).toEqual(stored.under("norm"));
      const expected = Object.keys(norms).map((layer) => stored.get(`norm/${layer}`).values[0]!);
      // where an image is near certain, the probability less 1 keeps fewer digits
      expect(errorOf(Object.values(norms), expected)).toBeLessThan(10 * TOLERANCE);
      expect(errorOf([total], [Math.hypot(...expected)])).toBeLessThan(10 * TOLERANCE);
    }
    expect(stateOf(model)).toEqual(before);
  });

  it("has the shares of dead and saturated units that hooks count", async () => {
    const found = await unitActivity(model, images, { batchSize: 4 });
    const known = found.filter(({ layer }) => layers.includes(layer));
    expect(known.length).toBeGreaterThan(0);
    for (const { layer, dead, saturated } of known) {
      if (dead !== null) expect([layer, Math.fround(dead)]).toEqual([layer, stored.get(`dead/${layer}`).values[0]]);
      else expect([layer, Math.fround(saturated!)]).toEqual([layer, stored.get(`saturated/${layer}`).values[0]]);
    }
    expect(stateOf(model)).toEqual(before);
  });

  it.each(["biased", "debiased"])("has ckatorch's CKA between its layers, %s", async (kind) => {
    const debiased = kind === "debiased";
    const { values, rowNames, columnNames } = await ckaMatrix(model, model, images, { layers, debiased });
    expect([rowNames, columnNames]).toEqual([layers, layers]);
    expect(errorOf(values.flat(), stored.get(`cka/${kind}`).values)).toBeLessThan(TOLERANCE);
    const [a, b] = await Promise.all(layers.slice(0, 2).map((layer) => embed(model, images, { layer })));
    expect(await cka(a!, b!, { debiased })).toBeCloseTo(values[0]![1]!, 6);
    expect(stateOf(model)).toEqual(before);
  });

  describe.each(CAMS[name]!)("Grad-CAM at %s", (layer, options) => {
    it.each(["label", "other", "predicted"])("is captum's and pytorch-grad-cam's, of the %s class", async (kind) => {
      const other = labels.map((label) => (label + 1) % 4);
      const classes = { label: labels, other, predicted: undefined }[kind];
      const cam = await gradCam(model, images, { ...options, ...(classes && { classes }), batchSize: 4 });
      expect(cam.layer).toBe(layer);
      if (stored.has(`captum/${kind}/${layer}`)) {
        const { shape, values } = stored.get(`captum/${kind}/${layer}`);
        expect([6, ...cam.mapShape]).toEqual(shape);
        expect(errorOf(cam.maps, values)).toBeLessThan(TOLERANCE);
      }
      const [height, width] = images.shape.slice(1, 3) as [number, number];
      const overlay = upsampledMaps(cam, [height, width]);
      const expected = stored.get(`gradcam/${kind}/${layer}`);
      expect([6, ...overlay.mapShape]).toEqual(expected.shape);
      // a map's differences are scaled up to 1
      expect(errorOf(overlay.maps, expected.values)).toBeLessThan(1e-4);
      expect(stateOf(model)).toEqual(before);
    });
  });
});
