/**
 * fit() and predict() in cells of the kernel: what they show, and that an interrupt keeps what was trained so far.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readRuns } from "../../lib/tracking/index.js";
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
const options = { epochs: 1_000_000, batchSize: 10, lossEvery: 1, checkpoint, resume: false, callbacks };`;

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
  ])("by %s ends it as interrupted, and what it was given by fit() stays", async (_, interrupt) => {
    await runs(kernel(), "taken = 0; let goesOn = false;");
    const training = kernel().start(`const history = await train.fit(model, set, options);\ngoesOn = true;`);
    const queued = [kernel().start("goesOn = true"), kernel().start("goesOn = true")];
    await training.printed("third step");
    await interrupt();
    const { status, reply, outputs } = await training.done();
    expect([status, reply.content["ename"]]).toEqual(["error", "KeyboardInterrupt"]);
    for (const next of queued) expect((await next.done()).status).toBe("aborted");
    const shown = outputs.findLast(({ type }) => type.endsWith("display_data"))!.content["data"];
    expect((shown as Record<string, string>)["text/plain"]).toMatch(/^epoch \d+\/1000000 .* images\/s · stopped$/);
    const seen = "[goesOn, history.endedBy, history.stopped, history.steps === taken, history.losses.length === taken]";
    expect((await runs(kernel(), seen)).result).toBe("[ false, 'signal', true, true, true ]");
    expect(readdirSync(folder)).toContain("last.safetensors"); // written before fit() returned
    // the next cell is its own
    expect((await runs(kernel(), "(await train.evaluate(model, set)).predictions.length")).result).toBe("40");
  });

  it("leaves a record that was stopped, with each step that was taken", async () => {
    const log = join(folder, "runs");
    await runs(kernel(), `taken = 0; import { tracking } from "saccade"; const log = [tracking.jsonLines("${log}")];`);
    const training = kernel().start("await train.fit(model, set, { ...options, log })");
    await training.printed("third step");
    await kernel().interrupt();
    expect((await training.done()).status).toBe("error");
    const { status, scalars, result } = (await readRuns(log))[0]!;
    expect([status, result["ended_by"], scalars.at(-1)!.step]).toEqual(["stopped", "signal", result["steps"]]);
    expect((await runs(kernel(), "taken")).result).toBe(`${result["steps"] as number}`);
  });

  it.each([
    ["a loop of runs", "for (let i = 0; i < 3; i++) { const { steps } = await run(); kept.push(steps); }"],
    ["a function", "async function whole() { return (await run()).steps; }\nkept.push(await whole());\nkept.push(0);"],
    ["a then()", "kept.push(await run().then(({ steps }) => steps));\nawait null;\nkept.push(0);"],
    ["a try with a finally", "try { kept.push((await run()).steps); await null; kept.push(0); } finally { done(); }"],
    ["a try with a catch", "try { kept.push((await run()).steps); await run(); } catch { kept.push(0); }"],
    [
      "a callback that awaits",
      "const step = async () => { console.log('third step'); await null; };\n" +
        "kept.push((await train.fit(model, set, { ...options, callbacks: { step } })).steps);\nkept.push(0);",
    ],
  ])("ends the first run of %s, and nothing follows", async (_, code) => {
    const declared =
      "taken = 0; var kept: number[] = []; var run = () => train.fit(model, set, options); " +
      "var done = () => void console.log(`over after ${kept.length}`);";
    await runs(kernel(), declared);
    const training = kernel().start(code);
    const queued = kernel().start("kept.push(0)");
    await training.printed("third step");
    await kernel().interrupt();
    const { status, reply, stdout } = await training.done();
    expect([status, reply.content["ename"]]).toEqual(["error", "KeyboardInterrupt"]);
    expect((await queued.done()).status).toBe("aborted");
    expect((await runs(kernel(), "[kept.length, kept[0]! > 0]")).result).toBe("[ 1, true ]");
    if (code.includes("done()")) expect(stdout).toContain("over after 1");
  });

  it.each([
    ["evaluate()", "await train.evaluate(model, set, { batchSize: 1 });"],
    ["predict()", "await train.predict(model, photo);"],
    ["profile()", "await analysis.profile(square, () => [tf.scalar(2)]);"],
  ])("ends a loop of %s, and the next cell trains as before", async (_, statement) => {
    const declared =
      'import { analysis, backend, tf } from "saccade";\n' +
      "var square = backend.compile((x: tf.Tensor) => tf.square(x));\n" +
      "var photo = { data: set.images.slice(0, 32 * 32 * 3), height: 32, width: 32, channels: 3 };";
    await runs(kernel(), declared);
    const loop = kernel().start(`for (let i = 0; ; i++) { ${statement} if (i === 2) console.log("again"); }`);
    const queued = kernel().start("taken = -1");
    await loop.printed("again");
    await kernel().interrupt();
    const { status, reply } = await loop.done();
    expect([status, reply.content["ename"]]).toEqual(["error", "KeyboardInterrupt"]);
    expect((await queued.done()).status).toBe("aborted");
    expect((await runs(kernel(), "(await train.fit(model, set, { epochs: 1, batchSize: 10 })).steps")).result).toBe(
      "4",
    );
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

describe("an error of the library leads to the cell's own line", () => {
  beforeAll(async () => {
    const declared =
      'import { backend, tf } from "saccade";\n' +
      "const product = () => tf.matMul(tf.ones([2, 3]), tf.ones([4, 5]));\n" +
      "const gather = backend.compile((x: tf.Tensor) => tf.gather(tf.ones([3]), tf.cast(x, 'int32')));\n" +
      "class Bad extends tf.layers.Layer {\n  static className = 'Bad';\n" +
      "  override call(): tf.Tensor {\n    return product();\n  }\n" +
      "  override computeOutputShape(): tf.Shape { return [null, 10]; }\n}\n" +
      "const bad = tf.sequential();\nbad.add(tf.layers.flatten({ inputShape: [32, 32, 3] }));\n" +
      "bad.add(tf.layers.dense({ units: 10 }));\nbad.add(new Bad({}));";
    await runs(kernel(), declared);
  });

  it.each([
    ["of an op", "\ntf.ones([2, 3]).matMul(tf.ones([4, 5]));", ["2"]],
    [
      "within tidy() and grad()",
      "tf.grad((x) =>\n  tf.sum(tf.matMul(x, tf.ones([4, 5]))))(\n  tf.ones([2, 3]));",
      ["2"],
    ],
    ["of a function as it is traced", "await backend.compile(() =>\n  tf.neg(product()))();", ["2", "1"]],
    ["of a compiled function as it runs", "\nawait gather(tf.tensor([7]));", ["2"]],
    ["of a layer in fit()", "\n\nawait train.fit(bad, set, { epochs: 1 });", ["3"]],
    ["of a layer in evaluate()", "\nawait train.evaluate(bad, set);", ["2"]],
    [
      "of a callback of fit()",
      "const step = () =>\n  void product();\nawait train.fit(model, set, { epochs: 1, callbacks: { step } });",
      ["2", "3"],
    ],
  ])("%s", async (_, code, expected) => {
    const { error, reply } = await kernel().execute(code);
    const text = (error!["traceback"] as string[]).join("\n").replace(/\u001b\[[0-9;]*m/g, "");
    const own = new RegExp(`Cell \\[${String(reply.content["execution_count"])}\\]:(\\d+):`, "g");
    expect([...text.matchAll(own)].map(([, line]) => line).slice(0, expected.length), text).toEqual(expected);
    expect(text).toMatch(/^ +> *\d+ \|/m); // the code, under the innermost
    expect(text).not.toMatch(/at .*dist\/lib/);
  });
});
