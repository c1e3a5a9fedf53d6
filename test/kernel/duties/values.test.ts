/**
 * Values as a notebook sees them: MIME bundles over the wire. The shapes themselves have tests of their own in
 * test/kernel/values.
 */
import { describe, expect, it } from "vitest";
import { runs, useKernel } from "../client.js";

const kernel = useKernel();

describe("a value", () => {
  it("with Jupyter.display is its bundle", async () => {
    const { data } = await runs(
      kernel(),
      `({ [Symbol.for("Jupyter.display")]() { return { "text/html": "<b>x</b>", "text/plain": "x" }; } })`,
    );
    expect(data).toEqual({ "text/html": "<b>x</b>", "text/plain": "x" });
  });

  it("an array of records is a table with text beside it", async () => {
    const { data } = await runs(kernel(), `[{ name: "a", n: 1 }, { name: "b", n: 2 }]`);
    expect(data["text/html"]).toMatch(/<table/);
    expect(data["text/plain"]).toMatch(/name/);
  });

  for (const [code, text] of [
    ["new Map([[1, 'one']])", /Map.*1.*one/s],
    ["new Set([1, 2])", /Set/],
    ["new Float32Array(3)", /Float32Array/],
    ["[1, 2, 3]", /\[ ?1, 2, 3 ?\]/],
    ["'text'", /^['"]text['"]$/],
    ["class Point { x = 1 }; new Point()", /Point/],
    ["const cycle: any = {}; cycle.self = cycle; cycle", /[Cc]ircular|self/],
    ["new Error('inside')", /Error: inside/],
    ["new Date(0)", /1970/],
    ["/a+/g", /\/a\+\/g/],
    ["Symbol('s')", /Symbol\(s\)/],
    ["10n", /10n?/],
    ["() => 1", /=>|Function/],
    ["true", /true/],
    ["new Proxy({}, { get() { throw new Error('no'); }, ownKeys() { throw new Error('no'); } })", /./],
    ["Object.create(null)", /\{|null/],
    ["({ get bad() { throw new Error('no'); } })", /./],
    ["new Array(1e6).fill(0)", /more|…|\.\.\./],
    ["new Proxy(function () {}, {})", /./],
    ["(() => { const w = new WeakMap(); return w; })()", /WeakMap/],
    ["globalThis", /./],
  ] as const) {
    it(`${code} shows as text`, async () => {
      const { result } = await runs(kernel(), code);
      expect(result).toMatch(text);
      expect(result!.length).toBeLessThan(200_000);
    });
  }

  it("a tensor shows its shape and dtype", async () => {
    expect((await runs(kernel(), `import { tf } from "saccade"; tf.tensor2d([[1, 2], [3, 4]])`)).result).toMatch(
      /float32 \[2, 2\]/,
    );
  });
});

describe("display", () => {
  it("shows now, and is updated by its id in a later cell", async () => {
    const shown = kernel().start(`const handle = display(html\`<b>one</b>\`); 0`);
    await shown.done();
    const [first] = shown.published.filter(({ type }) => type === "display_data");
    expect(first!.content["data"]["text/html"]).toBe("<b>one</b>");
    const update = kernel().start("handle.update(html`<b>two</b>`); 0");
    await update.done();
    const [second] = update.published.filter(({ type }) => type === "update_display_data");
    expect(second!.content).toMatchObject({
      transient: first!.content["transient"],
      data: { "text/html": "<b>two</b>" },
    });
  });

  it("shows once where it is a cell's last expression, and so does its handle", async () => {
    for (const cell of ["display(1)", "const held = display(1);\nheld", "await display(1)"])
      expect((await runs(kernel(), cell)).outputs.map(({ type }) => type)).toEqual(["display_data"]);
    expect((await runs(kernel(), "[held.id, display(2)].length")).result).toBe("2");
    const { outputs } = await runs(kernel(), "held.update(3);\nheld");
    expect(outputs.map(({ type }) => type)).toEqual(["update_display_data"]);
  });

  it("clearOutput is a clear_output message, with wait", async () => {
    const { outputs } = await runs(kernel(), "clearOutput({ wait: true })");
    expect(outputs.map(({ type, content }) => [type, content])).toEqual([["clear_output", { wait: true }]]);
  });

  it("a progress bar updates in place", async () => {
    const { outputs } = await runs(
      kernel(),
      "for (const _ of progress([1, 2, 3])) await new Promise((resolve) => setTimeout(resolve, 60)); 0",
    );
    const ids = new Set(
      outputs
        .filter(({ type }) => type.endsWith("display_data"))
        .map(({ content }) => content["transient"]?.display_id),
    );
    expect(ids.size).toBe(1);
  });

  it("the broadcast symbol publishes from a library", async () => {
    const { outputs } = await runs(
      kernel(),
      `await (globalThis as any)[Symbol.for("Jupyter.broadcast")]("display_data", { data: { "text/plain": ` +
        `"sent" }, metadata: {} }); 0`,
    );
    expect(outputs.find(({ type }) => type === "display_data")!.content["data"]).toEqual({ "text/plain": "sent" });
  });

  it("the signal symbol is the running cell's, aborted by an interrupt", async () => {
    const cell = kernel().start(
      `const signal: AbortSignal = (globalThis as any)[Symbol.for("Jupyter.signal")]; ` +
        `console.log("started"); await new Promise((_, reject) => signal.addEventListener("abort", () => { ` +
        `globalThis.process.env.HEARD = "yes"; reject(signal.reason); }));`,
    );
    await cell.printed("started");
    await kernel().interrupt();
    await cell.done();
    expect((await runs(kernel(), "process.env.HEARD")).result).toMatch(/yes/);
  });

  it("a widget is a view bundle and an open comm of jupyter.widget", async () => {
    const cell = kernel().start("const slider = widgets.slider({ min: 0, max: 10, value: 3 }); slider");
    const { data } = await cell.done();
    expect(data["application/vnd.jupyter.widget-view+json"]).toMatchObject({ version_major: 2 });
    const comm = cell.published.find(
      ({ type, content }) => type === "comm_open" && content["data"].state._model_name === "IntSliderModel",
    )!;
    const change = kernel().request("comm_msg", {
      comm_id: comm.content["comm_id"],
      data: { method: "update", state: { value: 8 }, buffer_paths: [] },
    });
    await change.message("status", ({ content }) => content["execution_state"] === "idle");
    expect((await runs(kernel(), "slider.value")).result).toBe("8");
  });
});

describe("tslab's own display", () => {
  for (const [call, mime] of [
    ["html('<b>x</b>')", "text/html"],
    ["markdown('**x**')", "text/markdown"],
    ["svg('<svg/>')", "image/svg+xml"],
    ["javascript('1')", "text/javascript"],
    ["latex('x')", "text/latex"],
    ["text('x')", "text/plain"],
    ["png(new Uint8Array([1]))", "image/png"],
    ["raw('text/csv', 'a,b')", "text/csv"],
  ] as const) {
    it(`tslab.display.${call} shows ${mime}`, async () => {
      const { outputs } = await runs(kernel(), `import * as tslab from "tslab"; tslab.display.${call}; 0`);
      expect(
        outputs.filter(({ type }) => type === "display_data").map(({ content }) => Object.keys(content["data"])),
      ).toEqual([expect.arrayContaining([mime])]);
    });
  }

  it("tslab.newDisplay updates in place", async () => {
    const { outputs } = await runs(
      kernel(),
      `import * as tslab from "tslab"; const d = tslab.newDisplay(); d.text("a"); d.text("b"); 0`,
    );
    expect(outputs.filter(({ type }) => type !== "execute_result").map(({ type }) => type)).toEqual([
      "display_data",
      "update_display_data",
    ]);
  });
});
