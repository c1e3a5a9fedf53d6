import vm from "node:vm";
import { inspect } from "node:util";
import { JSDOM } from "jsdom";
import { describe, expect, test } from "vitest";
import type { Bundle } from "../../../kernel/contract.js";
import { asNoResult, isShown, toBundle } from "../../../kernel/runtime/values/to-bundle.js";

const DISPLAY = Symbol.for("Jupyter.display");

/** A bundle that came at once. */
function bundle(value: unknown): Bundle {
  const made = toBundle(value);
  if (made instanceof Promise) throw new Error("a promise of a bundle where a bundle was expected");
  expect(structuredClone(made)).toEqual(made);
  expect(JSON.parse(JSON.stringify(made))).toEqual(made);
  return made;
}
const text = (value: unknown): string => bundle(value).data["text/plain"] as string;

describe("plain text", () => {
  test.each([
    [1, "1"],
    [-0, "-0"],
    [10n, "10n"],
    ["it's", `"it's"`],
    [true, "true"],
    [null, "null"],
    [undefined, "undefined"],
    [Symbol("s"), "Symbol(s)"],
    [[1, [2]], "[ 1, [ 2 ] ]"],
    [new Map([["a", { b: 1 }]]), "Map(1) { 'a' => { b: 1 } }"],
    [new Set([1]), "Set(1) { 1 }"],
    [new Float32Array([0.5, 2]), "Float32Array(2) [ 0.5, 2 ]"],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
    [/x/g, "/x/g"],
    [Promise.resolve(3), "Promise { 3 }"],
    [function f() {}, "[Function: f]"],
    [class A extends Map {}, "[class A extends Map]"],
    [Object.create(null), "[Object: null prototype] {}"],
  ])("%# is shown as in Node's console", (value, expected) => {
    expect(text(value)).toBe(expected);
  });

  test("a promise says how its value is had, while it is pending", async () => {
    let resolve: (value: string) => void = () => undefined;
    const promise = new Promise<string>((settle) => (resolve = settle));
    expect(bundle(promise).data).toEqual({
      "text/plain": "Promise { <pending> }\na promise: write `await` before it to wait for its value",
      "text/html":
        "<pre>Promise { &lt;pending&gt; }</pre>" +
        "a promise: write <code>await</code> before it to wait for its value",
    });
    resolve("<pending>");
    await promise;
    expect(bundle(promise).data).toEqual({ "text/plain": "Promise { '<pending>' }" });
    expect(text([new Promise(() => undefined)])).toBe("[ Promise { <pending> } ]");
  });

  test("an instance has its class's name, and its getters are not called", () => {
    class Point {
      x = 1;
    }
    const value = Object.assign(new Point(), {});
    Object.defineProperty(value, "y", { enumerable: true, get: () => expect.unreachable("the getter was called") });
    expect(text(value)).toBe("Point { x: 1, y: [Getter] }");
  });

  test("only undefined is no result, and what is marked so", () => {
    expect([undefined, null, 0, "", false, {}].map(isShown)).toEqual([false, true, true, true, true, true]);
    const marked = asNoResult({ a: 1 });
    expect([isShown(marked), isShown([marked]), text(marked)]).toEqual([false, true, "{ a: 1 }"]);
  });

  test("a cycle is marked", () => {
    const value: Record<string, unknown> = { a: [] };
    (value.a as unknown[]).push(value);
    expect(text(value)).toBe("<ref *1> { a: [ [Circular *1] ] }");
  });
});

describe("size", () => {
  test("ten million elements become a hundred and a count", () => {
    expect(text(new Float64Array(1e7))).toMatch(/^Float64Array\(10000000\) \[[\s\S]*\.\.\. 9999900 more items\n\]$/);
    expect(text(new Array(1e7).fill(1))).toContain("... 9999900 more items");
    expect(text(new Set(Array.from({ length: 1e5 }, (_, i) => i)))).toContain("... 99900 more items");
  });

  test("a long string is cut, and the whole text is", () => {
    expect(text("x".repeat(1e6))).toContain("... 990000 more characters");
    expect(text(Array.from({ length: 100 }, () => "y".repeat(1e5))).length).toBeLessThan(21_000);
  });

  test("an object of many properties shows the first hundred and how many are missing", () => {
    const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`k${i}`, i]));
    expect(text(wide)).toMatch(/^\{\n {2}k0: 0,[\s\S]*k99: 99,\n {2}… 900 more properties\n\}$/);
    expect(text({ wide })).toBe("{ wide: [Object] }");
  });

  test("a value that is wide at every level is cut to what one can read", () => {
    const leaf = Array.from({ length: 200 }, () => ({ a: 1 }));
    const tree = Array.from({ length: 200 }, () => Array.from({ length: 200 }, () => leaf));
    const shown = text(tree);
    expect(shown.length).toBeLessThan(20_100);
    expect(shown).toMatch(/^\[\n[\s\S]*\.\.\. 194 more items\n\]$/);
  });

  test("a value nested ten thousand deep is cut", () => {
    let deep: unknown = null;
    for (let i = 0; i < 10_000; i++) deep = { deep };
    expect(text(deep)).toMatch(/^\{\n {2}deep: [\s\S]*\[Object\]/);
  });
});

describe("values that fight back", () => {
  const boom = (): never => {
    throw new Error("boom");
  };
  test.each([
    ["a proxy whose every trap throws", new Proxy({ a: 1 }, new Proxy({}, { get: () => boom }))],
    [
      "a revoked proxy",
      (() => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return proxy;
      })(),
    ],
    [
      "a throwing toStringTag",
      {
        get [Symbol.toStringTag]() {
          return boom();
        },
      },
    ],
    ["a throwing custom inspection", { [inspect.custom]: boom }],
    [
      "a throwing Jupyter.display getter",
      {
        get [DISPLAY]() {
          return boom();
        },
      },
    ],
    ["a throwing toString and toJSON", { toString: boom, toJSON: boom }],
    [
      "a throwing shape",
      {
        get shape() {
          return boom();
        },
        dtype: "x",
        dataSync: boom,
      },
    ],
    [
      "a throwing outerHTML",
      {
        get outerHTML() {
          return boom();
        },
      },
    ],
    ["a throwing toDataURL", { toDataURL: boom }],
    [
      "an error whose stack and message throw",
      Object.defineProperties(new Error(), { stack: { get: boom }, message: { get: boom } }),
    ],
    [
      "records with throwing getters",
      [
        {
          get a() {
            return boom();
          },
        },
      ],
    ],
    ["a proxy in an array", [new Proxy({}, new Proxy({}, { get: () => boom }))]],
  ])("%s still has a text", (_what, value) => {
    expect(text(value)).not.toBe("");
  });

  test("a proxy that answers everything with functions is shown as its target", () => {
    const shown = text(new Proxy({ a: 1 }, { get: () => () => "x" }));
    expect(["{ a: 1 }", "Proxy({ a: 1 })"]).toContain(shown); // Node 26 says that it is a proxy
  });

  test("a cell that broke the built-ins still sees its values", () => {
    const { stringify } = JSON;
    const { map, join } = Array.prototype;
    const results: unknown[] = [];
    try {
      Object.assign(JSON, { stringify: null });
      Object.assign(Array.prototype, { map: null, join: null });
      results[0] = toBundle([1, { a: 2 }]);
      results[1] = toBundle([{ a: 1 }]);
      results[2] = toBundle({ [DISPLAY]: () => ({ "application/json": { x: [1] } }) });
    } finally {
      Object.assign(JSON, { stringify });
      Object.assign(Array.prototype, { map, join });
    }
    expect(results).toMatchObject([
      { data: { "text/plain": "[ 1, { a: 2 } ]" } },
      { data: { "text/plain": "[ { a: 1 } ]", "text/html": expect.stringContaining("<table>") as unknown } },
      { data: { "application/json": { x: [1] } } },
    ]);
  });
});

describe('Symbol.for("Jupyter.display")', () => {
  test("comes first, and text/plain is added where it is missing", () => {
    expect(bundle({ [DISPLAY]: () => ({ "text/html": "<b>1</b>" }), outerHTML: "<i>2</i>" })).toEqual({
      data: { "text/html": "<b>1</b>", "text/plain": expect.stringContaining("outerHTML") as unknown },
      metadata: {},
    });
  });

  test("may return data and metadata, bytes and what JSON lacks", () => {
    const value = {
      [DISPLAY]: () => ({
        data: {
          "text/plain": "t",
          "image/png": new Uint8Array([1, 2, 3]),
          "application/json": { big: 1n, typed: new Float32Array([0.5]), f() {} },
        },
        metadata: { "image/png": { width: 3 } },
      }),
    };
    expect(bundle(value)).toEqual({
      data: { "text/plain": "t", "image/png": "AQID", "application/json": { big: "1", typed: [0.5] } },
      metadata: { "image/png": { width: 3 } },
    });
  });

  test("may be asynchronous", async () => {
    const made = toBundle({ [DISPLAY]: async () => ({ "text/plain": "later" }) });
    expect(made).toBeInstanceOf(Promise);
    expect(await made).toEqual({ data: { "text/plain": "later" }, metadata: {} });
    expect((await toBundle({ [DISPLAY]: () => Promise.reject(new Error("no")) })).data["text/plain"]).toMatch(
      /method threw: no\]$/,
    );
    expect((await toBundle({ a: 1, [DISPLAY]: async () => undefined })).data["text/plain"]).toContain("a: 1");
  });

  test("says what it threw, and leaves out what cannot be sent", () => {
    expect(
      text({
        a: 1,
        [DISPLAY]: () => {
          throw new Error("bad");
        },
      }),
    ).toMatch(/^\{[\s\S]*\}\n\[its Symbol\.for\("Jupyter\.display"\) method threw: bad\]$/);
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;
    const { data } = bundle({ [DISPLAY]: () => ({ "text/html": "h", "application/json": cyclic }) });
    expect(Object.keys(data)).toEqual(["text/html", "text/plain"]);
    expect(data["text/plain"]).toContain("[application/json left out: Converting circular structure to JSON");
  });

  test("one that names no MIME type is passed over", () => {
    for (const answer of [undefined, null, 5, [], {}, { html: "x" }])
      expect(text({ a: 1, [DISPLAY]: () => answer })).toContain("a: 1");
  });
});

describe("tensors of any library", () => {
  const tensor = (shape: number[], dtype: string, data: ArrayLike<unknown>, more: object = {}): object => ({
    shape,
    dtype,
    dataSync: () => data,
    ...more,
  });

  test("show dtype, shape and numbers", () => {
    expect(text(tensor([2, 3], "float32", new Float32Array([1, 2, 3, 4, 5.5, 1 / 3])))).toBe(
      "Tensor float32 [2, 3]\n[[1, 2, 3],\n [4, 5.5, 0.3333]]",
    );
    expect(text(tensor([], "int32", [7]))).toBe("Tensor int32 []\n7");
    expect(text(tensor([0], "float32", []))).toBe("Tensor float32 [0]\n[]");
    expect(text(tensor([2], "bool", [true, false]))).toBe("Tensor bool [2]\n[true, false]");
    expect(text(tensor([1], "string", ['a"b']))).toBe('Tensor string [1]\n["a\\"b"]');
    expect(text(tensor([2], "complex64", new Float32Array([1, 2, 0.5, -1])))).toBe(
      "Tensor complex64 [2]\n[1+2i, 0.5-1i]",
    );
    expect(text(tensor([3], "float32", [NaN, Infinity, 1e-9]))).toBe("Tensor float32 [3]\n[NaN, Infinity, 1.000e-9]");
  });

  test("show the ends of long axes", () => {
    expect(
      text(
        tensor(
          [10],
          "int32",
          Array.from({ length: 10 }, (_, i) => i),
        ),
      ),
    ).toBe("Tensor int32 [10]\n[0, 1, 2, …, 7, 8, 9]");
    expect(text(tensor([100, 32, 32, 3], "float32", new Float32Array(307_200))).split("\n")).toHaveLength(16);
  });

  test("of very many numbers only the first rows are read, and freed", () => {
    let disposed = 0;
    const head = (_begin: number[], size: number[]): object =>
      tensor(size, "float32", new Float32Array(49).fill(2), { dispose: () => disposed++ });
    const huge = tensor([1e5, 1e5], "float32", [], { dataSync: () => expect.unreachable("read whole"), slice: head });
    expect(text(huge)).toBe("Tensor float32 [100000, 100000]\n[[2, 2, 2, …],\n [2, 2, 2, …],\n [2, 2, 2, …],\n …]");
    expect(disposed).toBe(1);
  });

  test("a disposed one, and one that cannot be read, say so", () => {
    expect(text(tensor([2], "float32", [], { isDisposed: true }))).toBe("Tensor float32 [2], disposed");
    expect(
      text({
        shape: [2],
        dtype: "float32",
        dataSync: () => {
          throw new Error("on the GPU");
        },
      }),
    ).toBe("Tensor float32 [2], not readable: on the GPU");
  });

  test("tfjs' own tensors and variables", async () => {
    const tf = await import("@tensorflow/tfjs");
    await tf.setBackend("cpu");
    const made = tf.tensor2d([
      [1, 2],
      [3, 4],
    ]);
    const variable = tf.variable(made, true, "w");
    expect(text(made)).toBe("Tensor float32 [2, 2]\n[[1, 2],\n [3, 4]]");
    expect(text(variable)).toBe('Variable "w" float32 [2, 2]\n[[1, 2],\n [3, 4]]');
    tf.dispose([made, variable]);
    expect(text(made)).toBe("Tensor float32 [2, 2], disposed");
  });
});

describe("elements and canvases", () => {
  test("an element shows its HTML", () => {
    const { document } = new JSDOM("<p class='a'>x &lt; y</p>").window;
    expect(bundle(document.querySelector("p")).data).toEqual({
      "text/plain": '<p class="a">x &lt; y</p>',
      "text/html": '<p class="a">x &lt; y</p>',
    });
  });

  test("a canvas shows its picture with its size, at once or later", async () => {
    const canvas = { width: 4, height: 2, toDataURL: () => "data:image/png;base64,iVBORw0K" };
    const expected = {
      data: { "text/plain": "Canvas 4×2", "image/png": "iVBORw0K" },
      metadata: { "image/png": { width: 4, height: 2 } },
    };
    expect(bundle(canvas)).toEqual(expected);
    expect(await toBundle({ ...canvas, toDataURL: async () => canvas.toDataURL() })).toEqual(expected);
  });

  test("something else of that name is shown as an object", () => {
    for (const url of ["data:text/html;base64,PGI+", "javascript:alert(1)", 5])
      expect(Object.keys(bundle({ toDataURL: () => url }).data)).toEqual(["text/plain"]);
  });
});

describe("arrays of records", () => {
  const html = (value: unknown): string => bundle(value).data["text/html"] as string;

  test("are a table beside their text, with everything escaped", () => {
    const { data } = bundle([
      { name: "<b>&", n: 1.5 },
      { n: 2n, when: new Date(0) },
    ]);
    expect(data["text/plain"]).toContain("name: '<b>&'");
    expect(data["text/html"]).toBe(
      '<table>\n<thead><tr><th></th><th style="text-align:left">name</th><th ' +
        'style="text-align:left">n</th><th style="text-align:left">when</th></tr></thead>\n<tbody>\n' +
        '<tr><th>0</th><td style="text-align:left">&lt;b&gt;&amp;</td><td ' +
        'style="text-align:right">1.5</td><td style="text-align:left"></td></tr>\n' +
        '<tr><th>1</th><td style="text-align:left"></td><td style="text-align:right">2n</td><td ' +
        'style="text-align:left">1970-01-01T00:00:00.000Z</td></tr>\n</tbody>\n</table>\n',
    );
  });

  test("have no colours of their own", () => {
    expect(html([{ a: 1 }])).not.toMatch(/color|background/);
  });

  test("of a hundred thousand show the first and last ten", () => {
    const table = html(Array.from({ length: 1e5 }, (_, i) => ({ i })));
    expect(table.match(/<tr>/g)).toHaveLength(22);
    expect(table).toContain("<tr><th>99999</th>");
    expect(table).toContain("<p>100000 rows × 1 columns</p>");
  });

  test("of another realm too", () => {
    expect(html(vm.runInNewContext("[{ a: 1 }]"))).toContain("<table>");
    expect(html([vm.runInNewContext("new Date(0)")])).toBeUndefined();
  });

  test("anything else in arrays is no table", () => {
    for (const value of [
      [],
      [1],
      [[1]],
      [{ a: 1 }, null],
      [new Map()],
      [{}],
      [Object.fromEntries(Array.from({ length: 31 }, (_, i) => [`c${i}`, i]))],
    ])
      expect(html(value)).toBeUndefined();
  });
});
