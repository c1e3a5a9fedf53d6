/** `model.fit` of TensorFlow.js' layers under an interrupt, and what it prints. */
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";

const SIGNAL = Symbol.for("Jupyter.signal");
const ENDS_ON_SIGNAL = Symbol.for("Jupyter.endsOnSignal");
const host = globalThis as unknown as Record<symbol, unknown>;

beforeAll(ready);
afterEach(() => {
  delete host[SIGNAL];
  delete host[ENDS_ON_SIGNAL];
  vi.restoreAllMocks();
});

function compiled(): tf.Sequential {
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [4] })] });
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  return model;
}
const data = (): [tf.Tensor, tf.Tensor] => [tf.zeros([60, 4]), tf.zeros([60, 3])];

describe("model.fit", () => {
  it("ends after the batch in which its cell is interrupted, and the model trains on", async () => {
    const cell = new AbortController();
    host[SIGNAL] = cell.signal;
    const told: Promise<void>[] = [];
    host[ENDS_ON_SIGNAL] = (work: Promise<void>) => void told.push(work);
    const [model, [x, y]] = [compiled(), data()];
    const { numTensors } = tf.memory();
    let batches = 0;
    const history = await model.fit(x, y, {
      epochs: 1000,
      batchSize: 20,
      verbose: 0,
      callbacks: { onBatchEnd: async () => void (++batches === 5 && cell.abort()) },
    });
    expect(batches).toBe(5);
    expect(history.epoch.length).toBeLessThan(3);
    expect(told).toHaveLength(1); // the kernel waits for its end
    expect(tf.memory().numTensors).toBe(numTensors);
    host[SIGNAL] = new AbortController().signal;
    expect((await model.fit(x, y, { epochs: 2, verbose: 0 })).epoch).toEqual([0, 1]);
  });

  it("trains on after an interrupt that terminated it", async () => {
    const cell = new AbortController();
    host[SIGNAL] = cell.signal;
    const [model, [x, y]] = [compiled(), data()];
    void model.fit(x, y, { epochs: 1, verbose: 0, callbacks: { onBatchBegin: () => new Promise(() => {}) } });
    await new Promise((resolve) => setTimeout(resolve, 20));
    cell.abort(); // its awaits never resume
    host[SIGNAL] = new AbortController().signal;
    expect((await model.fit(x, y, { epochs: 1, verbose: 0 })).epoch).toEqual([0]);
  });

  it("refuses a second training while one is under way", async () => {
    const [model, [x, y]] = [compiled(), data()];
    const first = model.fit(x, y, { epochs: 1, verbose: 0 });
    await expect(model.fit(x, y, { epochs: 1, verbose: 0 })).rejects.toThrow("another fit() call is ongoing");
    await first;
  });

  it("prints a line for each epoch, and none with verbose 0", async () => {
    const lines: string[] = [];
    vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
    const [model, [x, y]] = [compiled(), data()];
    await model.fit(x, y, { epochs: 2, verbose: 0 });
    expect(lines).toEqual([]);
    await model.fit(x, y, { epochs: 2 });
    expect(lines).toEqual([
      "Epoch 1 / 2",
      expect.stringMatching(/^\d+ms \d+us\/step - loss=/),
      "Epoch 2 / 2",
      expect.stringMatching(/^\d+ms \d+us\/step - loss=/),
    ]);
  });
});
