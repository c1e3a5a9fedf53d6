import { escapeHtml } from "../../escape-html.js";
import { captionAndSource } from "../figure-checks.js";
import { digestOf } from "../svg/svg-document.js";
import { shownText, type Grid } from "./grid-words.js";
import { MOST_ALONE } from "./groups.js";
import type { GridData } from "./page/grid-data.js";
import { GridGallery } from "./page/grid-gallery.js";
import { GridImages } from "./page/grid-images.js";
import { GridLens } from "./page/grid-lens.js";
import { GRID_STYLE } from "./page/grid-style.js";
import { GridTable } from "./page/grid-table.js";
import { GridView } from "./page/grid-view.js";
import { pairsOf } from "./tally.js";

/**
 * Puts the view together. A figure may stand in a page several times: the script takes each that is not live yet.
 */
const START = `
for (const host of document.querySelectorAll('[data-figure="DIGEST"]')) {
  if (host.shadowRoot) continue;
  const shadow = host.attachShadow({ mode: "open" });
  const style = document.createElement("style");
  style.textContent = STYLE;
  const root = document.createElement("div");
  root.className = "root";
  shadow.append(style, root);
  const images = new GridImages(JSON.parse(host.querySelector("script").textContent));
  new GridView(root, {
    images,
    makeLens: (root) => new GridLens(root, images),
    makeTable: (root, lens, choose) => new GridTable(root, images, lens, choose),
    makeGallery: (root, lens) => new GridGallery(root, images, lens),
  });
}`;

/** A confusion grid as a piece of a page, in ASCII: its still picture, what the view is drawn from, what draws it. */
export function gridPage(grid: Grid, svg: string, description: string): string {
  const data = asciiJson(dataOf(grid));
  const alt = asciiHtml(`${grid.title}. ${description}`);
  const still = `<img src="${svgUri(svg)}" style="max-width:100%" alt="${alt}">`;
  const figure = digestOf(data);
  const classes = [GridImages, GridLens, GridTable, GridGallery, GridView].map(String);
  const start = START.replace("DIGEST", figure).replace("STYLE", () => asciiJson(GRID_STYLE));
  const script = `(() => {\n${asciiScript(classes.join("\n"))}${start}\n})();`;
  return (
    `<div data-figure="${figure}" data-lm-suppress-shortcuts="true">${still}` + // JupyterLab leaves its keys to it
    `<script type="application/json">${data}</script><script>${script}</script></div>`
  );
}

function dataOf(grid: Grid): GridData {
  const { title, source, classNames, tally, groups, sheet, confidences } = grid;
  const { labels, predictions } = tally;
  const { indices, tiles, columns, dataUri } = sheet;
  return {
    title,
    notes: [shownText(grid), ...captionAndSource(source).filter((line) => line !== "")],
    classNames,
    alone: groups.slice(0, MOST_ALONE).flatMap(({ classes }) => classes),
    mostAlone: MOST_ALONE,
    counts: pairsOf(tally).flatMap(({ label, prediction, count }) => [label, prediction, count]),
    indices,
    labels: indices.map((index) => labels[index]!),
    predictions: indices.map((index) => predictions[index]!),
    confidences: confidences ? indices.map((index) => thousandths(confidences[index]!)) : null,
    sheet: { width: tiles[0]!.width, height: tiles[0]!.height, columns, source: dataUri },
  };
}

/** As text: base64 of a picture that holds one in base64 would be a third larger. */
function svgUri(svg: string): string {
  const escaped = svg.replace(/[%&#"'<>\s]|[\u{80}-\u{10ffff}]/gu, (letter) => encodeURIComponent(letter));
  return `data:image/svg+xml,${escaped.replaceAll("'", "%27").replaceAll("%20", " ")}`;
}

function thousandths(value: number): number | null {
  return Number.isNaN(value) ? null : Math.round(Math.min(value, 1) * 1000);
}

const code = (letter: string): string => letter.charCodeAt(0).toString(16).padStart(4, "0");

/** JSON that may stand in a script element, which ends at its first closing tag. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<\u0080-\uffff]/g, (letter) => `\\u${code(letter)}`);
}

/** Outside texts other letters stand in comments alone. */
function asciiScript(text: string): string {
  return text.replace(/[\u0080-\uffff]/g, (letter) => `\\u${code(letter)}`);
}

function asciiHtml(text: string): string {
  return escapeHtml(text).replace(/[\u{80}-\u{10ffff}]/gu, (letter) => `&#${letter.codePointAt(0)};`);
}
