/** Figures in LaTeX: each as a small PDF file, which nbconvert takes where there is no Inkscape. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { toPdf } from "../../lib/plots/pdf/to-pdf.js";
import { pythonPath } from "../kernel/client.js";
import { figures } from "./browser/figures.js";
import { pageFigures } from "./browser/grids.js";

type Bundle = Readonly<Record<string, unknown>>;
const shown = Object.entries({ ...figures(), ...(await pageFigures()) }).map(([kind, figure]) => {
  const bundle = (figure as unknown as Record<symbol, () => Bundle>)[Symbol.for("Jupyter.display")]!();
  return { kind, bundle, pdf: Buffer.from(bundle["application/pdf"] as string, "base64") };
});

/** The bytes of a file's streams, inflated where that is all there is to it, by the number of their object. */
function streams(pdf: Buffer): Map<number, string> {
  const text = pdf.toString("latin1");
  const found = [...text.matchAll(/(\d+) 0 obj\n<<\/Length (\d+)\/Filter\/FlateDecode([^\n]*)>>\nstream\n/g)];
  return new Map(
    found.map(({ 0: head, 1: number, 2: length, index }) => {
      const from = index + head.length;
      return [Number(number), inflateSync(pdf.subarray(from, from + Number(length))).toString("latin1")] as const;
    }),
  );
}

describe.each(shown)("the PDF of a figure of kind $kind", ({ bundle, pdf }) => {
  it("is a whole file: each object lies where its table says, and its content can be read", () => {
    const text = pdf.toString("latin1");
    expect(text.startsWith("%PDF-1.4")).toBe(true);
    const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)![1]);
    const offsets = [...text.slice(start).matchAll(/^(\d{10}) 00000 n $/gm)].map(([, offset]) => Number(offset));
    offsets.forEach((offset, i) => expect(text.slice(offset, offset + 8)).toMatch(new RegExp(`^${i + 1} 0 obj`)));
    expect(streams(pdf).get(4)!.replace(/<\w*>/g, "")).not.toMatch(/NaN|undefined|Infinity|\de[+-]?\d/);
  });

  it("is smaller than the picture beside it", () => {
    expect((bundle["application/pdf"] as string).length).toBeLessThan((bundle["image/svg+xml"] as string).length);
  });

  it("has a piece of text for each of the picture's", () => {
    const texts = (bundle["image/svg+xml"] as string).match(/<text/g)!.length;
    expect(
      streams(pdf)
        .get(4)!
        .match(/\bBT 0 Tr /g),
    ).toHaveLength(texts);
  });
});

describe("a drawing as PDF", () => {
  const content = (shapes: string): string =>
    streams(Buffer.from(toPdf(`<svg width="100" height="40">${shapes}</svg>`))).get(4)!;

  it("stands upright in points of 3/4 pixel", () => {
    expect(content('<rect x="1" y="2" width="3" height="4" fill="#ff0000"/>')).toBe(
      "0.75 0 0 -0.75 0 30 cm\nq 1 0 0 rg 1 2 3 4 re f Q\n",
    );
  });

  it("places text by its width, in Helvetica, with Greek and arrows in Symbol", () => {
    // "ab" is 1,112 thousandths wide in Helvetica
    expect(content('<text x="50" y="20" font-size="10" text-anchor="middle">ab</text>')).toContain(
      "1 0 0 -1 44.44 20 Tm /F0 10 Tf <6162> Tj",
    );
    expect(content('<text x="0" y="0" font-size="10">a → μ−é 犬</text>')).toContain(
      "/F0 10 Tf <6120> Tj /F1 10 Tf <ae> Tj /F0 10 Tf <20> Tj /F1 10 Tf <6d2d> Tj /F0 10 Tf <e9203f> Tj",
    );
  });
});

const PYTHON = pythonPath();
const whyNot = existsSync(PYTHON) ? undefined : "there is no nbconvert: npm run setup";

describe("nbconvert", () => {
  const folder = mkdtempSync(join(tmpdir(), "latex-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("takes a notebook with every kind of figure to LaTeX, without Inkscape, each as its PDF", (context) => {
    if (whyNot !== undefined) return context.skip(whyNot);
    const outputs = shown.map(({ bundle }) => ({ output_type: "display_data", metadata: {}, data: bundle }));
    const cell = {
      id: "figures",
      cell_type: "code",
      execution_count: 1,
      metadata: {},
      source: "show(figure)",
      outputs,
    };
    const notebook = { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [cell] };
    writeFileSync(join(folder, "book.ipynb"), JSON.stringify(notebook));
    const args = ["-m", "nbconvert", "--to", "latex", "--log-level=ERROR", "book.ipynb"];
    execFileSync(PYTHON, args, { cwd: folder, env: { ...process.env, PATH: "/usr/bin:/bin" }, stdio: "pipe" });
    const tex = readFileSync(join(folder, "book.tex"), "utf8");
    expect(tex.match(/\{book_files\/[^}]*\.pdf\}/g)).toHaveLength(shown.length);
    const files = readdirSync(join(folder, "book_files")).filter((name) => name.endsWith(".pdf"));
    const written = files.map((name) => readFileSync(join(folder, "book_files", name)).toString("base64")).sort();
    expect(written).toEqual(shown.map(({ pdf }) => pdf.toString("base64")).sort());
  });
});
