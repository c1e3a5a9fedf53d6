import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { tf } from "../../../lib/backend/index.js";
import { summary, torchsummary, torchsummaryText, type TorchSummary } from "../../../lib/analysis/index.js";
import { createModel, outline, registry, type ModelName } from "../../../lib/models/index.js";
import { counts } from "../../models/counts.js";

const printed = (name: string) =>
  readFileSync(new URL(`../../fixtures/torchsummary/${name}.txt`, import.meta.url), "utf8")
    .trim()
    .split("\n");
interface Widths {
  readonly name: ModelName;
  readonly config: object;
  readonly lines: readonly string[];
}
const widths = JSON.parse(
  readFileSync(new URL("../../fixtures/torchsummary/widths.json", import.meta.url), "utf8"),
) as readonly Widths[];
/** torchsummary's own lines without its rules and head, its spaces taken together. */
function lines(summarized: TorchSummary, withTrainable = false): string[] {
  const untrained = /^(Non-t|T)rainable params/;
  return torchsummaryText(summarized)
    .split("\n")
    .filter((line) => !/^[-=]+$|^ *Layer \(type\)/.test(line) && (withTrainable || !untrained.test(line)))
    .map((line) => line.trim().replace(/ +/g, " "));
}

describe("torchsummary()", () => {
  const summaryOf = (name: ModelName, overrides: object = {}) =>
    outline(name, overrides, (model) => torchsummary(model, registry[name].family)!);

  it.each<[ModelName, object]>([
    ["alexnet_lrn", {}],
    ["vgg16_dropout_first", {}],
    ["resnet34_bias", {}],
    ["vit_base_patch16_224", { numClasses: 10 }], // as the article prints them
    ["cct_6_3x1_32", { numClasses: 100 }],
    ["cct_6_3x2_32", { numClasses: 100 }],
    ["cct_2_7x2_32", {}],
    ["cvt_6_4_32", {}],
    ["vit_lite_6_4_32", {}], // the authors' code under torchsummary
    ["vgg16_bn", { numClasses: 10 }],
    ["alexnet", { numClasses: 10 }],
  ])("gives %s's table as torchsummary 1.5.1 prints it, to the last row", (name, overrides) => {
    expect(lines(summaryOf(name, overrides))).toEqual(printed(name));
  });

  it.each(widths)(
    "gives $name's table at other widths, depths and images: $config",
    ({ name, config, lines: theirs }) => {
      expect(lines(summaryOf(name, config), true)).toEqual(theirs);
    },
  );

  it("counts a frozen layer's numbers as torchsummary does: in all, not in those that are trained", () => {
    const model = createModel("fashion_cnn", { filters: [2, 2], hidden: [4] });
    const before = torchsummary(model, "plain_cnn")!;
    (model.getLayer("conv1") as tf.layers.Layer).trainable = false;
    const { params, trainableParams, rows } = torchsummary(model, "plain_cnn")!;
    expect([params, trainableParams]).toEqual([before.params, before.params - 20]);
    expect(rows[0]).toMatchObject({ type: "Conv2d", params: 20, trainableParams: 0 });
    model.trainable = false;
    expect(torchsummary(model, "plain_cnn")).toMatchObject({ params: before.params, trainableParams: 0 });
  });

  it("has study 4's 94 rows, 69.50 MB and 12.17 MB for CCT-6/3x1", () => {
    const { rows, forwardBackwardMb, paramsMb } = summaryOf("cct_6_3x1_32", { numClasses: 100 });
    expect([rows.length, forwardBackwardMb.toFixed(2), paramsMb.toFixed(2)]).toEqual([94, "69.50", "12.17"]);
    // Dropout-9
    expect(rows[8]).toEqual({ type: "Dropout", outputShapes: [[4, 256, 256]], params: 0, trainableParams: 0 });
  });

  it("is shown as torchsummary's table, what is so beside it", () => {
    const shown = (name: ModelName, overrides: object) => {
      const summarized = summaryOf(name, overrides) as unknown as Record<symbol, () => Record<string, string>>;
      return summarized[Symbol.for("Jupyter.display")]!()["text/plain"]!.split("\n");
    };
    expect(shown("cct_6_3x1_32", { numClasses: 100 })[0]).toBe(
      "Total params: 3,191,397 (3,256,933 in truth); MB: input 0.01, forward/backward 69.50, params 12.17, total 81.69",
    );
    const vit = shown("vit_base_patch16_224", { numClasses: 10 });
    expect(vit[0]).toMatch(/57,305,866 \(85,806,346 in truth\).* 537297\.50 \(\d+\.\d\d where two outputs are added/);
    expect(vit[3]).toMatch(/^Conv2d-1 +\[-1, 768, 14, 14\] +590,592$/);
  });

  it("counts ViT-B/16's attention outputs together where torchsummary multiplies them", () => {
    const { forwardBackwardMb, correctedForwardBackwardMb, rows } = summaryOf("vit_base_patch16_224", {
      numClasses: 10,
    });
    const [tokens, width] = [197, 768];
    expect(rows.filter(({ type }) => type === "MultiheadAttention").map(({ outputShapes }) => outputShapes)).toEqual(
      Array(12).fill([
        [tokens, width],
        [tokens, tokens],
      ]),
    );
    const multiplied = 12 * tokens * width * tokens * tokens;
    // torchsummary's -1 of the batch makes them of the other sign
    const others = (multiplied * 8) / 1024 ** 2 - forwardBackwardMb;
    expect(correctedForwardBackwardMb).toBeCloseTo(others + (12 * (tokens * width + tokens ** 2) * 8) / 1024 ** 2, 6);
    expect(forwardBackwardMb.toFixed(2)).toBe("537297.50");
  });

  it.each((Object.keys(registry) as ModelName[]).filter((name) => !/^(myvit|small_vit|cnn_self|airbench)/.test(name)))(
    "counts %s's parameters as without bare ones and attention's",
    (name) => {
      expect(summaryOf(name).params).toBe(counts(name).paramsTorchsummary);
    },
  );

  it("is written in torchsummary's columns, between its rules", () => {
    const all = torchsummaryText(summaryOf("fashion_cnn", { filters: [2, 2], hidden: [4] })).split("\n");
    expect(all.slice(0, 4)).toEqual([
      "-".repeat(64),
      "        Layer (type)               Output Shape         Param #",
      "=".repeat(64),
      "            Conv2d-1            [-1, 2, 26, 26]              20",
    ]);
    expect(all.at(-1)).toBe("-".repeat(64));
    expect(() => torchsummaryText(undefined as never)).toThrow(/^torchsummaryText: summary must be what torchsummary/);
  });

  it("refuses what is no model", () => {
    expect(() => torchsummary("vgg16" as never, "vgg")).toThrow(/^torchsummary: model must be /);
    expect(() => summary(undefined as never)).toThrow(/^summary: model must be /);
  });

  it.each([
    ["cnn_self_attention", "vgg", "attention1, a SpatialSelfAttention"],
    ["cnn_self_attention", "cct", "attention1, a SpatialSelfAttention"],
    ["small_vit_image_rows", "vit", "patches, a ImageRows"],
  ] as const)("refuses %s as one of family %s", (name, family, got) => {
    const sizes = name === "small_vit_image_rows" ? { depth: 1 } : {};
    outline(name, sizes, (model) =>
      expect(() => torchsummary(model, family)).toThrow(
        new RegExp(`^torchsummary: model must be one of the family's, got (the layer )?${got}$`),
      ),
    );
  });

  it("says null for a family whose program's modules are not known", () => {
    expect(outline("small_vit", {}, (model) => torchsummary(model, "small_vit"))).toBeNull();
  });
});

describe("summary()", () => {
  it("counts parameters, buffers and bytes of a small network", () => {
    outline("resnet18", { inputShape: [16, 16, 3], blocks: [1], filters: [4], numClasses: 5 }, (model) => {
      const { layers, params, buffers, inputBytes, paramBytes } = summary(model);
      expect(params).toBe(7 * 7 * 3 * 4 + 8 + 2 * (9 * 4 * 4 + 8) + 4 * 5 + 5);
      expect(buffers).toBe(3 * 8);
      expect([inputBytes, paramBytes]).toEqual([4 * 16 * 16 * 3, 4 * params]);
      expect(layers.find(({ name }) => name === "stem/conv")).toEqual({
        name: "stem/conv",
        className: "Conv2d",
        outputShape: [8, 8, 4],
        params: 588,
        buffers: 0,
        activationBytes: 4 * 8 * 8 * 4,
      });
    });
  });

  it("counts attention's probabilities, and nothing for a view", () => {
    outline("small_vit", { depth: 1 }, (model) => {
      const { layers, activationBytes } = summary(model);
      const bytes = Object.fromEntries(layers.map((layer) => [layer.name, layer.activationBytes]));
      expect(bytes["block1/attention"]).toBe(4 * (65 * 64 + 4 * 65 * 65));
      expect([bytes["image"], bytes["select_token"]]).toEqual([0, 0]);
      expect(activationBytes).toBe(layers.reduce((sum, layer) => sum + layer.activationBytes, 0));
    });
  });

  it("refuses a model whose image has no size", () => {
    const image = tf.input({ shape: [null, null, 3] });
    const model = tf.model({
      inputs: image,
      outputs: tf.layers
        .globalAveragePooling2d({ name: "pool", dataFormat: "channelsLast" })
        .apply(image) as tf.SymbolicTensor,
    });
    expect(() => summary(model)).toThrow(/^summary: the shape at .* must be known, got \[\?, \?, 3\]$/);
  });

  it("leaves a model as it was", () => {
    const model = createModel("mynet");
    const before = tf.memory().numTensors;
    summary(model);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});
