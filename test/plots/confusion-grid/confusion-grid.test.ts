/** What a confusion grid counts, which images it shows, and what it takes in a notebook. */
import { JSDOM } from "jsdom";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { chooseImages } from "../../../lib/plots/confusion-grid/choose-images.js";
import { groupCounts, groupsOf } from "../../../lib/plots/confusion-grid/groups.js";
import type { GridData } from "../../../lib/plots/confusion-grid/page/grid-data.js";
import { spriteSheet } from "../../../lib/plots/confusion-grid/sprite-sheet.js";
import { tallyOf } from "../../../lib/plots/confusion-grid/tally.js";
import { confusionGrid, type PageFigure } from "../../../lib/plots/index.js";
import { drawnImages, SOURCE } from "../browser/figures.js";
import { gridOptions } from "../browser/grids.js";

/** What the page's script is given. */
function dataOf(figure: PageFigure): GridData {
  const fragment = JSDOM.fragment(figure.toHtml());
  return JSON.parse(fragment.querySelector('script[type="application/json"]')!.textContent!) as GridData;
}

/** Every image as many gray pixels as it takes, of its own number. */
function numbered(count: number): { readonly images: Uint8Array; readonly imageShape: number[] } {
  const images = new Uint8Array(count * 64);
  for (let i = 0; i < count; i++) images.fill((i * 40) % 256, i * 64, (i + 1) * 64);
  return { images, imageShape: [8, 8, 1] };
}

const errorsOf = ({ indices, labels, predictions }: GridData): boolean[] =>
  indices.map((_, i) => labels[i] !== predictions[i]);

describe("confusionGrid()", () => {
  it("shows itself as a piece of a page, a still picture, a PDF and text", async () => {
    const figure = await confusionGrid(gridOptions());
    const bundle = (figure as unknown as Record<symbol, () => object>)[Symbol.for("Jupyter.display")]!();
    expect(Object.keys(bundle)).toEqual(["text/html", "image/svg+xml", "application/pdf", "text/plain"]);
    expect(bundle).toMatchObject({ "text/html": figure.toHtml(), "image/svg+xml": figure.toSvg() });
    for (const text of [figure.toSvg().replace(/<\/text><text[^>]*>/g, " "), String(figure), figure.description])
      expect(text).toContain(SOURCE);
  });

  it("counts all images, of which it shows some", async () => {
    const options = { ...gridOptions(200, 8), maxImages: 50 };
    const figure = await confusionGrid(options);
    const { counts, indices, labels, predictions } = dataOf(figure);
    const expected = new Map<string, number>();
    Array.from(options.labels, (label, i) => {
      const pair = `${label},${options.predictions[i]}`;
      expected.set(pair, (expected.get(pair) ?? 0) + 1);
    });
    const found = Array.from({ length: counts.length / 3 }, (_, i) => counts.slice(3 * i, 3 * i + 3));
    expect(new Map(found.map(([label, prediction, count]) => [`${label},${prediction}`, count]))).toEqual(expected);
    expect(indices.length).toBe(50);
    expect(labels).toEqual(indices.map((index) => options.labels[index]));
    expect(predictions).toEqual(indices.map((index) => options.predictions[index]));
    const errors = options.predictions as number[];
    const wrong = errors.filter((prediction, i) => prediction !== options.labels[i]).length;
    expect(String(figure)).toContain(
      `50 of 200 images are shown: all ${wrong} errors, and ${50 - wrong} of ${200 - wrong} right ones by lot (seed 0)`,
    );
  });

  it("shows the errors first, and says how many where not all of them can be shown", async () => {
    const count = 40;
    const labels = new Int32Array(count);
    const predictions = Int32Array.from({ length: count }, (_, i) => (i % 4 === 0 ? 0 : 1)); // 30 errors
    const set = { title: "t", ...numbered(count), labels, predictions, classNames: ["a", "b"] };
    const all = dataOf(await confusionGrid({ ...set, maxImages: 35 }));
    expect(errorsOf(all)).toEqual([...new Array(30).fill(true), ...new Array(5).fill(false)]);
    const confidences = Float32Array.from({ length: count }, (_, i) => (i === 39 ? NaN : i / 100));
    const some = await confusionGrid({ ...set, confidences, maxImages: 10 });
    expect(dataOf(some).indices).toEqual([38, 37, 35, 34, 33, 31, 30, 29, 27, 26]);
    expect(dataOf(some).confidences!.slice(0, 2)).toEqual([380, 370]);
    expect(String(some)).toContain("10 of 40 images are shown: 10 of 30 errors, the most confident");
    const lot = await confusionGrid({ ...set, maxImages: 10, seed: 3 });
    expect(String(lot)).toContain("10 of 40 images are shown: 10 of 30 errors by lot (seed 3)");
    expect(errorsOf(dataOf(lot))).toEqual(new Array(10).fill(true));
  });

  it("is the same, byte for byte, each time, and another with another seed", async () => {
    const options = { ...gridOptions(), maxImages: 60 };
    const [one, again, other] = await Promise.all([
      confusionGrid(options),
      confusionGrid(options),
      confusionGrid({ ...options, seed: 1 }),
    ]);
    expect(again.toHtml()).toBe(one.toHtml());
    expect(again.toSvg()).toBe(one.toSvg());
    expect(Buffer.from(again.toPdf()).equals(Buffer.from(one.toPdf()))).toBe(true);
    expect(dataOf(other).indices).not.toEqual(dataOf(one).indices);
  });

  it("holds each image where its number says, in the sheet's pixels", async () => {
    const options = { title: "t", ...numbered(6), labels: [0, 0, 0, 0, 0, 0], predictions: [0, 1, 0, 1, 0, 1] };
    const { sheet, indices } = dataOf(await confusionGrid({ ...options, classNames: ["a", "b"] }));
    expect([...indices]).toEqual([1, 3, 5, 0, 2, 4]);
    const { data, info } = await sharp(Buffer.from(sheet.source.split(",")[1]!, "base64"))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const middles = indices.map((_, i) => {
      const [x, y] = [(i % sheet.columns) * 8 + 4, Math.floor(i / sheet.columns) * 8 + 4];
      return data[(y * info.width + x) * info.channels]!;
    });
    middles.forEach((value, i) => expect(Math.abs(value - indices[i]! * 40), `image ${indices[i]}`).toBeLessThan(8));
  });

  it("leaves the last images out where the least quality is too large, and says so", async () => {
    const noise = Uint8Array.from({ length: 400 * 32 * 32 * 3 }, (_, i) => (Math.imul(i, 2654435761) >>> 13) & 255);
    const labels = Array.from({ length: 400 }, (_, i) => i % 2);
    const set = { images: noise, imageShape: [32, 32, 3], labels, predictions: labels, classNames: ["a", "b"] };
    const figure = await confusionGrid({ title: "noise", ...set, maxBytes: 20_000 });
    const { sheet, indices } = dataOf(figure);
    expect(sheet.source.length).toBeLessThanOrEqual(20_000);
    expect(indices.length).toBeGreaterThan(0);
    expect(indices.length).toBeLessThan(400);
    expect(String(figure)).toContain(`${indices.length} of 400 images are shown: all 0 errors, and ${indices.length}`);
  });

  it("takes a single image smaller where even the least quality is too large", async () => {
    let state = 7;
    const noise = Uint8Array.from({ length: 128 * 128 * 3 }, () => {
      state = (state * 48_271) % 2_147_483_647;
      return state % 2 === 0 ? 0 : 255;
    });
    const set = { images: noise, imageShape: [128, 128, 3], labels: [0], predictions: [0], classNames: ["a"] };
    const { sheet, indices } = dataOf(await confusionGrid({ title: "t", ...set, maxBytes: 10_000 }));
    expect(sheet.source.length).toBeLessThanOrEqual(10_000);
    expect([...indices, sheet.width, sheet.height]).toEqual([0, 64, 64]);
  });

  it("takes large images reduced, and opacity on white", async () => {
    const [one, two] = [drawnImages(1, 300), new Uint8Array(4 * 4 * 4)];
    const set = { title: "t", labels: [0], predictions: [0], classNames: ["a"] };
    expect(dataOf(await confusionGrid({ ...set, images: one, imageShape: [300, 300, 3] })).sheet.width).toBe(100);
    const { sheet } = dataOf(await confusionGrid({ ...set, images: two, imageShape: [4, 4, 4] }));
    const pixels = await sharp(Buffer.from(sheet.source.split(",")[1]!, "base64"))
      .raw()
      .toBuffer();
    expect(Math.min(...pixels)).toBeGreaterThan(250);
  });

  it("writes names of any letters as they are, in ASCII", async () => {
    const names = ['</script><b>"&amp;"', "Ä 猫 🐈"];
    const set = { ...numbered(2), labels: [0, 1], predictions: [1, 1], classNames: names };
    const html = (await confusionGrid({ ...set, title: names.join(" ") })).toHtml();
    expect(/[^\t\n\u0020-\u007e]/.exec(html)?.[0]).toBeUndefined();
    const fragment = JSDOM.fragment(html);
    expect(fragment.querySelectorAll("b").length).toBe(0);
    expect(fragment.querySelector("img")!.alt).toContain(`${names[0]} taken for ${names[1]}: 1`);
    expect(JSON.parse(fragment.querySelector("script")!.textContent!)).toMatchObject({ classNames: names });
  });

  it.each<[string, object]>([
    ["labels must hold one entry for each of the 2 images, got 1", { labels: [0] }],
    ["predictions must be class indices from 0 to 1, got 2 at 1", { predictions: [0, 2] }],
    ["labels must be class indices from 0 to 1, got 0.5 at 0", { labels: [0.5, 0] }],
    ["confidences must be from 0 to 1, or NaN, got 2 at 0", { confidences: [2, 0] }],
    ["confidences must hold one entry for each of the 2 images, got 3", { confidences: [0, 0, 0] }],
    ["maxImages must be a whole number from 1 to 10000, got maxImages=0", { maxImages: 0 }],
    ["an option must be known, got maximages; did you mean maxImages?", { maximages: 3 }],
  ])("refuses bad input: %s", async (message, wrong) => {
    const set = { title: "t", ...numbered(2), labels: [0, 1], predictions: [0, 1], classNames: ["a", "b"] };
    await expect(confusionGrid({ ...set, ...wrong })).rejects.toThrow(`confusionGrid: ${message}`);
  });
});

describe("of many images and classes", () => {
  it("60,000 small images keep within 700,000 bytes, 3,000 of them shown", async () => {
    const count = 60_000;
    const images = new Uint8Array(count * 784);
    for (let i = 0; i < images.length; i++) images[i] = Math.imul(i, 2654435761) >>> 26; // dim noise: hard to pack
    const labels = Int32Array.from({ length: count }, (_, i) => i % 10);
    const predictions = labels.map((label, i) => (i % 9 === 0 ? (label + 1) % 10 : label));
    const set = { images, imageShape: [28, 28, 1], labels, predictions };
    const figure = await confusionGrid({ title: "t", ...set, classNames: Array.from("abcdefghij") });
    const { sheet, counts, indices } = dataOf(figure);
    expect(sheet.source.length).toBeLessThanOrEqual(700_000);
    expect(counts.filter((_, i) => i % 3 === 2).reduce((sum, one) => sum + one)).toBe(count);
    expect(indices.length).toBe(3000);
    expect(String(figure)).toContain("3,000 of 60,000 images are shown: 3,000 of 6,667 errors by lot (seed 0)");
  });

  it("of 100 classes those confused most stand alone, and the counts are still of all", () => {
    const labels = Array.from({ length: 1000 }, (_, i) => i % 100);
    const predictions = labels.map((label, i) => (label >= 90 && i % 2 === 0 ? 189 - label : label));
    const tally = tallyOf("t", labels, predictions, 100);
    const groups = groupsOf(tally, labels.slice(0, 100).map(String));
    expect(groups.length).toBe(21);
    expect(groups.slice(10, 20).map(({ name }) => Number(name))).toEqual([90, 91, 92, 93, 94, 95, 96, 97, 98, 99]);
    expect(groups[20]!.name).toBe("80 others");
    const counts = groupCounts(tally, groups).flat();
    expect(counts.reduce((sum, count) => sum + count)).toBe(1000);
  });

  it("draws each right image as often as any other", () => {
    const tally = tallyOf("t", new Int32Array(8), new Int32Array(8), 1);
    const times = new Array<number>(8).fill(0);
    for (let seed = 0; seed < 4000; seed++)
      for (const index of chooseImages(tally, { confidences: undefined, seed, maxImages: 2 })) times[index]!++;
    // 1,000 each of a binomial of deviation 27: five of these
    for (const one of times) expect(Math.abs(one - 1000)).toBeLessThan(137);
  });

  it("keeps the best quality that fits", async () => {
    const batch = { images: drawnImages(64, 16), imageShape: [16, 16, 3] };
    const indices = Array.from({ length: 64 }, (_, i) => i);
    const [small, large] = await Promise.all([3_000, 100_000].map((most) => spriteSheet("t", batch, indices, most)));
    expect(small!.dataUri.length).toBeLessThanOrEqual(3_000);
    expect(large!.dataUri.length).toBeGreaterThan(small!.dataUri.length);
    expect([small!.indices.length, large!.indices.length]).toEqual([64, 64]);
  });
});
