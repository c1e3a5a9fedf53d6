import { describe, expect, it } from "vitest";
import { aFlag, anObject, aText, checkArguments, checkOptions, optional } from "../../lib/checks.js";
import { tf } from "../../lib/index.js";
import { door, faults } from "./doors.js";
import { FREE, MADE } from "./exceptions.js";
import { signatures } from "./signatures.js";
import { ROOMS } from "./table.js";

/** Functions of no argument, or of any argument at all. */
const OPEN: Readonly<Record<string, readonly string[]>> = {
  backend: ["backendInfo", "cacheFolder", "ready"],
  study: ["show", "toBundle"],
};

/** A reader of a study sets its size, and does not see the cell that checks it. */
const CALLED: Readonly<Record<string, string>> = { checkSize: "size" };

const SIGNATURES = signatures(Object.keys(MADE));

/** Functions, and the classes of layers, which are called too; other classes are errors, which the library makes. */
const isDoor = (value: unknown): boolean =>
  typeof value === "function" &&
  (!/^class\b/.test(Function.prototype.toString.call(value)) || value.prototype instanceof tf.layers.Layer);

describe.each(ROOMS)("%s", (name, room, doors) => {
  it("has every public function in the table", () => {
    const named = Object.entries(room)
      .filter(([, value]) => isDoor(value))
      .map(([key]) => key);
    expect(named.filter((key) => !(key in doors) && !OPEN[name]?.includes(key))).toEqual([]);
  });

  it("has each function's own name in its errors, none that it calls", () => {
    const called = Object.keys(doors).map((key) => CALLED[key] ?? key.split(",")[0]);
    expect(Object.values(doors).map((door) => door.name)).toEqual(called);
  });

  it.each(Object.entries(doors))(
    "%s checks each argument, and refuses what it cannot take by its name",
    async (key, door) => {
      const signature = door.signature ?? SIGNATURES.get(`${name}.${key}`);
      expect(signature, "its signature").toBeDefined();
      const free = Object.keys(FREE[`${name}.${key}`] ?? {});
      expect(await faults(door, signature!, free)).toEqual([]);
    },
  );
});

describe("the audit", () => {
  const signature = { names: ["options"], places: ["0", "0.loud", "0.name"], optional: ["0.name"] };
  const found = (call: unknown): Promise<string[]> =>
    faults(
      door("open", call, () => [{ loud: true }]),
      signature,
    );

  it("finds nothing in a function that checks all its arguments", async () => {
    const rules = { loud: aFlag, name: optional(aText) };
    expect(await found((options: object) => checkOptions("open", options, rules))).toEqual([]);
  });

  it("sees an argument that no rule holds", async () => {
    expect(await found((options: object) => checkOptions("open", options, { loud: aFlag }, ["name"]))).toEqual([
      "open: no rule is seen for options.name",
    ]);
  });

  it("sees what is let through, and what fails inside", async () => {
    const late = await found((options: { loud: boolean; name?: string }) => {
      if (options?.loud === true || options?.loud === false)
        checkArguments("open", { options, ...options }, { options: anObject, loud: aFlag, name: optional(aText) });
    });
    expect(late.length).toBeGreaterThan(5);
    expect(late.join("\n")).toContain("open with options.loud = 0: let through");
    const inside = await found((options: { loud: boolean; name: string }) => {
      checkArguments(
        "open",
        { options, loud: options.loud },
        { options: anObject, loud: aFlag, name: optional(aText) },
      );
      options.name.slice(1);
    });
    expect(inside.join("\n")).toMatch(/open with options = undefined: TypeError: Cannot read/);
  });

  it("sees another function's name in an error", async () => {
    const other = await found((options: object) =>
      checkOptions("inner", options, { loud: aFlag, name: optional(aText) }),
    );
    expect(other.join("\n")).toContain("open with options.loud = 0: TypeError: inner: loud must be true or false");
  });

  it("reads the arguments of functions and classes from their types", () => {
    expect(SIGNATURES.get("datasets.decodeImage")).toEqual({
      names: ["bytes", "name", "channels"],
      places: ["0", "1", "2"],
      optional: [],
    });
    expect(SIGNATURES.get("layers.Dropout")?.places).toEqual(["0", "0.rate", "0.name", "0.trainable", "0.inputShape"]);
    expect(SIGNATURES.get("plots.lines")?.places).toContain("0.series[].x");
    expect(SIGNATURES.get("train.fit")?.places).toContain("2.augment.randAugment.magnitude");
  });
});
