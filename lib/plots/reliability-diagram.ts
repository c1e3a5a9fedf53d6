import { aShare, anyNumber, aNatural, checkOptions, fields, someOf, type Rules } from "../checks.js";
import { countText, describe, listText } from "./description.js";
import { shortNumber, TITLED, withNotes, type FigureOptions } from "./figure-checks.js";
import { figure, type Figure } from "./figure.js";
import { axis, baseLayout, INK, PALETTE, SOURCE_SIZE, WIDTH } from "./style.js";
import { textWidth } from "./text-width.js";

/** One bin of confidence, as `analysis.calibration` gives it. */
export interface ReliabilityBin {
  /** Its lower end, 0 to 1. */
  readonly from: number;
  /** Its upper end, 0 to 1. */
  readonly to: number;
  /** Images in it. */
  readonly count: number;
  /** Their mean confidence, 0 to 1; not read where there is no image. */
  readonly confidence: number;
  /** Share of them that are right, 0 to 1; not read where there is no image. */
  readonly accuracy: number;
}

/** What {@link reliabilityDiagram} draws. */
export interface ReliabilityDiagramOptions extends FigureOptions {
  /** Bins of one width from 0 to 1, in rising order, one or more. */
  readonly bins: readonly ReliabilityBin[];
}

const RULES: Rules = {
  ...TITLED,
  bins: someOf(
    fields("{ from, to, count, confidence, accuracy }", {
      from: aShare,
      to: aShare,
      count: aNatural,
      confidence: anyNumber,
      accuracy: anyNumber,
    }),
  ),
};

/** What a gap is called: accuracy below confidence, and above it. */
const GAPS = ["overconfident", "underconfident"] as const;

/**
 * Whether a model is as often right as it is sure: of each bin of confidence the accuracy, and its gap to the mean
 * confidence, beside the diagonal of a calibrated model. Above the bars the number of images in each (1.2K: 1,200),
 * where there is room. Expected and maximum calibration error stand below the title.
 * @throws TypeError for an option of another kind
 * @throws RangeError for an unknown option, no bin, no image, or a filled bin whose numbers are not from 0 to 1
 * Source: DeGroot and Fienberg 1983; Guo et al. 2017.
 */
export function reliabilityDiagram(options: ReliabilityDiagramOptions): Figure {
  checkOptions("reliabilityDiagram", options, RULES);
  const bins = Array.from(options.bins).filter(({ count }) => count > 0);
  const images = bins.reduce((sum, { count }) => sum + count, 0);
  if (images === 0) throw new RangeError("reliabilityDiagram: bins must hold one image or more, got 0");
  const wrong = bins.find((bin) => !(aShare.holds(bin.accuracy) && aShare.holds(bin.confidence) && bin.from < bin.to));
  if (wrong !== undefined) {
    throw new RangeError(
      "reliabilityDiagram: bins with images must have accuracy and confidence from 0 to 1, and from below to, got " +
        `accuracy=${wrong.accuracy}, confidence=${wrong.confidence}, from=${wrong.from}, to=${wrong.to}`,
    );
  }
  const gaps = bins.map(({ accuracy, confidence }) => accuracy - confidence);
  const ece = bins.reduce((sum, { count }, i) => sum + (count / images) * Math.abs(gaps[i]!), 0);
  const errors =
    `expected calibration error ${shortNumber(ece)}, maximum ${shortNumber(Math.max(...gaps.map(Math.abs)))}, ` +
    `${countText(images, "image")} in ${countText(options.bins.length, "bin")}`;
  const source = withNotes(options, [errors]);
  const layout = {
    ...baseLayout({ title: options.title, source }),
    xaxis: axis({ label: "confidence (the predicted class's probability)", range: [0, 1] }),
    yaxis: axis({ label: "accuracy (share of images that are right)", range: [0, 1.06] }),
    barmode: "overlay",
    bargap: 0,
    showlegend: true,
  };
  const each = bins.map(binText);
  const description = describe([`Reliability diagram, accuracy in bins of confidence`, listText(each, "; ")], source);
  const text = [options.title, ...textRows(bins), ...(source === undefined ? [] : [source])].join("\n");
  return figure({ data: traces(bins, options.bins.length), layout, description, text });
}

/** "0.2 to 0.3: 0.22 of confidence 0.26, 98 images" */
function binText({ from, to, count, accuracy, confidence }: ReliabilityBin): string {
  const right = `${shortNumber(accuracy)} of confidence ${shortNumber(confidence)}`;
  return `${shortNumber(from)} to ${shortNumber(to)}: ${right}, ${countText(count, "image")}`;
}

/** @param all bins of the figure, the empty ones too */
function traces(bins: readonly ReliabilityBin[], all: number): Record<string, unknown>[] {
  const bar = (name: string, of: readonly ReliabilityBin[], color: string) => ({
    type: "bar",
    name,
    x: of.map(({ from, to }) => (from + to) / 2),
    width: of.length === 0 ? 1 / all : of[0]!.to - of[0]!.from,
    marker: { color, line: { color: INK, width: 0.5 } },
    hoverinfo: "name+text", // a gap's own height is none of the accuracy
  });
  const gap = (name: string, sign: number, color: string) => {
    const of = bins.filter(({ accuracy, confidence }) => Math.sign(accuracy - confidence) === sign);
    const least = of.map(({ accuracy, confidence }) => Math.min(accuracy, confidence));
    const sizes = of.map(({ accuracy, confidence }) => Math.abs(accuracy - confidence));
    return {
      ...bar(name, of, color),
      base: least,
      y: sizes,
      hovertext: of.map((one, i) => `${binText(one)}: gap ${shortNumber(sizes[i]!)}`),
    };
  };
  const counts = bins.map(({ count }) => count.toLocaleString("en", { notation: "compact" }));
  const shown = counts.every((count) => textWidth(count, SOURCE_SIZE) < (WIDTH - 240) / all - 2);
  return [
    {
      ...bar("accuracy", bins, PALETTE[0]!),
      y: bins.map(({ accuracy }) => accuracy),
      hovertext: bins.map(binText),
    },
    gap(GAPS[0], -1, PALETTE[1]!),
    gap(GAPS[1], 1, PALETTE[2]!),
    {
      type: "scatter",
      mode: "lines",
      name: "perfect calibration",
      x: [0, 1],
      y: [0, 1],
      line: { color: INK, width: 1.5, dash: "dash" },
      hoverinfo: "skip",
    },
    {
      type: "scatter",
      mode: "text",
      name: "images",
      showlegend: false,
      hoverinfo: "skip",
      x: bins.map(({ from, to }) => (from + to) / 2),
      y: bins.map(() => 1), // a row of their own: beside each bar the diagonal would cross them
      text: shown ? counts : counts.map(() => ""),
      textposition: "top center",
      textfont: { size: SOURCE_SIZE, color: INK },
    },
  ];
}

const BAR = 40;

/** A line a bin: its accuracy as a bar, | where its mean confidence lies, the number of images. */
function textRows(bins: readonly ReliabilityBin[]): string[] {
  const rows = bins.map(({ from, to, accuracy, confidence, count }) => {
    const drawn = [..."█".repeat(Math.round(accuracy * BAR)).padEnd(BAR + 1)];
    drawn[Math.round(confidence * BAR)] = "|";
    const figures = `${accuracy.toFixed(3)} of ${confidence.toFixed(3)}, ${countText(count, "image")}`;
    return `${from.toFixed(2)} to ${to.toFixed(2)} │${drawn.join("")} ${figures}`;
  });
  return ["accuracy in bins of confidence, | the mean confidence", ...rows];
}
