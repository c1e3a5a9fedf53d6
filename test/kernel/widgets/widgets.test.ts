import { afterEach, beforeEach, expect, test } from "vitest";
import { currentTask, Task, within } from "../../../kernel/runtime/task.js";
import { toBundle } from "../../../kernel/runtime/values/to-bundle.js";
import { comms } from "../../../kernel/runtime/widgets/comms.js";
import { answerControl } from "../../../kernel/runtime/widgets/control.js";
import * as widgets from "../../../kernel/runtime/widgets/index.js";
import { openWidgets } from "../../../kernel/runtime/widgets/widget.js";
import { deafen, listen, say, type Sent } from "./front-end.js";

let sent: Sent[];
beforeEach(() => {
  sent = listen();
});
afterEach(() => {
  for (const widget of openWidgets.values()) widget.close();
  deafen();
});

/** Every model's name opened so far, in order. */
const opened = (): unknown[] =>
  sent
    .filter(({ type }) => type === "comm_open")
    .map(({ content }) => (content.data.state as Record<string, unknown>)._model_name);
const stateOf = (index: number): Record<string, unknown> =>
  sent.at(index)?.content.data.state as Record<string, unknown>;

test("slider() opens its layout, its style and itself, as the widget protocol 2.1.0 says", () => {
  const slider = widgets.slider({ min: 1, max: 9, value: 3, label: "n", layout: { width: "50%", flexFlow: "row" } });
  expect(opened()).toEqual(["LayoutModel", "SliderStyleModel", "IntSliderModel"]);
  expect(
    sent.every(({ content, metadata }) => content.target_name === "jupyter.widget" && metadata.version === "2.1.0"),
  ).toBe(true);
  expect(stateOf(0)).toEqual({
    _model_module: "@jupyter-widgets/base",
    _model_module_version: "2.0.0",
    _model_name: "LayoutModel",
    _view_module: "@jupyter-widgets/base",
    _view_module_version: "2.0.0",
    _view_name: "LayoutView",
    width: "50%",
    flex_flow: "row",
  });
  expect(stateOf(2)).toEqual({
    _model_module: "@jupyter-widgets/controls",
    _model_module_version: "2.0.0",
    _model_name: "IntSliderModel",
    _view_module: "@jupyter-widgets/controls",
    _view_module_version: "2.0.0",
    _view_name: "IntSliderView",
    description: "n",
    disabled: false,
    tooltip: null,
    min: 1,
    max: 9,
    step: 1,
    value: 3,
    continuous_update: true,
    layout: `IPY_MODEL_${sent[0]?.content.comm_id}`,
    style: `IPY_MODEL_${sent[1]?.content.comm_id}`,
  });
  expect(toBundle(slider)).toEqual({
    data: {
      "text/plain": "IntSlider(value=3)",
      "application/vnd.jupyter.widget-view+json": { version_major: 2, version_minor: 0, model_id: slider.modelId },
    },
    metadata: {},
  });
});

test("a slider between numbers that are no integers is a FloatSlider whose readout shows its step", () => {
  widgets.slider({ min: 0, max: 0.01, value: 0.001 });
  expect(stateOf(2)).toMatchObject({ _model_name: "FloatSliderModel", step: 0.0001, readout_format: ".4f" });
});

test("slider() and progress() refuse what no front end could draw", () => {
  expect(() => widgets.slider({ min: 5, max: 1 })).toThrow(
    "widgets.slider: needs min <= value <= max, got min=5, value=5, max=1",
  );
  expect(() => widgets.slider({ step: 0 })).toThrow("widgets.slider: step must be above 0, got 0");
  expect(() => widgets.progress({ max: 0 })).toThrow("widgets.progress: needs min < max, got min=0, max=0");
  expect(sent).toEqual([]);
});

test("a drag in the front end is echoed, sets the value and calls back with it", async () => {
  const slider = widgets.slider();
  const seen: number[] = [];
  slider.onValue((value) => seen.push(value));
  sent.length = 0;
  await say(comms, slider.modelId, { method: "update", state: { value: 42 }, buffer_paths: [] });
  await say(comms, slider.modelId, { method: "update", state: { value: 42 }, buffer_paths: [] });
  expect([slider.value, seen]).toEqual([42, [42]]);
  expect(sent.map(({ content }) => content.data)).toEqual(
    [0, 1].map(() => ({ method: "echo_update", state: { value: 42 }, buffer_paths: [] })),
  );
});

test("a callback's output belongs to the cell that gave it, also after that cell was interrupted", async () => {
  const slider = widgets.slider();
  const cell = new Task({ msg_id: "cell" }, false);
  const seen: unknown[] = [];
  within(cell, () => slider.onValue(async () => void seen.push(currentTask()?.parent, currentTask()?.interrupted)));
  cell.interrupted = true;
  await within(new Task({ msg_id: "comm" }, false), () =>
    say(comms, slider.modelId, { method: "update", state: { value: 1 }, buffer_paths: [] }),
  );
  expect(seen).toEqual([{ msg_id: "cell" }, false]);
});

test("setting a value sends the field that changed, once", () => {
  const bar = widgets.progress({ max: 3 });
  sent.length = 0;
  bar.value = 2;
  bar.value = 2;
  expect(sent.map(({ content }) => content.data)).toEqual([
    { method: "update", state: { value: 2 }, buffer_paths: [] },
  ]);
});

test("a click calls back; other messages do not", async () => {
  let clicks = 0;
  const button = widgets.button({ label: "go", onClick: () => clicks++ });
  await say(comms, button.modelId, { method: "custom", content: { event: "click" } });
  await say(comms, button.modelId, { method: "custom", content: { event: "hover" } });
  expect(clicks).toBe(1);
});

test("row() and column() name their children", () => {
  const box = widgets.column(
    widgets.row(widgets.button()),
    widgets.text({ value: "x" }),
    widgets.checkbox(),
    widgets.html("<b>"),
  );
  const children = box.get("children") as { modelId: string }[];
  expect(stateOf(-1)).toMatchObject({
    _model_name: "VBoxModel",
    children: children.map(({ modelId }) => `IPY_MODEL_${modelId}`),
  });
});

test("anywidget() sends module, style and state, bytes apart", async () => {
  const esm = "export default { render({ model, el }) {} }";
  const widget = widgets.anywidget({
    esm,
    css: "b{}",
    state: { count: 0, image: new Uint8Array([1, 2]), list: [new Uint8Array([3])] },
  });
  expect(sent[1]?.content.data).toMatchObject({
    state: {
      _model_module: "anywidget",
      _model_name: "AnyModel",
      _view_name: "AnyView",
      _esm: esm,
      _css: "b{}",
      count: 0,
      list: [null],
    },
    buffer_paths: [["image"], ["list", 0]],
  });
  expect(stateOf(1)).not.toHaveProperty("image");
  expect(sent[1]?.buffers).toEqual([new Uint8Array([1, 2]), new Uint8Array([3])]);
  const counts: number[] = [];
  widget.onChange("count", (count) => counts.push(count));
  await say(comms, widget.modelId, { method: "update", state: { count: 5 }, buffer_paths: [["image"]] }, [
    new Uint8Array([9]),
  ]);
  expect([counts, widget.get("image")]).toEqual([[5], new Uint8Array([9])]);
});

test("anywidget() carries custom messages both ways", async () => {
  const widget = widgets.anywidget({ esm: "export default {}" });
  const seen: unknown[] = [];
  widget.onMessage((content, buffers) => seen.push(content, buffers[0]));
  await say(comms, widget.modelId, { method: "custom", content: { kind: "ping" } }, [new Uint8Array([1])]);
  widget.send({ kind: "pong" }, [new Uint8Array([2])]);
  expect(seen).toEqual([{ kind: "ping" }, new Uint8Array([1])]);
  expect(sent.at(-1)).toMatchObject({
    content: { data: { method: "custom", content: { kind: "pong" } } },
    buffers: [new Uint8Array([2])],
  });
});

test("anywidget() refuses an empty module and names that are its own", () => {
  expect(() => widgets.anywidget({ esm: "" })).toThrow(
    "widgets.anywidget: esm must be the text of a module, got an empty one",
  );
  expect(() => widgets.anywidget({ esm: "x", state: { _esm: 1 } })).toThrow(
    'widgets.anywidget: state must not name "layout" or start with "_", got _esm',
  );
});

test("paths of a forged update lead nowhere but into its own state", async () => {
  const widget = widgets.anywidget({ esm: "x", state: { a: 1 } });
  await say(
    comms,
    widget.modelId,
    { method: "update", state: {}, buffer_paths: [["__proto__", "polluted"], ["__proto__"], [], ["b", "c"]] },
    [1, 2, 3, 4].map((n) => new Uint8Array([n])),
  );
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  expect(widget.get("a")).toBe(1);
});

test("a view asks for the state again; a front end loaded later gets all of them", async () => {
  const off = answerControl();
  const widget = widgets.anywidget({ esm: "x", state: { data: new Uint8Array([4]) } });
  await say(comms, widget.modelId, { method: "request_state" });
  expect(sent.at(-1)?.content.data).toMatchObject({
    method: "update",
    state: { _model_name: "AnyModel" },
    buffer_paths: [["data"]],
  });
  await say(comms, "control", {}, [], "comm_open", "jupyter.widget.control");
  await say(comms, "control", { method: "request_states" });
  const data = sent.at(-1)?.content.data ?? {};
  expect(data).toMatchObject({
    method: "update_states",
    states: { [widget.modelId]: { model_name: "AnyModel", model_module: "anywidget", state: { _esm: "x" } } },
    buffer_paths: [[widget.modelId, "state", "data"]],
  });
  expect(Object.keys(data["states"] as object)).toHaveLength(2);
  off();
});

test("a closed widget is gone on both sides", async () => {
  const slider = widgets.slider();
  slider.close();
  expect(sent.at(-1)).toMatchObject({ type: "comm_close", content: { comm_id: slider.modelId } });
  expect(openWidgets.has(slider.modelId)).toBe(false);
  expect(() => (slider.value = 7)).toThrow("comm jupyter.widget: must be open to send, got a closed one");
});
