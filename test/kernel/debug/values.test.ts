/** Values at a stop: by their own names, tensors by what is in them, and nothing changed by looking. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FrontEnd, runs, useKernel } from "../client.js";

const kernel = useKernel();
let front: FrontEnd;
beforeAll(async () => {
  front = new FrontEnd(kernel());
  await front.attach();
});
afterAll(() => front.get("disconnect"));

describe("values", () => {
  it("a tensor's dtype, shape, range and NaNs are in the list, and looking makes and keeps no tensor", async () => {
    await runs(kernel(), 'import { tf } from "saccade";');
    const code = [
      "const loss = tf.tensor1d([1, NaN, -2, NaN]);",
      "const labels = tf.tensor2d([[1, 2, 3]], [1, 3], 'int32');",
      "const gone = tf.zeros([2]);",
      "gone.dispose();",
      "const before = tf.memory().numTensors;",
      "const half = tf.fill([2, 2], 0.5);",
      "tf.memory().numTensors - before;",
    ].join("\n");
    await front.breakAt(code, [7]);
    const { cell } = await front.runToStop(code);
    expect(await front.names("Locals")).toMatchObject({
      loss: "float32 [4] -2 … 1, 2 NaN",
      labels: "int32 [1, 3] 1 … 3",
      gone: "float32 [2], disposed",
      half: "float32 [2, 2] 0.5",
    });
    const { variables } = await front.get("inspectVariables");
    const { variablesReference } = variables.find(({ name }: { name: string }) => name === "loss");
    const members = await front.get("variables", { variablesReference });
    expect(members.variables.find(({ name }: { name: string }) => name === "[[Values]]").value).toContain("NaN");
    const { stackFrames } = await front.get("stackTrace", { threadId: 1 });
    const rich = await front.get("richInspectVariables", { variableName: "labels", frameId: stackFrames[0].id });
    expect(rich.data["text/plain"]).toContain("[1, 2, 3]");
    await front.get("continue", { threadId: 1 });
    expect((await cell.done()).result).toBe("1");
  });

  it("names are the author's, getters are not called, and of a long list a part can be had", async () => {
    await runs(kernel(), "const constant = 'c'; let variable = 1;");
    const code = [
      'import { join } from "node:path";',
      "const long = Array.from({ length: 5000 }, (_, i) => i * i);",
      "const object = { get asked() { throw new Error('called'); }, own: new Map([['a', 1]]) };",
      "{ const block = join(constant, `${variable}`); block.length; }",
      "long.length",
    ].join("\n");
    await front.breakAt(code, [{ line: 4, column: 47 }]);
    const { cell } = await front.runToStop(code);
    const locals = await front.names("Locals");
    expect(Object.keys(locals).sort()).toEqual(["block", "long", "object"]);
    expect(await front.names("Globals")).toMatchObject({ constant: "'c'", variable: "1", long: expect.any(String) });
    const { stackFrames } = await front.get("stackTrace", { threadId: 1 });
    const frameId = stackFrames[0].id;
    const evaluated = (expression: string) => front.get("evaluate", { expression, frameId });
    const long = await evaluated("long");
    expect(long).toMatchObject({ indexedVariables: 5000, type: "Array" });
    const part = { variablesReference: long.variablesReference, filter: "indexed", start: 4998, count: 5 };
    const { variables } = await front.get("variables", part);
    expect(variables.map(({ name, value }: Record<string, string>) => [name, value])).toEqual([
      ["4998", `${4998 ** 2}`],
      ["4999", `${4999 ** 2}`],
    ]);
    const object = await evaluated("object");
    const members = await front.get("variables", { variablesReference: object.variablesReference });
    expect(members.variables.find(({ name }: { name: string }) => name === "asked").value).toBe("a getter: not called");
    expect(await evaluated("join(constant, 'd')")).toMatchObject({ result: "'c/d'" });
    expect(await evaluated("variable = 5")).toMatchObject({ result: "5" });
    await front.get("setVariable", { variablesReference: object.variablesReference, name: "own", value: "variable" });
    expect(await evaluated("object.own")).toMatchObject({ result: "5" });
    await front.get("continue", { threadId: 1 });
    expect((await cell.done()).result).toBe("5000");
    expect((await runs(kernel(), "variable")).result).toBe("5");
  });

  it("an image tensor's rich view is a picture, a set's a strip of images; other tensors are text", async () => {
    await runs(kernel(), 'import { datasets, tf } from "saccade";');
    const code = [
      "const before = tf.memory().numTensors;",
      "const { train: strip } = datasets.generated({ trainImages: 20, testImages: 10, imageShape: [16, 16, 3] });",
      "const image = tf.linspace(0, 1, 8 * 8 * 3).reshape([8, 8, 3]);",
      "const bytes = tf.fill([8, 8, 1], 255, 'int32');",
      "const beyond = tf.fill([8, 8, 3], 2);",
      "tf.memory().numTensors - before;",
    ].join("\n");
    await front.breakAt(code, [6]);
    const { cell } = await front.runToStop(code);
    const { stackFrames } = await front.get("stackTrace", { threadId: 1 });
    const typesOf = async (variableName: string): Promise<string[]> => {
      const { data } = await front.get("richInspectVariables", { variableName, frameId: stackFrames[0].id });
      return Object.keys(data).sort();
    };
    const drawn = ["image/png", "text/html", "text/plain"];
    expect([await typesOf("image"), await typesOf("bytes"), await typesOf("strip")]).toEqual([drawn, drawn, drawn]);
    expect(await typesOf("beyond")).toEqual(["text/plain"]);
    await front.get("continue", { threadId: 1 });
    expect((await cell.done()).result).toBe("4"); // linspace's own, and the three
  });
});
