/**
 * fit() and predict() in cells of the kernel: what they show, and that an interrupt gives a cell the history so far.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runs, useKernel } from "../kernel/client.js";

const kernel = useKernel();
const folder = mkdtempSync(join(tmpdir(), "saccade-interrupt-"));
afterAll(() => rmSync(folder, { recursive: true }));

const PREPARE = `
import { models, train, datasets } from "saccade";
const set = datasets.generated({ trainImages: 40, testImages: 10 }).train;
const model = models.createModel("mynet", { filters: [2, 2], poolAfter: [1, 2] });
let taken = 0;
const callbacks = { step: () => { if (++taken === 3) console.log("third step"); } };
const checkpoint = { folder: ${JSON.stringify(folder)} };
const options = { epochs: 1_000_000, batchSize: 10, lossEvery: 1, checkpoint, callbacks };`;

beforeAll(async () => {
  await runs(kernel(), PREPARE);
});

it("fit() shows one output, updated in place, and predict() the picture beside its classes", async () => {
  const { outputs } = await runs(kernel(), `await train.fit(model, set, { epochs: 2, batchSize: 10, name: "a run" });`);
  const shown = outputs
    .filter(({ type }) => type.endsWith("display_data"))
    .map(({ type, content }) => ({
      type,
      data: content["data"] as Record<string, string>,
      id: (content["transient"] as { display_id: string }).display_id,
    }));
  expect(shown[0]!.type).toBe("display_data");
  expect(shown.slice(1).every(({ type, id }) => type === "update_display_data" && id === shown[0]!.id)).toBe(true);
  const { data } = shown.at(-1)!;
  expect(data["text/plain"]).toMatch(/^a run: epoch 2\/2 · 4\/4 · loss [\d.]+ · accuracy [\d.]+ % · [\d,]+ images\/s$/);
  expect(data["text/html"]).toContain(data["text/plain"]);
  expect(data["text/html"]).toContain('<progress max="8" value="8">');

  const { data: prediction } = await runs(
    kernel(),
    `await train.predict(model, { data: set.images.slice(0, 32 * 32 * 3), height: 32, width: 32, channels: 3 })`,
  );
  expect(prediction["text/html"]).toContain('src="data:image/png;base64,');
  expect(prediction["text/plain"]).toMatch(/^pixels \(32 × 32, seen as 32 × 32\)\n.+ [\d.]+ %/);
});

describe("an interrupt of a cell that trains", () => {
  it.each([
    ["an interrupt_request", () => kernel().interrupt()],
    ["SIGINT", () => kernel().signal("SIGINT")],
  ])("by %s gives it the history so far", async (_, interrupt) => {
    await runs(kernel(), "taken = 0");
    const training = kernel().start(
      `const history = await train.fit(model, set, options);\nconsole.log("the cell goes on");`,
    );
    await training.printed("third step");
    await interrupt();
    const { status, stdout } = await training.done();
    expect(status).toBe("ok");
    expect(stdout).toContain("the cell goes on");
    expect(
      (
        await runs(
          kernel(),
          "[history.endedBy, history.stopped, history.steps === taken, history.losses.length === taken]",
        )
      ).result,
    ).toBe("[ 'signal', true, true, true ]");
    expect(readdirSync(folder)).toContain("last.safetensors"); // written before fit() returned
    // the next cell is its own
    expect((await runs(kernel(), "(await train.evaluate(model, set)).predictions.length")).result).toBe("40");
  });

  it("ends it where another comes before the step is over", async () => {
    const deaf = kernel().start(
      `await train.fit(model, set, { ...options, callbacks: { step: () => { console.log("a step without ` +
        `end"); return new Promise(() => {}); } } });`,
    );
    await deaf.printed("a step without end");
    await kernel().interrupt();
    await kernel().interrupt();
    const { status, reply } = await deaf.done();
    expect([status, reply.content["ename"]]).toEqual(["error", "KeyboardInterrupt"]);
  });
});
