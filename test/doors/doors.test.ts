import { describe, expect, it } from "vitest";
import { analysis, backend, datasets, layers, models, plots, safetensors, study, tf, train } from "../../lib/index.js";
import { faults, type Door } from "./doors.js";
import { ANALYSIS, BACKEND, DATASETS, LAYERS, MODELS, OPS, PLOTS, SAFETENSORS, STUDY, TRAIN } from "./table.js";

/** Functions of no argument, or of any argument at all. */
const FREE: Readonly<Record<string, readonly string[]>> = {
  backend: ["backendInfo", "cacheFolder", "ready"],
  study: ["show", "toBundle"],
};

/** A reader of a study sets its size, and does not see the cell that checks it. */
const CALLED: Readonly<Record<string, string>> = { checkSize: "size" };

const ROOMS: readonly (readonly [name: string, room: object, doors: Readonly<Record<string, Door>>])[] = [
  ["datasets", datasets, DATASETS],
  ["train", train, TRAIN],
  ["models", models, MODELS],
  ["plots", plots, PLOTS],
  ["analysis", analysis, ANALYSIS],
  ["backend", backend, BACKEND],
  ["backend.ops", backend.ops, OPS],
  ["layers", layers, LAYERS],
  ["study", study, STUDY],
  ["safetensors", safetensors, SAFETENSORS],
];

/** Functions, and the classes of layers, which are called too; other classes are errors, which the library makes. */
const isDoor = (value: unknown): boolean =>
  typeof value === "function" &&
  (!/^class\b/.test(Function.prototype.toString.call(value)) || value.prototype instanceof tf.layers.Layer);

describe.each(ROOMS)("%s", (name, room, doors) => {
  it("has every public function in the table", () => {
    const named = Object.entries(room)
      .filter(([, value]) => isDoor(value))
      .map(([key]) => key);
    expect(named.filter((key) => !(key in doors) && !FREE[name]?.includes(key))).toEqual([]);
  });

  it("has each function's own name in its errors, none that it calls", () => {
    const called = Object.keys(doors).map((key) => CALLED[key] ?? key.split(",")[0]);
    expect(Object.values(doors).map((door) => door.name)).toEqual(called);
  });

  it.each(Object.entries(doors))("%s refuses what it cannot take, by its name", async (_key, door) => {
    expect(await faults(door)).toEqual([]);
  });
});

it("the audit sees what a door lets through, and what fails inside", async () => {
  const open = { name: "open", call: () => 1, valid: () => [1], args: { "0": "flag" } } as const;
  const inside = {
    name: "inside",
    call: (x: never) => tf.add(x, 1),
    valid: () => [1],
    args: { "0": "options" },
  } as const;
  expect((await faults(open)).length).toBe(2);
  expect((await faults(inside)).length).toBeGreaterThan(0);
});
