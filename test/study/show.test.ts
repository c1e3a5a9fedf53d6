import { afterEach, describe, expect, test, vi } from "vitest";
import { tf } from "../../lib/backend/index.js";
import { show, toBundle } from "../../lib/study/show.js";

const BROADCAST = Symbol.for("Jupyter.broadcast");
const DISPLAY = Symbol.for("Jupyter.display");
const host = globalThis as Record<PropertyKey, unknown>;
const figure = { [DISPLAY]: () => ({ "text/plain": "words", "application/vnd.plotly.v1+json": { data: [] } }) };

afterEach(() => {
  delete host[BROADCAST];
  delete host.__tslab__;
  vi.restoreAllMocks();
});

describe("show", () => {
  test("broadcasts the whole bundle where the kernel takes one", () => {
    const publish = vi.fn();
    host[BROADCAST] = publish;
    show(figure);
    expect(publish.mock.calls).toEqual([
      [
        "display_data",
        { data: { "text/plain": "words", "application/vnd.plotly.v1+json": { data: [] } }, metadata: {} },
      ],
    ]);
  });

  test("hands tslab's kernel the best representation, a plotly figure as the object itself", () => {
    const raw = vi.fn();
    host.__tslab__ = { require: (id: string) => (id === "tslab" ? { display: { raw } } : undefined) };
    show(figure);
    show("words");
    expect(raw.mock.calls).toEqual([
      ["application/vnd.plotly.v1+json", { data: [] }],
      ["text/plain", "words"],
    ]);
  });

  test("writes text in a terminal", () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    show(figure);
    show({ accuracy: 0.5 });
    expect(log.mock.calls).toEqual([["words"], ["{ accuracy: 0.5 }"]]);
  });

  test("writes a tensor's values", () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const tensor = tf.tensor1d([1, 2]);
    show(tensor);
    tensor.dispose();
    expect(log.mock.calls[0]![0]).toContain("[1, 2]");
  });

  test("shows a tensor that is an image as one, with its values for a terminal", () => {
    const image = tf.linspace(0, 1, 8 * 8 * 3).reshape([8, 8, 3]) as tf.Tensor3D;
    const beyond = tf.fill([8, 8, 3], 2);
    const bundle = toBundle(image);
    expect(Object.keys(bundle)).toEqual(["text/html", "image/png", "text/plain"]);
    expect(bundle["text/plain"]).toBe(String(image));
    expect(toBundle(beyond)).toEqual({ "text/plain": String(beyond) });
    tf.dispose([image, beyond]);
  });

  test.each([[undefined], [{}], [Promise.resolve({})]])("refuses a display method that returns %o", (bundle) => {
    expect(() => show({ [DISPLAY]: () => bundle })).toThrow("show: Jupyter.display must return a MIME bundle");
  });
});
