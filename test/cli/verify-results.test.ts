import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { verifyResults } from "../../lib/cli/verify-results.js";
import { cameAbout } from "../../lib/cli/verify-results/came-about.js";
import { fill } from "../../lib/cli/verify-results/figures.js";
import { recompute, sameArchives, whyOtherImages } from "../../lib/cli/verify-results/recompute.js";
import { storedResults, type Stored } from "../../lib/cli/verify-results/stored-runs.js";
import { fillNotebook } from "../../lib/cli/verify-results/texts.js";
import { confusionMatrix } from "../../lib/analysis/index.js";
import { generated, subset, withClasses } from "../../lib/datasets/index.js";
import type { Claim } from "../../lib/study/claims.js";
import { labelsDigest, storedPredictions } from "../../lib/study/report.js";
import type { StoredPredictions } from "../../lib/study/study-result.js";
import type { StoredResult } from "../../lib/study/stored-result.js";
import { ROOT, temporaryFolder } from "./project.js";

const images = generated({ trainImages: 1, testImages: 30 });
const classes = Uint8Array.from(images.test.labels, (label, i) => (i < 12 ? label : 3));
const { matrix, accuracy } = confusionMatrix(images.test.labels, classes, 10);

function result(
  overrides: {
    classes?: Uint8Array;
    accuracy?: number;
    confusion?: readonly (readonly number[])[];
    measures?: Record<string, number>;
  } = {},
): StoredResult {
  const run = {
    test: {
      dataset: "generated",
      split: "test" as const,
      count: 30,
      seed: 5,
      labels: labelsDigest(images.test.labels),
    },
    classes: Buffer.from(overrides.classes ?? classes).toString("base64"),
    accuracy: overrides.accuracy ?? accuracy,
    confusion: overrides.confusion ?? matrix,
  };
  return {
    study: "a-study",
    size: "quick",
    data: { kind: "generated" },
    measures: { "run.accuracy": accuracy, ...overrides.measures },
    wallSeconds: 90,
    machine: { cores: 2, cpu: "a CPU" },
    predictions: { run },
    claims: [{ statement: "old", holds: true }],
  } as unknown as StoredResult;
}

describe("recompute()", () => {
  it("finds nothing where predictions, accuracy and confusion agree", () => {
    expect(recompute(result(), [], () => images)).toEqual([]);
  });

  it("finds predictions that were changed, with the images and without", () => {
    const changed = Uint8Array.from(classes);
    changed[0] = 9 - changed[0]!;
    expect(recompute(result({ classes: changed }), [], () => images).join()).toMatch(
      /predictions count .* computed again/s,
    );
    expect(recompute(result({ classes: changed }), [], () => "no images").join()).toMatch(/predictions count/);
  });

  it("finds predictions whose counts agree, but not their places", () => {
    const swapped = Uint8Array.from(classes);
    [swapped[0], swapped[1]] = [swapped[1]!, swapped[0]!];
    expect(recompute(result({ classes: swapped }), [], () => images).join()).toContain(
      "run: the confusion matrix computed again is another",
    );
  });

  it("finds a comparison that is another than the predictions', of runs that may be stored apart", () => {
    const part = (run: string, right: number, measures: Record<string, number> = {}): StoredResult => {
      const made = result();
      const guessed = Uint8Array.from(images.test.labels, (label, i) => (i < right ? label : (label + 1) % 10));
      const stored = storedPredictions(images.test, 5, guessed);
      return {
        ...made,
        config: { seed: 0, arms: run },
        measures: { [`${run}.accuracy`]: stored.accuracy, ...measures },
        predictions: { [run]: { ...stored, test: { ...stored.test, seed: 5 } } },
      };
    };
    const pair = { "vit.over.cnn.points": 100 * (24 / 30 - 18 / 30), "vit.over.cnn.pValue": 2 ** -5 }; // 6 : 0
    const [vit, cnn] = [part("vit", 24, pair), part("cnn", 18)];
    expect(recompute(vit, [], () => images, [vit, cnn])).toEqual([]);
    const wrong = part("vit", 24, { ...pair, "vit.over.cnn.pValue": 0.01 });
    expect(recompute(wrong, [], () => images, [wrong, cnn])).toEqual([
      expect.stringMatching(/^vit\.over\.cnn\.pValue is 0\.01, from the predictions stored 0\.03125/),
    ]);
    const otherSeed = { ...cnn, config: { ...cnn.config, seed: 1 } };
    expect(recompute(vit, [], () => images, [vit, otherSeed])[0]).toBe(
      `vit.over.cnn.points is ${pair["vit.over.cnn.points"]}, from the predictions stored it cannot be had`,
    );
  });

  it("finds an accuracy that is another than the predictions'", () => {
    expect(recompute(result({ accuracy: 0.9 }), [], () => "no images").join()).toContain("the accuracy stored is 0.9");
    expect(recompute(result({ measures: { "run.accuracy": 0.9 } }), [], () => "no images")).toEqual([
      expect.stringContaining("the accuracy measured is 0.9"),
    ]);
  });

  it("finds a claim that does not hold", () => {
    const claim = {
      statement: "good",
      kind: "exact",
      sizes: ["quick"],
      conditions: [{ measure: "run.accuracy", is: ">=", value: 0.99 }],
      basis: "a test",
    } as const;
    expect(recompute(result(), [claim], () => "no images")).toEqual([
      expect.stringContaining("the claim does not hold: good (run.accuracy"),
    ]);
  });

  it("judges no claim that was made since, about what the result did not measure", () => {
    const about = (statement: string): Claim => ({
      statement,
      kind: "exact",
      sizes: ["quick"],
      conditions: [{ measure: "other.parameters", is: "=", value: 3 }],
      basis: "a test",
    });
    expect(recompute(result(), [about("new")], () => "no images")).toEqual([]);
    expect(recompute(result(), [about("old")], () => "no images")).toEqual([
      expect.stringContaining("the claim does not hold: old (other.parameters (not measured"),
    ]);
  });

  it("whyOtherImages() tells other images from these", () => {
    expect(whyOtherImages(result(), images)).toBeUndefined();
    expect(whyOtherImages(result(), generated({ trainImages: 1, testImages: 20 }))).toContain(
      "has 20 test images, the result needs 30",
    );
    const other = { ...images, test: { ...images.test, labels: images.test.labels.map((label) => (label + 1) % 10) } };
    expect(whyOtherImages(result(), other)).toContain("has other labels");
  });
});

describe("predictions on some of a dataset's classes", () => {
  const chosen = [7, 1].map((label) => images.test.classNames[label]!);
  const some = subset(images.test, { classes: chosen, count: 5, seed: 3 });
  // Outputs that no image has the label of, as a network of more outputs than classes has them.
  const set = withClasses(some, [...chosen, "class 2"]);
  const stored = storedPredictions(set, 3, [0, 1, 2, 0, 1]);
  const of = (run: StoredPredictions): StoredResult =>
    ({ ...result(), measures: { "run.accuracy": run.accuracy }, predictions: { run } }) as StoredResult;

  it("are drawn again by the classes' names, in the order of their labels", () => {
    expect(whyOtherImages(of(stored), images)).toBeUndefined();
    expect(recompute(of(stored), [], () => images)).toEqual([]);
  });

  it("are known not to be of other classes", () => {
    const other = { ...stored, test: { ...stored.test, classNames: chosen.toReversed() } };
    expect(whyOtherImages(of(other), images)).toContain("has other labels");
    const few = { ...stored, test: { ...stored.test, count: 29 } };
    expect(whyOtherImages(of(few), images)).toMatch(/has \d+ test images, the result needs 29/);
  });
});

it("sameArchives() compares files and digests, and calls none the same as none", () => {
  const archives = [{ file: "a.tar.gz", digest: "sha256:00", from: "here" }];
  const from = (list: typeof archives): typeof images => ({
    ...images,
    provenance: { ...images.provenance, archives: list },
  });
  const measured = (list: typeof archives): StoredResult => ({
    ...result(),
    data: { kind: "archive", label: "", archives: list },
  });
  expect(sameArchives(measured(archives), from([{ ...archives[0]!, from: "there" }]))).toBe(true);
  expect(sameArchives(measured(archives), from([{ ...archives[0]!, digest: "sha256:01" }]))).toBe(false);
  expect(sameArchives(measured([]), from([]))).toBe(false);
});

describe("cameAbout()", () => {
  const stored = storedResults(join(ROOT, "notebooks"));
  const changed = (change: (result: Record<string, unknown>) => void, name = stored[0]!.name): Stored => {
    const copy = structuredClone(stored[0]!.result) as unknown as Record<string, unknown>;
    change(copy);
    return { name, result: copy as unknown as StoredResult };
  };

  it.each(stored.map((one) => [one.name, one] as const))("finds nothing in %s", (_name, one) => {
    expect(cameAbout(one)).toEqual([]);
  });

  it.each([
    "command",
    "date",
    "commit",
    "kernel",
    "notebook",
    "wallSeconds",
    "versions",
    "machine",
    "data",
    "config",
    "parts",
    "claims",
  ])("finds a result without %s", (field) => {
    expect(cameAbout(changed((result) => delete result[field])).join()).toContain(field);
  });

  it("finds a copy under another name, a run that was not to be stored, and a seed that is not the command's", () => {
    const { study } = stored[0]!.result;
    expect(cameAbout(changed(() => {}, `${study}/quick.seed-77`))).toEqual([
      expect.stringMatching(/^its command would store it as /),
    ]);
    expect(
      cameAbout(
        changed((result) => (result["command"] = `npm run studies -- ${study} --size quick`), `${study}/quick`),
      ),
    ).toEqual(["its command would store it as nothing"]);
    const seeded = changed(
      (result) =>
        Object.assign(result, {
          command: `npm run studies -- ${study} --size quick --set seed=5 --store`,
          config: { seed: 4 },
        }),
      `${study}/quick.seed-5`,
    );
    expect(cameAbout(seeded)).toEqual(["its command sets seed=5, its config says 4"]);
  });
});

describe("fillNotebook()", () => {
  const stored = [{ name: "a-study/quick", result: { ...result(), backend: 'one "two" \\three' } }];
  const text = (number: string): string =>
    `So <!-- a-study/quick run.accuracy percent 1 -->${number}<!-- / -->\nof <!-- a-study/quick backend ` +
    "text -->it<!-- / -->";
  const notebook = (source: string | string[]): string =>
    `${JSON.stringify(
      {
        cells: [
          { cell_type: "code", source: [text("1 %")], outputs: [{ text: text("1 %") }] },
          { cell_type: "markdown", source },
        ],
      },
      null,
      1,
    )}\n`;

  it("mends the prose line by line, whatever letters come in, and leaves code and outputs alone", () => {
    const { text: filled, count, problems } = fillNotebook(notebook(text("1 %").split(/(?<=\n)/)), stored);
    expect([count, problems.length]).toEqual([2, 2]);
    const { cells } = JSON.parse(filled) as { cells: { source: string[] }[] };
    expect(cells[0]!.source).toEqual([text("1 %")]);
    expect(cells[1]!.source).toEqual([
      text("46.7 %").split("\n")[0] + "\n",
      'of <!-- a-study/quick backend text -->one "two" \\three<!-- / -->',
    ]);
    expect(fillNotebook(filled, stored)).toEqual({ text: filled, count: 2, problems: [] });
  });
});

describe("fill()", () => {
  const stored = [{ name: "a-study/quick", result: result() }];
  const marker = (format: string, shown: string, measure = "run.accuracy") =>
    `so <!-- a-study/quick ${measure} ${format} -->${shown}<!-- / --> it is`;

  it("leaves a text that agrees as it is", () => {
    const text =
      `${marker("percent 1", "46.7 %")} and ${marker("minutes 1", "1.5 min", "wallSeconds")} on ` +
      `${marker("integer", "2", "machine.cores")} cores of ${marker("text", "a CPU", "machine.cpu")}`;
    expect(fill(text, stored)).toEqual({ text, count: 4, problems: [] });
  });

  it("finds and mends a number that differs", () => {
    const { text, problems } = fill(marker("percent 1", "99.9 %"), stored);
    expect(problems).toEqual(["a-study/quick run.accuracy is 46.7 %, the text says 99.9 %"]);
    expect(text).toBe(marker("percent 1", "46.7 %"));
  });

  it.each([
    [marker("percent 1", "1 %", "run.loss"), "a-study/quick run.loss is not stored"],
    [marker("percent 1", "1 %").replace("quick", "full"), "a-study/full run.accuracy is not stored"],
    [marker("per cent", "1 %"), "1 of 1 markers cannot be read"],
    ["<!-- a-study/quick run.accuracy percent 1 -->46.7 %", "1 of 1 markers cannot be read"],
  ])("finds what names nothing: %s", (text, problem) => {
    expect(fill(text, stored).problems.join()).toContain(problem);
  });
});

/** Where no archive is, so that only what the results say of themselves is verified. */
function withoutImages(): void {
  vi.stubEnv("SACCADE_MIRROR", "");
  vi.stubEnv("SACCADE_CACHE", temporaryFolder());
}

describe("verifyResults()", () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  it("passes on this checkout's results, README and notebooks", async () => {
    const lines: string[] = [];
    const code = await verifyResults(ROOT, { download: false, print: (line) => void lines.push(line) });
    console.log(lines.join("\n")); // says too where the images could not be had
    expect(lines.filter((line) => /DIFFER/.test(line))).toEqual([]);
    expect(code).toBe(0);
    expect(storedResults(join(ROOT, "notebooks")).length).toBeGreaterThan(0);
  });

  it("fetches no archive where it must not, and says so", async () => {
    withoutImages();
    const fetched = vi.spyOn(globalThis, "fetch");
    const lines: string[] = [];
    expect(await verifyResults(ROOT, { download: false, print: (line) => void lines.push(line) })).toBe(0);
    expect(lines).toContainEqual(
      expect.stringMatching(/^cifar-10-binary\.tar\.gz is not on this machine, and its 170 MB are not fetched now/),
    );
    expect(
      lines.filter((line) => line.includes("not computed again from the labels: the archive is not on this machine")),
    ).toHaveLength(storedResults(join(ROOT, "notebooks")).length + 1); // bench cifar100's predictions
    expect(fetched).not.toHaveBeenCalled();
  });

  it("fails on a README whose number differs, and mends it with --write", async () => {
    withoutImages();
    const root = temporaryFolder();
    mkdirSync(join(root, "notebooks"));
    cpSync(join(ROOT, "notebooks/results"), join(root, "notebooks/results"), { recursive: true });
    const [first] = storedResults(join(root, "notebooks"));
    const [measure] = Object.keys(first!.result.measures);
    writeFileSync(join(root, "README.md"), `<!-- ${first!.name} ${measure} fixed 3 -->-1<!-- / -->`);
    const print = (): void => {};
    expect(await verifyResults(root, { print, download: false })).toBe(1);
    expect(await verifyResults(root, { print, download: false, write: true })).toBe(0);
    expect(readFileSync(join(root, "README.md"), "utf8")).toContain(
      `-->${first!.result.measures[measure!]!.toFixed(3)}<!-- / -->`,
    );
    expect(readdirSync(root)).toEqual(["README.md", "notebooks"]);
  });

  it.each(["another.ipynb", "NOTES.md"])("fails on notebooks/%s whose number differs, and mends it", async (file) => {
    withoutImages();
    const root = temporaryFolder();
    mkdirSync(join(root, "notebooks"));
    cpSync(join(ROOT, "notebooks/results"), join(root, "notebooks/results"), { recursive: true });
    const [first] = storedResults(join(root, "notebooks"));
    const prose = `<!-- ${first!.name} wallSeconds minutes 1 -->-1 min<!-- / -->`;
    writeFileSync(
      join(root, "notebooks", file),
      file.endsWith(".md") ? prose : JSON.stringify({ cells: [{ cell_type: "markdown", source: [prose] }] }),
    );
    const lines: string[] = [];
    const print = (line: string): void => void lines.push(line);
    expect(await verifyResults(root, { print, download: false })).toBe(1);
    expect(lines.join("\n")).toContain(`notebooks/${file}: 1 numbers DIFFER`);
    expect(await verifyResults(root, { print, download: false, write: true })).toBe(0);
    expect(await verifyResults(root, { print, download: false })).toBe(0);
  });

  it("fails on a notebook whose outputs no run wrote", async () => {
    withoutImages();
    const root = temporaryFolder();
    mkdirSync(join(root, "notebooks"));
    const outputs = [{ output_type: "stream", name: "stdout", text: "99 %" }];
    const cell = { cell_type: "code", metadata: { tags: ["parameters"] }, source: "", execution_count: 1, outputs };
    writeFileSync(join(root, "notebooks/mine.ipynb"), JSON.stringify({ cells: [cell], metadata: {} }));
    const lines: string[] = [];
    expect(await verifyResults(root, { print: (line) => void lines.push(line), download: false })).toBe(1);
    expect(lines.slice(-2)).toEqual([
      "notebooks/mine.ipynb: outputs DIFFER (npm run studies -- mine --write writes them anew)",
      "    its outputs were not written by studies --write",
    ]);
  });

  it("fails on a result that was changed by hand", async () => {
    withoutImages();
    const root = temporaryFolder();
    cpSync(join(ROOT, "notebooks/results"), join(root, "notebooks/results"), { recursive: true });
    const [first] = storedResults(join(root, "notebooks"));
    const file = join(root, "notebooks/results", `${first!.name}.json`);
    const measure = Object.keys(first!.result.measures).find((name) => name.endsWith(".accuracy"))!;
    writeFileSync(
      file,
      readFileSync(file, "utf8").replace(`"${measure}": ${first!.result.measures[measure]}`, `"${measure}": 0.99`),
    );
    const lines: string[] = [];
    expect(await verifyResults(root, { print: (line) => void lines.push(line), download: false })).toBe(1);
    expect(lines.join("\n")).toContain("the accuracy measured is 0.99");
  });
});
