/** How an error says the value that came: short, whatever it is. */
import { inspect } from "node:util";

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null;

/** "Uint8Array", whichever realm it is of. */
export const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/** A value that came, as an error's text says it: short, whatever it is. A set, a tensor or a model is only named. */
export function shown(value: unknown): string {
  if (typeof value === "function") return `a function`;
  const name = isObject(value) ? nameOf(value) : undefined;
  if (name !== undefined) return name;
  const all = inspect(named(value), { depth: 1, maxArrayLength: 8, maxStringLength: 100, breakLength: Infinity });
  const text = all.replace(/\s*\n\s*/g, " "); // what shows itself does so in several lines
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}

/** What an object is called in place of its fields: "a tensor [2, 3]". */
function nameOf(value: Fields): string | undefined {
  if (isTensorLike(value)) return `a tensor [${value["shape"].join(", ")}]`;
  if (isModelLike(value)) return "a model";
  if (isSetLike(value)) {
    const what = value["files"] === undefined ? "images" : "files";
    return `a set of ${value["labels"].length.toLocaleString("en")} ${what}${shapeText(value["imageShape"])}`;
  }
  const splits = Object.keys(value).filter((key) => isObject(value[key]) && isSetLike(value[key]));
  if (splits.length > 0) return `a dataset of ${splits.join(" and ")}`;
  if (tagOf(value) === "Promise") return "a promise (it has to be awaited)";
  return undefined;
}

export function isTensorLike(value: unknown): value is Fields & { readonly shape: readonly number[] } {
  return isObject(value) && "dataId" in value && Array.isArray(value["shape"]);
}

export function isModelLike(value: unknown): boolean {
  return (
    isObject(value) &&
    Array.isArray(value["inputs"]) &&
    Array.isArray(value["outputs"]) &&
    typeof value["apply"] === "function"
  );
}

function isSetLike(value: Fields): value is Fields & { readonly labels: ArrayLike<number> } {
  return isObject(value["labels"]) && "length" in value["labels"] && ("images" in value || "files" in value);
}

function shapeText(shape: unknown): string {
  return Array.isArray(shape) && shape.length <= 4 ? ` [${shape.join(", ")}]` : "";
}

/** The same, with the names of what it holds where these have one. */
function named(value: unknown): unknown {
  const called = (one: unknown): unknown => {
    const name = isObject(one) ? nameOf(one) : undefined;
    return name === undefined ? one : { [inspect.custom]: () => name };
  };
  if (Array.isArray(value)) return value.length > 100 ? value : value.map(called);
  if (!isObject(value) || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, called(one)]));
}
