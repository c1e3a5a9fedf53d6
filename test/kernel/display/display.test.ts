import { createRequire } from "node:module";
import { afterEach, beforeEach, expect, test } from "vitest";
import { clearOutput, display, displaysSettled, updateDisplay } from "../../../kernel/runtime/display.js";
import { html, md, svg } from "../../../kernel/runtime/markup.js";
import { progress } from "../../../kernel/runtime/progress-bar.js";
import { adoptTslab } from "../../../kernel/runtime/tslab.js";

const BROADCAST = Symbol.for("Jupyter.broadcast");
const DISPLAY = Symbol.for("Jupyter.display");

interface Sent {
  readonly type: string;
  readonly content: {
    data: Record<string, unknown>;
    metadata: Record<string, unknown>;
    transient: { display_id?: string };
    wait?: boolean;
  };
}
let sent: Sent[];
const slot = globalThis as unknown as Record<symbol, unknown>;

beforeEach(() => {
  sent = [];
  slot[BROADCAST] = (type: string, content: Sent["content"]) => void sent.push({ type, content });
});
afterEach(() => {
  delete slot[BROADCAST];
});

test("display() shows a bundle under a new id and returns a handle that updates it in place", () => {
  const handle = display([1, 2]);
  handle.update("done");
  expect(sent.map(({ type, content }) => [type, content.data["text/plain"], content.transient.display_id])).toEqual([
    ["display_data", "[ 1, 2 ]", handle.id],
    ["update_display_data", "'done'", handle.id],
  ]);
  expect(display(1).id).not.toBe(handle.id);
});

test("display() takes an id, raw representations and metadata", () => {
  display(
    { "image/png": new Uint8Array([137, 80]), "application/json": { a: [1n] } },
    { id: "fig", raw: true, metadata: { "image/png": { width: 9 } } },
  );
  expect(sent[0]?.content).toEqual({
    data: { "image/png": "iVA=", "application/json": { a: ["1"] }, "text/plain": "" },
    metadata: { "image/png": { width: 9 } },
    transient: { display_id: "fig" },
  });
});

test("display() with raw refuses a value that names no MIME type", () => {
  expect(() => display({ png: "x" }, { raw: true })).toThrow(
    /display: raw needs representations by MIME type.*got \{ png: 'x' \}/,
  );
  expect(sent).toEqual([]);
});

test("updateDisplay() finds a display by its name, and needs one", () => {
  updateDisplay("fig", 2);
  expect(sent[0]).toMatchObject({ type: "update_display_data", content: { transient: { display_id: "fig" } } });
  expect(() => updateDisplay("", 2)).toThrow("updateDisplay: id must be a display's name, got ''");
});

test("clearOutput() clears at once or with the next output", () => {
  clearOutput();
  clearOutput({ wait: true });
  expect(sent.map(({ type, content }) => [type, content.wait])).toEqual([
    ["clear_output", false],
    ["clear_output", true],
  ]);
});

test("outside a notebook display() says so", () => {
  delete slot[BROADCAST];
  expect(() => display(1)).toThrow("display: needs a notebook's kernel, and none runs this code");
});

test("displaysSettled() waits for a value that shows itself later", async () => {
  let finish = (_: unknown): void => undefined;
  display({ [DISPLAY]: () => new Promise((resolve) => (finish = resolve)) });
  expect(sent).toEqual([]);
  const settled = displaysSettled();
  finish({ "text/html": "<i>late</i>" });
  await settled;
  expect(sent[0]?.content.data["text/html"]).toBe("<i>late</i>");
});

test("html`` escapes what is put in and leaves markup of its own as it is", () => {
  const items = ["<a>", "b"].map((text) => html`<li>${text}</li>`);
  expect(`${html`<ul title="${'"x"'}">${items}${null}${html("<hr>")}</ul>`}`).toBe(
    '<ul title="&quot;x&quot;"><li>&lt;a&gt;</li><li>b</li><hr></ul>',
  );
});

test("svg`` and md`` show themselves under their MIME types", () => {
  display(svg`<svg><text>${"&"}</text></svg>`);
  display(md`
    # Title
    a < ${3}`);
  expect(sent.map(({ content }) => content.data)).toEqual([
    { "text/plain": "<svg><text>&amp;</text></svg>", "image/svg+xml": "<svg><text>&amp;</text></svg>" },
    { "text/plain": "\n# Title\na < 3", "text/markdown": "\n# Title\na < 3" },
  ]);
});

test("progress() draws one output in place and ends on its last state", () => {
  const bar = progress(4, { label: "epoch" });
  for (let i = 0; i < 4; i++) bar.step(1, `loss ${i}`);
  expect(new Set(sent.map(({ content }) => content.transient.display_id)).size).toBe(1);
  expect(sent[0]?.type).toBe("display_data");
  expect(sent.at(-1)?.type).toBe("update_display_data");
  expect(sent.at(-1)?.content.data["text/plain"]).toBe(`epoch │${"█".repeat(24)}│ 100% 4/4 · loss 3`);
  expect(sent.at(-1)?.content.data["text/html"]).toContain('<progress max="1" value="1">');
});

test("progress() over items yields them all, also when their number is unknown", async () => {
  expect([...progress([1, 2, 3])]).toEqual([1, 2, 3]);
  expect(sent.at(-1)?.content.data["text/plain"]).toContain("3/3");
  async function* numbers(): AsyncGenerator<number> {
    yield 7;
    yield 8;
  }
  const seen: number[] = [];
  for await (const n of progress(numbers(), { label: "n" })) seen.push(n);
  expect(seen).toEqual([7, 8]);
  expect(sent.at(-1)?.content.data["text/plain"]).toBe("n 2");
});

test("progress() refuses a negative total", () => {
  expect(() => progress(-1)).toThrow("progress: total must be a number of steps, 0 or more, got -1");
});

test("tslab.display reaches this kernel: every MIME type, bytes as base64, newDisplay in place", async () => {
  const undo = adoptTslab();
  try {
    const tslab = createRequire(import.meta.url)("tslab") as typeof import("tslab");
    const { display: d } = tslab;
    const bytes = new Uint8Array([1, 2, 3]);
    d.javascript("j");
    d.html("h");
    d.markdown("m");
    d.latex("l");
    d.svg("s");
    d.text("t");
    d.png(bytes);
    d.jpeg(bytes);
    d.gif(bytes);
    d.pdf(bytes);
    d.raw("application/x", "r");
    expect(Object.assign({}, ...sent.map(({ content }) => content.data))).toEqual({
      "text/javascript": "j",
      "text/html": "h",
      "text/markdown": "m",
      "text/latex": "l",
      "image/svg+xml": "s",
      "text/plain": "t",
      "image/png": "AQID",
      "image/jpeg": "AQID",
      "image/gif": "AQID",
      "application/pdf": "AQID",
      "application/x": "r",
    });
    expect(
      sent.every(({ type, content }) => type === "display_data" && content.transient.display_id === undefined),
    ).toBe(true);
    sent.length = 0;
    const one = tslab.newDisplay();
    one.text("a");
    one.html("b");
    expect(sent.map(({ type }) => type)).toEqual(["display_data", "update_display_data"]);
    expect(sent[0]?.content.transient.display_id).toMatch(/^[0-9a-f]{16}$/);
    expect(sent[1]?.content.transient.display_id).toBe(sent[0]?.content.transient.display_id);
    expect(tslab.versions.node).toBe(process.version);
  } finally {
    undo();
  }
});
