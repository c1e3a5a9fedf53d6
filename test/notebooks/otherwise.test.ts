/** The guide's page of what TensorFlow.js does otherwise: each of its lines gives what stands after its arrow. */
import { readFileSync } from "node:fs";
import { transformSync } from "esbuild";
import { expect, it } from "vitest";
import { backend, datasets, layers, tf, train } from "../../lib/index.js";

const PAGE = "notebooks/guide/what-tensorflowjs-does-otherwise.md";
const text = readFileSync(new URL(`../../${PAGE}`, import.meta.url), "utf8");
const blocks = [...text.matchAll(/^```ts\n([^]*?)^```$/gm)]
  .map(([, code]) => code!)
  .filter((code) => code.includes("// →"));

/** What a value is, as the page writes it. */
function written(value: unknown): string {
  if (!(value instanceof tf.Tensor)) return String(value);
  return Array.from(value.dataSync(), (number) =>
    Number.isNaN(number) ? "NaN" : String(Number(number.toFixed(4))),
  ).join(", ");
}

/** A program without its types; top-level `await` stays. */
function javaScript(code: string): string {
  return transformSync(code, { loader: "ts", format: "esm", target: "es2022", treeShaking: false }).code;
}

/** A block as a function that gives pairs of what was found and what the page says. */
function program(code: string): () => Promise<[string, string][]> {
  const lines = code.split("\n").map((line) => {
    const [, expression, said] = /^(.*?);? \/\/ → (.*)$/.exec(line) ?? [];
    return expression === undefined ? line : `found.push([written(${expression}), ${JSON.stringify(said)}]);`;
  });
  const scope = { backend, datasets, layers, tf, train, written };
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  const body = new AsyncFunction(
    ...Object.keys(scope),
    `const found = [];\n${javaScript(lines.join("\n"))}\nreturn found;`,
  );
  return () => body(...Object.values(scope)) as Promise<[string, string][]>;
}

it.for(blocks.map((code) => [code.trim().split("\n").at(-1)!, code] as const))("%s", async ([, code], context) => {
  if (!backend.backendInfo().title.endsWith("on CPU")) context.skip("the page says what a CPU gives");
  const found = await program(code)();
  expect(found.length).toBe(code.split("// →").length - 1);
  expect(found.map(([value]) => value)).toEqual(found.map(([, said]) => said));
});

it("has its code seen by this test, and a link in README", () => {
  expect(blocks.length).toBe(10);
  expect(readFileSync(new URL("../../README.md", import.meta.url), "utf8")).toContain(`(${PAGE})`);
});
