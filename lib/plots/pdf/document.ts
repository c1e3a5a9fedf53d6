import { deflateSync } from "node:zlib";

/** An object of a PDF file: its text, or a dictionary's entries with the bytes of a stream. */
export type PdfObject =
  | string
  | {
      readonly entries: string;
      readonly bytes: Uint8Array;
      /** How the bytes are packed already; without it they are deflated. */
      readonly packed?: "FlateDecode" | "DCTDecode";
    };

/** What a page of one drawing needs. */
export interface Page {
  /** In points, 1/72 inch. */
  readonly width: number;
  readonly height: number;
  /** The operators that draw it. */
  readonly content: string;
  /** Entries of its resources, which name the objects from `FIRST_RESOURCE` on. */
  readonly resources: string;
  readonly objects: readonly PdfObject[];
}

/** The number of the first object that a page's resources may name. */
export const FIRST_RESOURCE = 5;

/** A PDF file of one page. Source: PDF 32000-1:2008, §7.5. */
export function pdfFile({ width, height, content, resources, objects }: Page): Uint8Array {
  const all: readonly PdfObject[] = [
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${width} ${height}]/Contents 4 0 R/Resources<<${resources}>>>>`,
    { entries: "", bytes: Buffer.from(content, "latin1") },
    ...objects,
  ];
  const parts: Uint8Array[] = [Buffer.from("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", "latin1")];
  let length = parts[0]!.length;
  const offsets: number[] = [];
  const write = (part: Uint8Array | string): void => {
    const bytes = typeof part === "string" ? Buffer.from(part, "latin1") : part;
    parts.push(bytes);
    length += bytes.length;
  };
  all.forEach((object, i) => {
    offsets.push(length);
    if (typeof object === "string") return write(`${i + 1} 0 obj\n${object}\nendobj\n`);
    const { packed = "FlateDecode", entries } = object;
    const bytes = object.packed ? object.bytes : deflateSync(object.bytes, { level: 9 });
    write(`${i + 1} 0 obj\n<</Length ${bytes.length}/Filter/${packed}${entries}>>\nstream\n`);
    write(bytes);
    write("\nendstream\nendobj\n");
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const start = length;
  write(`xref\n0 ${all.length + 1}\n0000000000 65535 f \n${table}`);
  write(`trailer\n<</Size ${all.length + 1}/Root 1 0 R>>\nstartxref\n${start}\n%%EOF\n`);
  return Buffer.concat(parts);
}
