/** Breakpoints in a function of `compile`: traced, its tensors have no values yet; with `debug` each line has them. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { FrontEnd, useKernel } from "../client.js";

const kernel = useKernel();
let front: FrontEnd;
beforeAll(async () => {
  front = new FrontEnd(kernel());
  await front.attach();
});
afterAll(() => front.get("disconnect"));

/** A cell that compiles a function, whose third line is in it. */
const cell = (name: string, options: string, argument = "tf.tensor1d([1, 2, 3])"): string =>
  [
    `const ${name} = tf.scalar(2);`,
    "const step = compile((x: tf.Tensor) => {",
    `  const product = x.mul(${name});`,
    "  return product.sum();",
    `}, ${options});`,
    `const total = await step(${argument});`,
    "(await total.data())[0]",
  ].join("\n");

it("traced, symbolic tensors say shape, dtype and where they have values, and others their values", async () => {
  await kernel().execute('import { backend, tf } from "saccade";\nconst { compile } = backend;');
  const code = cell("rate", "{}");
  await front.breakAt(code, [4]);
  const { cell: run } = await front.runToStop(code);
  expect((await front.lines())[0]).toMatch(/:4$/);
  const symbolic = "not readable: symbolic while compile traces; with { debug: true } each line has its values";
  expect(await front.names("Locals")).toMatchObject({
    x: `float32 [3], ${symbolic}`,
    product: `float32 [3], ${symbolic}`,
  });
  expect(await front.names("Globals")).toMatchObject({ rate: "float32 [] 2" });
  const [{ id: frameId }] = (await front.get("stackTrace", { threadId: 1 })).stackFrames;
  const rich = await front.get("richInspectVariables", { variableName: "product", frameId });
  expect(rich.data["text/plain"]).toBe(`Tensor float32 [3], ${symbolic}`);
  const read = await front.ask("evaluate", { expression: "rate.dataSync()", frameId });
  expect(read).toMatchObject({ success: false, message: expect.stringContaining("{ debug: true }") });
  await front.get("continue", { threadId: 1 });
  expect((await run.done()).result).toBe("12");
});

it("with `debug` every call stops at each line, where tensors have their values", async () => {
  const code = cell("factor", "{ debug: true }", "await step(tf.tensor1d([1, 2, 3]))");
  await front.breakAt(code, [3]);
  const { cell: run } = await front.runToStop(code);
  expect(await front.names("Locals")).toMatchObject({ x: "float32 [3] 1 … 3" });
  expect((await front.step("next")).at[0]).toMatch(/:4$/);
  expect(await front.names("Locals")).toMatchObject({ product: "float32 [3] 2 … 6" });
  expect((await front.step("continue")).at[0]).toMatch(/:3$/);
  expect(await front.names("Locals")).toMatchObject({ x: "float32 [] 12" });
  await front.get("continue", { threadId: 1 });
  expect((await run.done()).result).toBe("24");
});
