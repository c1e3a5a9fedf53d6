/** Which kind of picture a file's first bytes say that it is. */

type Holds = (bytes: Uint8Array) => boolean;
type Table<Name extends string> = Readonly<Record<Name, readonly Holds[]>>;

export type PictureKind = "JPEG" | "PNG" | "WebP" | "GIF" | "TIFF" | "AVIF" | "BMP" | "PNM";

const begins =
  (text: string, at = 0): Holds =>
  (bytes) =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      .subarray(at, at + text.length)
      .toString("latin1") === text;

/**
 * Kinds that are read. What else libvips can read (SVG, PDF) are programs that draw: they can name other files and
 * grow without end.
 */
const READ: Table<PictureKind> = {
  JPEG: [begins("\xff\xd8\xff")],
  PNG: [begins("\x89PNG\r\n\x1a\n")],
  WebP: [begins("WEBP", 8)],
  GIF: [begins("GIF8")],
  TIFF: [begins("II*\0"), begins("MM\0*"), begins("II+\0"), begins("MM\0+")],
  AVIF: [begins("ftypavif", 4), begins("ftypavis", 4), begins("ftypmif1", 4)],
  BMP: [begins("BM")],
  PNM: [(bytes) => /^P[1-6][\s#]/.test(String.fromCharCode(...bytes.subarray(0, 3)))],
};

/** Kinds that are not, so that an error can say what came. */
const NOT_READ: Table<string> = {
  HEIC: [begins("ftyphei", 4), begins("ftyphev", 4), begins("ftypmsf1", 4)],
  "JPEG 2000": [begins("\0\0\0\x0cjP  "), begins("\xff\x4f\xff\x51")],
  "JPEG XL": [begins("\xff\x0a"), begins("\0\0\0\x0cJXL ")],
  "a Photoshop file": [begins("8BPS")],
  "an icon": [begins("\0\0\x01\0")],
  PDF: [begins("%PDF")],
  SVG: [begins("<svg"), begins("<?xml")],
};

/** What files of the kinds that are read are called, without the dot, in lower case. */
export const EXTENSIONS: readonly string[] = "jpg jpeg jpe jfif png webp gif tif tiff avif bmp pbm pgm ppm pnm".split(
  " ",
);

/** The kinds that are read, as a sentence names them. */
export const KINDS = Object.keys(READ)
  .join(", ")
  .replace(/, (\w+)$/, " or $1");

export function pictureKind(bytes: Uint8Array): PictureKind | undefined {
  return find(READ, bytes);
}

/** What came where it is of no kind that is read. */
export function otherKind(bytes: Uint8Array): string {
  return find(NOT_READ, bytes) ?? "other bytes";
}

function find<Name extends string>(table: Table<Name>, bytes: Uint8Array): Name | undefined {
  return (Object.keys(table) as Name[]).find((name) => table[name].some((holds) => holds(bytes)));
}
