/** Template tags whose result shows itself as HTML, SVG or Markdown. */
import { escapeHtml, isArray } from "./values/safe.js";
import { DISPLAY } from "./values/own-bundle.js";

const MIME = { html: "text/html", svg: "image/svg+xml", md: "text/markdown" } as const;

/** A piece of markup; in a template of the same kind it stands as it is, in a notebook it shows itself. */
class Markup {
  readonly #kind: keyof typeof MIME;
  readonly #text: string;

  constructor(kind: keyof typeof MIME, text: string) {
    this.#kind = kind;
    this.#text = text;
  }

  get kind(): keyof typeof MIME {
    return this.#kind;
  }

  toString(): string {
    return this.#text;
  }

  [DISPLAY](): Record<string, string> {
    return { "text/plain": this.#text, [MIME[this.#kind]]: this.#text };
  }
}

/** `html`, `svg` or `md`. */
export interface MarkupTag {
  /** As a tag: values put into the template are escaped (not in Markdown), markup of the same kind stands as it is. */
  (strings: TemplateStringsArray, ...values: readonly unknown[]): Markup;
  /** As a function: `text` is markup already. */
  (text: string): Markup;
}

/** `` html`<b>${name}</b>` `` */
export const html = tag("html");
/** `` svg`<svg viewBox="0 0 9 9"><circle r="${r}"/></svg>` `` */
export const svg = tag("svg");
/** `` md`**${score}** points` `` */
export const md = tag("md");

function tag(kind: keyof typeof MIME): MarkupTag {
  return (strings: TemplateStringsArray | string, ...values: readonly unknown[]): Markup => {
    if (typeof strings === "string") return new Markup(kind, strings);
    let text = strings[0] ?? "";
    for (let i = 0; i < values.length; i++) text += valueText(kind, values[i]) + (strings[i + 1] ?? "");
    return new Markup(kind, kind === "md" ? dedent(text) : text);
  };
}

function valueText(kind: keyof typeof MIME, value: unknown): string {
  if (value === null || value === undefined || value === false) return "";
  if (isArray(value)) {
    let all = "";
    for (let i = 0; i < value.length; i++) all += valueText(kind, value[i]);
    return all;
  }
  // SVG may stand inside HTML; Markdown takes HTML as it is.
  if (value instanceof Markup && (value.kind === kind || (kind !== "svg" && value.kind !== "md")))
    return value.toString();
  const text = String(value);
  return kind === "md" ? text : escapeHtml(text);
}

/** Markdown without the indent that all its lines share: four spaces would make it a code block. */
function dedent(text: string): string {
  const lines = text.split("\n");
  const rest = lines.slice(1).filter((line) => line.trim() !== "");
  const indent = Math.min(...rest.map((line) => line.length - line.trimStart().length));
  if (!Number.isFinite(indent) || indent === 0) return text;
  return lines
    .map((line, i) => (i === 0 ? line : line.slice(Math.min(indent, line.length - line.trimStart().length))))
    .join("\n");
}
