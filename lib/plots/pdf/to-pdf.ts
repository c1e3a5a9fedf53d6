/**
 * A figure's still picture as a PDF file of one page, for papers: LaTeX takes no SVG. It draws what the SVG writer
 * wrote, in a reader's own Helvetica and Symbol, so that a plot takes some kilobytes.
 */
import { colorAt, rgb } from "../color-scale.js";
import { encodePng } from "../../png.js";
import { FIRST_RESOURCE, pdfFile, type PdfObject } from "./document.js";
import { runsOf } from "./fonts.js";
import { imageObject } from "./image.js";
import { numberOf, readSvg, type Shape } from "./read-svg.js";

/** Points of a pixel of CSS. */
const POINTS = 0.75;
/** Of a circle's quarter as a cubic curve. */
const ARC = 0.5523;
/** Pixels of a color bar. */
const BAR = 200;

/** @param svg as `toSvg` writes it */
export function toPdf(svg: string): Uint8Array {
  const root = readSvg(svg);
  const [width, height] = [numberOf(root, "width") * POINTS, numberOf(root, "height") * POINTS];
  const shapes = root.children.flatMap((one) => (one.name === "g" ? one.children : [one]));
  const page = new Drawing(shapes);
  // The page's y grows upwards, a picture's downwards.
  const content = `${POINTS} 0 0 ${-POINTS} 0 ${height} cm\n${shapes.map((shape) => page.draw(shape)).join("")}`;
  return pdfFile({ width, height, content, ...page.resources() });
}

class Drawing {
  readonly #objects: PdfObject[] = [
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    "<</Type/Font/Subtype/Type1/BaseFont/Symbol>>",
  ];
  readonly #images: string[] = [];
  /** Opacities by what sets them. */
  readonly #states = new Map<string, number>();
  /** What other shapes are filled with or cut to, by how they name it. */
  readonly #named: ReadonlyMap<string, Shape>;

  constructor(shapes: readonly Shape[]) {
    const named = shapes.filter(({ name }) => name === "linearGradient" || name === "clipPath");
    this.#named = new Map(named.map((one) => [`url(#${one.attributes["id"]})`, one]));
  }

  draw(shape: Shape): string {
    switch (shape.name) {
      case "line":
        return this.#painted(shape, `${point(shape, "x1", "y1")} m ${point(shape, "x2", "y2")} l`);
      case "rect":
        return this.#rectangle(shape);
      case "circle":
        return this.#painted(shape, circle(numberOf(shape, "cx"), numberOf(shape, "cy"), numberOf(shape, "r")));
      case "path":
        return this.#painted(shape, pathOf(shape.attributes["d"] ?? ""));
      case "image":
        return this.#image(shape, Buffer.from(shape.attributes["href"]!.split(",")[1]!, "base64"));
      case "text":
        return this.#text(shape);
      default:
        return "";
    }
  }

  resources(): { readonly resources: string; readonly objects: readonly PdfObject[] } {
    const of = (name: string, entries: readonly string[]): string =>
      entries.length === 0 ? "" : `/${name}<<${entries.join("")}>>`;
    const states = [...this.#states].map(([state, index]) => `/G${index}<<${state}>>`);
    const fonts = [`/F0 ${FIRST_RESOURCE} 0 R`, `/F1 ${FIRST_RESOURCE + 1} 0 R`];
    return {
      resources: of("Font", fonts) + of("XObject", this.#images) + of("ExtGState", states),
      objects: this.#objects,
    };
  }

  #rectangle(shape: Shape): string {
    const gradient = this.#named.get(shape.attributes["fill"] ?? "");
    if (gradient) return this.#image(shape, strip(gradient));
    return this.#painted(shape, `${point(shape, "x", "y")} ${sizes(shape)} re`);
  }

  /** A path with its colors, width, dashes and opacity. */
  #painted({ attributes }: Shape, path: string): string {
    const fill = colorOf(attributes["fill"], attributes["fill-opacity"]);
    const stroke = colorOf(attributes["stroke"], attributes["stroke-opacity"]);
    if (path === "" || (!fill && !stroke)) return "";
    const set = [
      fill && `${fill.parts} rg`,
      stroke && `${stroke.parts} RG ${attributes["stroke-width"] ?? 1} w`,
      attributes["stroke-linejoin"] === "round" && "1 j",
      attributes["stroke-linecap"] === "round" && "1 J",
      attributes["stroke-dasharray"] && `[${attributes["stroke-dasharray"]}] 0 d`,
      this.#opacity(fill?.opacity ?? 1, stroke?.opacity ?? 1),
    ].filter(Boolean);
    return `q ${set.join(" ")} ${path} ${fill && stroke ? "B" : fill ? "f" : "S"} Q\n`;
  }

  #opacity(fill: number, stroke: number): string {
    if (fill === 1 && stroke === 1) return "";
    const state = `/ca ${fill}/CA ${stroke}`;
    if (!this.#states.has(state)) this.#states.set(state, this.#states.size);
    return `/G${this.#states.get(state)} gs`;
  }

  #image(shape: Shape, file: Uint8Array): string {
    const number = FIRST_RESOURCE + this.#objects.push(imageObject(file)) - 1;
    this.#images.push(`/I${number} ${number} 0 R`);
    const [x, y, width, height] = boxOf(shape);
    const clip = this.#named.get(shape.attributes["clip-path"] ?? "")?.children[0]?.attributes["d"];
    const cut = clip === undefined ? "" : `${pathOf(clip)} W n `;
    return `q ${cut}${short(width)} 0 0 ${short(-height)} ${short(x)} ${short(y + height)} cm /I${number} Do Q\n`;
  }

  #text(shape: Shape): string {
    const { attributes, text } = shape;
    const size = numberOf(shape, "font-size");
    const runs = runsOf(text);
    const width = (runs.reduce((sum, run) => sum + run.width, 0) * size) / 1000;
    const [, turn = "0", aboutX = "0", aboutY = "0"] =
      /rotate\((\S+) (\S+) (\S+)\)/.exec(attributes["transform"] ?? "") ?? [];
    const [sin, cos] = [Math.sin((Number(turn) * Math.PI) / 180), Math.cos((Number(turn) * Math.PI) / 180)];
    const before = { middle: width / 2, end: width }[attributes["text-anchor"] ?? ""] ?? 0;
    const [dx, dy] = [numberOf(shape, "x") - before - Number(aboutX), numberOf(shape, "y") - Number(aboutY)];
    const [x, y] = [Number(aboutX) + dx * cos - dy * sin, Number(aboutY) + dx * sin + dy * cos];
    const letters = runs.map(
      ({ font, bytes }) => `/F${font === "Symbol" ? 1 : 0} ${size} Tf <${hexadecimal(bytes)}> Tj`,
    );
    const placed = `${[cos, sin, sin, -cos, x, y].map(short).join(" ")} Tm ${letters.join(" ")}`;
    const rim = colorOf(attributes["stroke"], undefined);
    const under = rim ? `BT ${rim.parts} RG ${attributes["stroke-width"]} w 1 j 1 Tr ${placed} ET ` : "";
    return `q ${colorOf(attributes["fill"], undefined)?.parts ?? "0 0 0"} rg ${under}BT 0 Tr ${placed} ET Q\n`;
  }
}

/** The colors of a gradient, from top to bottom, as a picture of one column. */
function strip(gradient: Shape): Uint8Array {
  const stops = gradient.children.map((stop) => [numberOf(stop, "offset"), stop.attributes["stop-color"]!] as const);
  const rgba = new Uint8Array(BAR * 4).fill(255);
  for (let y = 0; y < BAR; y++) rgba.set(colorAt(stops, (y + 0.5) / BAR), y * 4);
  return encodePng({ width: 1, height: BAR, rgba });
}

function boxOf(shape: Shape): [x: number, y: number, width: number, height: number] {
  return [numberOf(shape, "x"), numberOf(shape, "y"), numberOf(shape, "width"), numberOf(shape, "height")];
}

function point(shape: Shape, x: string, y: string): string {
  return `${numberOf(shape, x)} ${numberOf(shape, y)}`;
}

function sizes(shape: Shape): string {
  return `${numberOf(shape, "width")} ${numberOf(shape, "height")}`;
}

function circle(x: number, y: number, r: number): string {
  const k = ARC * r;
  const curve = (...at: readonly number[]): string => `${at.map(short).join(" ")} c`;
  return [
    `${short(x + r)} ${short(y)} m`,
    curve(x + r, y + k, x + k, y + r, x, y + r),
    curve(x - k, y + r, x - r, y + k, x - r, y),
    curve(x - r, y - k, x - k, y - r, x, y - r),
    curve(x + k, y - r, x + r, y - k, x + r, y),
  ].join(" ");
}

/** SVG's M, L, l, V, h and Z, which are all that figures use. */
function pathOf(d: string): string {
  let [x, y] = [0, 0];
  const drawn = [...d.matchAll(/([MLlVhZ])([^MLlVhZ]*)/g)].map(([, command, rest]) => {
    const [first = 0, second = 0] = rest!.trim().split(/[ ,]+/).map(Number);
    if (command === "Z") return "h";
    if (command === "M" || command === "L") [x, y] = [first, second];
    if (command === "l") [x, y] = [x + first, y + second];
    if (command === "V") y = first;
    if (command === "h") x += first;
    return `${short(x)} ${short(y)} ${command === "M" ? "m" : "l"}`;
  });
  return drawn.join(" ");
}

function colorOf(
  color: string | undefined,
  opacity: string | undefined,
): { readonly parts: string; readonly opacity: number } | undefined {
  if (color === undefined || color === "none") return undefined;
  const [red, green, blue, alpha = 1] = color.startsWith("#")
    ? rgb(color)
    : (color.match(/[\d.]+/g) ?? ["0", "0", "0"]).map(Number);
  const parts = [red!, green!, blue!].map((part) => short(part / 255)).join(" ");
  return { parts, opacity: alpha * Number(opacity ?? 1) };
}

function hexadecimal(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A number as PDF writes it, without exponent. */
function short(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
