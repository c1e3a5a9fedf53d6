/** What the doors of this room hold their arguments to. */
import {
  aFlag,
  aFunction,
  aList,
  aNatural,
  anObject,
  aTitle,
  optional,
  withFields,
  type Rule,
  type Rules,
} from "../checks.js";

/** What goes into JSON and comes out the same. */
export const plainData: Rule = {
  what: "an object of plain data that JSON can hold",
  holds: (value) => {
    if (!anObject.holds(value)) return false;
    try {
      return JSON.stringify(value, refuseOthers) !== undefined;
    } catch {
      return false; // a circle, a bigint, a function
    }
  },
};

function refuseOthers(_: string, value: unknown): unknown {
  if (typeof value === "function" || typeof value === "symbol") throw new TypeError("no JSON");
  return value;
}

/** What `log` takes. */
export const aRunLog: Rule = withFields("a log (tracking.jsonLines(path), say)", {
  name: aTitle,
  start: aFunction,
  takesModels: optional(aFlag),
  showsProgress: optional(aFlag),
  address: optional(plainData),
});

/** What `startRun` gives. */
export const anActiveRun: Rule = {
  what: "a run (of tracking.startRun)",
  holds: (value) =>
    anObject.holds(value) &&
    ["log", "describe", "end"].every((name) => aFunction.holds((value as Record<string, unknown>)[name])),
};

/** Numbers by name, NaN and infinities too. */
export const someValues: Rule = {
  what: "an object of numbers by name",
  holds: (value) => {
    if (!anObject.holds(value)) return false;
    for (const name in value as object) {
      if (name === "" || typeof (value as Record<string, unknown>)[name] !== "number") return false;
    }
    return true;
  },
  hint: (value) => {
    const [name] = anObject.holds(value)
      ? (Object.entries(value as object).find(([, one]) => typeof one !== "number") ?? [])
      : [];
    return name === undefined ? "" : `; ${name} is none (of a tensor: (await tensor.data())[0])`;
  },
};

/** Lists of numbers by name. */
export const someLists: Rule = {
  what: "an object of arrays of numbers by name",
  holds: (value) =>
    anObject.holds(value) &&
    Object.entries(value as object).every(([name, list]) => isFileName(name) && aList.holds(list)),
};

/** Images by name. */
export const someImages: Rule = {
  what: "an object of images by name, each { data, height, width, channels } of uint8 [height, width, channels]",
  holds: (value) =>
    anObject.holds(value) &&
    Object.entries(value as object).every(([name, image]) => isFileName(name) && isImage(image)),
};

function isImage(value: unknown): boolean {
  if (!anObject.holds(value)) return false;
  const { data, height, width, channels } = value as Record<string, unknown>;
  return (
    (data instanceof Uint8Array || data instanceof Uint8ClampedArray) &&
    [1, 3, 4].includes(channels as number) &&
    data.length > 0 &&
    data.length === (height as number) * (width as number) * (channels as number)
  );
}

/** "model/weights.safetensors": relative, "/" between folders, none of them ".." */
export const aFileName: Rule = {
  what: 'a name, "/" between folders, that leads to no other folder',
  kindFits: (value) => typeof value === "string",
  holds: (value) => typeof value === "string" && isFileName(value),
};

function isFileName(name: string): boolean {
  return name.split("/").every((part) => part.trim() !== "" && part !== "." && part !== ".." && !/[\\\0:]/.test(part));
}

/** A moment of a run. */
export const PLACE_RULES: Rules = { step: optional(aNatural), epoch: optional(aNatural) };
