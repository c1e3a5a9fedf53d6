/**
 * Widths of text without a browser. Advance widths are DejaVu Sans', which is as wide as Verdana
 * and wider than Arial, Helvetica, Open Sans and Liberation Sans: what fits by this table fits in
 * whichever of them a reader's machine has.
 */

/** Widths of U+0020 to U+007E, in thousandths of the font size. Source: DejaVu Sans 2.37, table hmtx. */
const ASCII: readonly number[] = [
  318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636,
  636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863,
  748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635,
  615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636,
  337, 636, 838,
];
/** 95 of 100 letters of Latin-1, Greek and Cyrillic are at most this wide. */
const LETTER = 980;
/** Of a symbol, an ideograph or an emoji. */
const WIDE = 1300;

/** Height of a line of text and of its part above the base line, in font sizes. */
export const LINE_HEIGHT = 1.3;
export const ASCENT = 0.93;

/**
 * Width in pixels of the widest line of `text`, an upper bound for common sans-serif fonts; lines are divided by
 * `<br>`.
 */
export function textWidth(text: string, fontSize: number): number {
  return Math.max(...linesOf(text).map((line) => lineWidth(line, fontSize)));
}

/** Height in pixels that `text` takes. */
export function textHeight(text: string, fontSize: number): number {
  return linesOf(text).length * fontSize * LINE_HEIGHT;
}

/** The lines of a text as plotly writes it, entities read. */
export function linesOf(text: string): string[] {
  return text.split("<br>").map(unescapeText);
}

/**
 * Breaks `text` with `<br>` so that no line is wider than `maxWidth`; a word that is wider alone is broken.
 * @param firstWidth of the first line; default maxWidth
 */
export function wrapText(text: string, fontSize: number, maxWidth: number, firstWidth: number = maxWidth): string {
  const lines: string[] = [];
  let line = "";
  const room = (): number => (lines.length === 0 ? firstWidth : maxWidth);
  for (const word of text.split(/\s+/).filter((one) => one !== "")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (lineWidth(longer, fontSize) <= room()) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    line = "";
    for (const letter of word) {
      if (line !== "" && lineWidth(line + letter, fontSize) > room()) {
        lines.push(line);
        line = "";
      }
      line += letter;
    }
  }
  if (line !== "" || lines.length === 0) lines.push(line);
  return lines.map(escapeText).join("<br>");
}

/** {@link wrapText} of each of a text's lines but empty ones. */
export function wrapLines(text: string, fontSize: number, maxWidth: number): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => wrapText(line, fontSize, maxWidth)).join("<br>");
}

/** Shortens `text` to `maxWidth` with an ellipsis. */
export function fitText(text: string, fontSize: number, maxWidth: number): string {
  if (lineWidth(text, fontSize) <= maxWidth) return text;
  const letters = [...text];
  while (letters.length > 1 && lineWidth(`${letters.join("")}…`, fontSize) > maxWidth) letters.pop();
  return `${letters.join("").trimEnd()}…`;
}

/** Shortens `text` to `maxWidth` with an ellipsis in its middle: of devices and layers the end tells them apart. */
export function fitMiddle(text: string, fontSize: number, maxWidth: number): string {
  const letters = [...text];
  const first = (count: number): string => letters.slice(0, count).join("");
  const last = (count: number): string => letters.slice(letters.length - count).join("");
  const cut = (kept: number): string => `${first(Math.floor(kept / 2))}…${last(Math.ceil(kept / 2))}`;
  if (lineWidth(text, fontSize) <= maxWidth) return text;
  let kept = letters.length - 1;
  while (kept > 2 && lineWidth(cut(kept), fontSize) > maxWidth) kept--;
  return cut(kept);
}

/** Text that plotly writes as it stands: it reads tags and entities otherwise. */
export function escapeText(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

export function unescapeText(text: string): string {
  return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

function lineWidth(line: string, fontSize: number): number {
  let thousandths = 0;
  for (const letter of line) {
    const code = letter.codePointAt(0)!;
    if (code >= 32 && code < 127) thousandths += ASCII[code - 32]!;
    else if (/\p{Mark}/u.test(letter)) continue;
    else thousandths += code < 0x530 || (code >= 0x2010 && code < 0x2060) ? LETTER : WIDE;
  }
  return (thousandths / 1000) * fontSize;
}
