/** Two notebooks that train together. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { localWorkers } from "../../lib/client/local-workers.js";
import { runs, start, type LaunchedKernel } from "../kernel/client.js";

let kernels: readonly LaunchedKernel[] = [];

beforeAll(async () => {
  const workers = await localWorkers(2);
  kernels = await Promise.all(
    workers.map(({ config }) => start({ env: { TF_CONFIG: config, TF_NUM_INTRAOP_THREADS: "1" } })),
  );
});
afterAll(async () => {
  await Promise.all(kernels.map((kernel) => kernel.shutdown()));
});

const CELL = `
import { datasets, tf, train } from "saccade";
const { train: set } = datasets.generated({ trainImages: 64, testImages: 1, imageShape: [16, 16, 3] });
const layers = [tf.layers.flatten({ inputShape: [16, 16, 3] }), tf.layers.dense({ units: 10 })];
const model = tf.sequential({ layers });
const callbacks = { step: () => console.log("a step") };
const fit = () => train.fit(model, set, { epochs: 100_000, batchSize: 16, progress: false, callbacks });
`;

it("an interrupt ends a cell that waits for another, and of cells that train all after the same step", async () => {
  const [first, second] = kernels;
  for (const kernel of kernels) await runs(kernel, CELL);
  const waits = first!.next(
    ({ type, content }) => type === "stream" && String(content["text"]).includes("saccade: waiting for worker 1"),
  );
  const waiting = first!.start("await fit()");
  await waits;
  await first!.interrupt();
  expect((await waiting.done()).reply.content["ename"]).toBe("KeyboardInterrupt");

  const runsOfBoth = kernels.map((kernel) => kernel.start("const { endedBy, steps } = await fit(); endedBy"));
  await Promise.all(runsOfBoth.map((run) => run.printed("a step")));
  await second!.interrupt();
  const [other, interrupted] = await Promise.all(runsOfBoth.map((run) => run.done()));
  expect(other!.result).toBe("'signal'");
  expect(interrupted!.reply.content["ename"]).toBe("KeyboardInterrupt");
  const found = await Promise.all(kernels.map((kernel) => runs(kernel, "[endedBy, steps > 0, steps]")));
  expect(found[0]!.result).toMatch(/^\[ 'signal', true, \d+ \]$/);
  expect(found[1]!.result).toBe(found[0]!.result);
});
