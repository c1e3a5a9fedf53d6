import { describe, expect, it } from "vitest";
import { outline } from "../../lib/models/index.js";

describe("cnn_self_attention", () => {
  it("has attention after the convolutions that ask for it: the six of its source's task, counted by hand", () => {
    const attention = [false, true, true, true, true, false];
    const task = { filters: [32, 32, 64, 128, 256, 128], attention };
    const names = outline("cnn_self_attention", task, ({ layers }) => layers.map(({ name }) => name).join(" "));
    expect(names).toBe(
      "image conv1 conv2 attention2 conv3 attention3 conv4 attention4 conv5 attention5 conv6 pool head",
    );
    const convolutions = [3, 32, 32, 64, 128, 256].map((c, i) => (9 * c + 1) * task.filters[i]!);
    // theta, phi and g of C + 1 times C / 8 each, then C / 8 + 1 times C
    const attentions = task.filters.filter((_, i) => attention[i]).map((C) => 3 * (C + 1) * (C / 8) + (C / 8 + 1) * C);
    const sum = [...convolutions, ...attentions, 129 * 10].reduce((a, b) => a + b);
    expect(outline("cnn_self_attention", task, (model) => model.countParams())).toBe(sum);
    expect(sum).toBe(738_174);
  });

  it("asks no divisor of channels that no attention follows", () => {
    const config = { filters: [4, 8], attention: [false, true] };
    expect(() => outline("cnn_self_attention", config, () => 0)).not.toThrow();
  });
});
