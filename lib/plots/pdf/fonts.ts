/**
 * Text in the fonts that every PDF reader has: Helvetica for Latin letters and signs, Symbol for Greek and arithmetic.
 * Source: Adobe's font metrics of the 14 standard fonts; PDF 32000-1:2008, annex D.
 */

/** Characters of one font, a byte each. */
export interface Run {
  readonly font: "Helvetica" | "Symbol";
  readonly bytes: readonly number[];
  /** In thousandths of the font size. */
  readonly width: number;
}

/** Widths of U+0020 to U+007E in Helvetica. */
const ASCII: readonly number[] = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
  556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
  722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
  556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
  260, 334, 584,
];
/** Of Latin-1's and Windows' further signs: byte and width; a letter with an accent is as wide as without. */
const SIGNS: Readonly<Record<string, readonly [byte: number, width: number]>> = {
  "€": [128, 556],
  "…": [133, 1000],
  "‰": [137, 1000],
  "‘": [145, 222],
  "’": [146, 222],
  "“": [147, 333],
  "”": [148, 333],
  "•": [149, 350],
  "–": [150, 556],
  "—": [151, 1000],
  "™": [153, 1000],
  "\u00a0": [160, 278],
  "£": [163, 556],
  "§": [167, 556],
  "©": [169, 737],
  "«": [171, 556],
  "®": [174, 737],
  "°": [176, 400],
  "±": [177, 584],
  "²": [178, 333],
  "³": [179, 333],
  µ: [181, 556],
  "·": [183, 278],
  "¹": [185, 333],
  "»": [187, 556],
  "¼": [188, 834],
  "½": [189, 834],
  "¾": [190, 834],
  "×": [215, 584],
  ß: [223, 611],
  "÷": [247, 584],
  Æ: [198, 1000],
  æ: [230, 889],
  Ø: [216, 778],
  ø: [248, 611],
};
/** Symbol's letters and signs: byte and width. */
const SYMBOLS: Readonly<Record<string, readonly [byte: number, width: number]>> = {
  Α: [65, 722],
  Β: [66, 667],
  Χ: [67, 722],
  Δ: [68, 612],
  Ε: [69, 611],
  Φ: [70, 763],
  Γ: [71, 603],
  Η: [72, 722],
  Ι: [73, 333],
  Κ: [75, 722],
  Λ: [76, 686],
  Μ: [77, 889],
  Ν: [78, 722],
  Ο: [79, 722],
  Π: [80, 768],
  Θ: [81, 741],
  Ρ: [82, 556],
  Σ: [83, 592],
  Τ: [84, 611],
  Υ: [85, 690],
  Ω: [87, 768],
  Ξ: [88, 645],
  Ψ: [89, 795],
  Ζ: [90, 611],
  α: [97, 631],
  β: [98, 549],
  χ: [99, 549],
  δ: [100, 494],
  ε: [101, 439],
  φ: [102, 521],
  γ: [103, 411],
  η: [104, 603],
  ι: [105, 329],
  κ: [107, 549],
  λ: [108, 549],
  μ: [109, 576],
  ν: [110, 521],
  ο: [111, 549],
  π: [112, 549],
  θ: [113, 521],
  ρ: [114, 549],
  σ: [115, 603],
  τ: [116, 439],
  υ: [117, 576],
  ω: [119, 686],
  ξ: [120, 493],
  ψ: [121, 686],
  ζ: [122, 494],
  "−": [45, 549],
  "≤": [163, 549],
  "∞": [165, 713],
  "↔": [171, 1042],
  "←": [172, 987],
  "↑": [173, 603],
  "→": [174, 987],
  "↓": [175, 603],
  "≥": [179, 549],
  "∝": [181, 713],
  "∂": [182, 494],
  "≠": [185, 549],
  "≡": [186, 549],
  "≈": [187, 549],
  "⊗": [196, 768],
  "⊕": [197, 768],
  "∈": [206, 713],
  "∇": [209, 713],
  "√": [214, 549],
  "⇒": [222, 987],
  "∑": [229, 713],
  "∫": [242, 274],
};

/** A line of text as runs of one font each; a character that neither has is "?". */
export function runsOf(line: string): Run[] {
  const runs: { font: Run["font"]; bytes: number[]; width: number }[] = [];
  for (const letter of line) {
    const { font, byte, width } = glyphOf(letter);
    if (runs.at(-1)?.font !== font) runs.push({ font, bytes: [], width: 0 });
    const run = runs.at(-1)!;
    run.bytes.push(byte);
    run.width += width;
  }
  return runs;
}

function glyphOf(letter: string): { readonly font: Run["font"]; readonly byte: number; readonly width: number } {
  const code = letter.codePointAt(0)!;
  if (code >= 32 && code < 127) return { font: "Helvetica", byte: code, width: ASCII[code - 32]! };
  const [sign, symbol] = [SIGNS[letter], SYMBOLS[letter]];
  if (sign) return { font: "Helvetica", byte: sign[0], width: sign[1] };
  if (symbol) return { font: "Symbol", byte: symbol[0], width: symbol[1] };
  const plain = letter.normalize("NFKD").codePointAt(0)!; // without its accent
  const known = plain >= 32 && plain < 127;
  const width = ASCII[(known ? plain : 63) - 32]!;
  if (code >= 192 && code <= 255) return { font: "Helvetica", byte: code, width };
  return { font: "Helvetica", byte: known ? plain : 63, width };
}
