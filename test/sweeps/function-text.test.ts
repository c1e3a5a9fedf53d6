/** Functions that are sent to another process by their text. */
import { describe, expect, it } from "vitest";
import { parse } from "../../kernel/source/ast.js";
import { findReferences } from "../../kernel/source/references.js";
import { freeVariables } from "../../lib/sweeps/trial/free-variables.js";
import { moduleText } from "../../lib/sweeps/trial/function-text.js";

describe("free variables", () => {
  it.each([
    ["async ({ config, report: r = config.a }, ...rest) => { await r(config, rest); }", []],
    ["() => { const a = b; { let c = d; } return c; }", ["b", "d", "c"]],
    ["function f(a) { return f(a, arguments, this, g); }", ["g"]],
    ["() => this.a", ["this"]],
    ["() => { for (const [k, { v }] of all) use(k, v); for (let i = 0; i < n; i++) i; }", ["all", "use", "n"]],
    ["() => { try { x(); } catch ({ message }) { message; } finally { late; var late; } }", ["x"]],
    ["() => ({ a: b, c, [d]: 1, e() { return this.f; } })", ["b", "c", "d"]],
    [
      "() => { class A extends B { x = y; static #p = 1; m(q) { return q + this.#p + super.m(); } } return A; }",
      ["B", "y"],
    ],
    ["() => { outer: for (;;) { break outer; } return a?.b.c[i] + `${t}`; }", ["a", "i", "t"]],
    ["() => { switch (s) { case 1: let inner = 2; default: return inner; } }", ["s"]],
    ["async () => (await import(name)).default + import.meta.url", ["name"]],
    ["() => { if (ok) { function later() {} } later(); [a, { b: c = 1 }] = z; }", ["ok", "later", "a", "c", "z"]],
  ])("of %s", (text, names) => {
    expect(freeVariables(text)).toEqual(names);
    // the kernel asks the same of a cell, by a walker of its own: the two houses import nothing of each other
    const found = findReferences(parse(`(${text}\n)`, "js").program).names.map(({ name }) => name);
    expect([...new Set(found)]).toEqual(names.filter((name) => name !== "this"));
  });
});

describe("a module's text", () => {
  it("is the function's, a method's too, as a default export", async () => {
    const { add } = { add({ config: { a } }: { config: { a: number } }) { return a + 1; } }; // prettier-ignore
    const text = moduleText("run", "trial", add);
    const module = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as { default: typeof add };
    expect(module.default({ config: { a: 1 } })).toBe(2);
  });

  it("refuses names from outside, with what does instead", () => {
    const [images, path] = [1, { join: () => "" }];
    expect(() => moduleText("run", "trial", () => images + path.join())).toThrow(
      /^run: trial must name only its arguments and globals, .* got images, path from outside: .*import\("node:path"\)/,
    );
  });

  it("knows JavaScript's and Node's globals", () => {
    const uses = () => [
      Math.max(1),
      structuredClone({}),
      process.pid,
      Buffer.alloc(1),
      globalThis,
      undefined,
      fetch,
      URL,
    ];
    expect(moduleText("run", "trial", uses)).toContain("export default");
  });

  it("refuses what has no text", () => {
    expect(() => moduleText("run", "trial", Math.max)).toThrow("got a bound or native one");
  });
});
