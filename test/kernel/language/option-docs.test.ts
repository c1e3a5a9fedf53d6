/** Each option that a public function takes says what it is, where a reader hovers over it in a cell. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Notebook } from "./notebook.js";

const ROOT = new URL("../../..", import.meta.url).pathname;
const read = (path: string): string => readFileSync(`${ROOT}lib/${path}.ts`, "utf8");
const ROOMS = [...read("index").matchAll(/export \* as (\w+) from "\.\/(.+)\.js"/g)].map(([, name, path]) => ({
  name: name!,
  path: path!,
}));

/** What a caller writes, by the ends of its types' names. */
const TAKEN = /^[A-Z]\w*(Options|Config|Args|Series|Axis|Callbacks)$|^(Augment|ColorJitter|Rand(Augment|om[A-Z]\w+))$/;

/** Names of the public types of options. */
function optionTypes(text: string): string[] {
  const exported = [...text.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, names]) =>
    names!
      .split(",")
      .flatMap((one) => /^\s*(type )?(\w+)\s*$/.exec(one)?.slice(1) ?? [])
      .map((word) => word?.trim()),
  );
  const names = exported.filter((name): name is string => name !== undefined && name !== "type");
  // A config whose options stand beside it holds the same ones.
  const twin = (name: string): boolean => names.includes(name.replace(/Config$/, "Options"));
  return [...new Set(names)].filter((name) => TAKEN.test(name) && !(name.endsWith("Config") && twin(name))).sort();
}

describe("hovering over an option", () => {
  let notebook: Notebook;
  beforeAll(async () => {
    notebook = new Notebook(ROOT);
    await notebook.all(`import { ${ROOMS.map(({ name }) => name).join(", ")} } from "saccade";`);
  });
  afterAll(() => notebook.close());

  /** What a reader is shown of the name that ends at the bar. */
  const shown = async (marked: string): Promise<string> => {
    const bundle = await notebook.language.inspect(marked.replace("|", ""), marked.indexOf("|"), 0);
    return String(bundle?.data["text/markdown"]); // the type between fences, and what is said of it
  };

  it.each([
    ["train.fit(0 as any, 0 as any, { epochs|: 1 })", "Passes over the set, above 0."],
    [
      "train.fit(0 as any, 0 as any, { labelSmoothing|: 0.1 })",
      "Label smoothing: the share of each target that goes to all classes alike",
    ],
    ["train.fit(0 as any, 0 as any, { schedule: { riseFraction|: 1 } })", "share of the run that rises"],
    ['train.fit(0 as any, 0 as any, { optimizer: { name: "sgd", nesterov|: true } })', "which looks one step ahead"],
    ["train.adam([], { beta2|: 0.9 })", "Decay of the mean of their squares"],
    ["train.predict(0 as any, '', { mean|: 0.5 })", "Mean of pixels in 0 to 1"],
    ['models.createModel("mynet", { numClasses|: 3 })', "Logits that come out, one for each class."],
    ["datasets.cifar10({ generated: { trainImages|: 3 } })", "Training images, 1 or more."],
    ["interface Own {\n  /** Said here. */\n  a: 1;\n}\nconst own: Partial<Own> = { a|: 1 };", "Said here."],
  ])("shows its documentation: %s", async (marked, text) => {
    expect(await shown(marked)).toContain(text);
  });

  it.each(ROOMS)("shows documentation of every option of $name", async ({ name: room, path }) => {
    const more = room === "models" ? read("models/weights/index") : "";
    const silent: string[] = [];
    for (const type of optionTypes(read(path) + more)) {
      const start = `declare const given: ${room}.${type}; given.`;
      const { items } = await notebook.language.complete(start, start.length);
      const options = items.filter((item) => item.type === "field").map((item) => item.text);
      expect(options, `${room}.${type}`).not.toEqual([]);
      for (const option of options) {
        const text = await shown(`${start}${option}|`);
        if (!/\n```\s+\S/.test(text)) silent.push(`${room}.${type}.${option}: ${text}`);
      }
    }
    expect(silent).toEqual([]);
  });
});
