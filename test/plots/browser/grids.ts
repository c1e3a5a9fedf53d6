/** Confusion grids as tests draw them. */
import { confusionGrid, type ConfusionGridOptions, type PageFigure } from "../../../lib/plots/index.js";
import { CLASSES, drawnImages, numbers, SOURCE } from "./figures.js";

/** Images, labels and predictions: of five images one is taken for another class, mostly for the next. */
export function gridOptions(count = 240, size = 16): ConfusionGridOptions & { readonly confidences: number[] } {
  const next = numbers(5);
  const labels = Array.from({ length: count }, (_, i) => i % CLASSES.length);
  return {
    title: "Test images by what they are and what the network took them for",
    images: drawnImages(count, size),
    imageShape: [size, size, 3],
    labels,
    predictions: labels.map((label) => (next() < 0.8 ? label : (label + 1 + Math.floor(9 * next() ** 3)) % 10)),
    confidences: labels.map(() => Math.round(1000 * (0.3 + 0.7 * next())) / 1000),
    classNames: CLASSES,
    source: SOURCE,
  };
}

/** Figures that are a piece of a page of their own, by kind. */
export async function pageFigures(): Promise<Readonly<Record<string, PageFigure>>> {
  return { confusionGrid: await confusionGrid(gridOptions()) };
}
