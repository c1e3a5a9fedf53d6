/// <reference lib="dom" />
import type { Filter, GridData } from "./grid-data.js";

/** A rectangle, in pixels. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The images of a confusion grid's page: what is known of each, and its picture out of the sheet. Runs in a page. */
export class GridImages {
  readonly #sheet = new Image();
  readonly data: GridData;

  constructor(data: GridData) {
    this.data = data;
  }

  /** Resolves when images can be drawn. */
  async load(): Promise<void> {
    this.#sheet.src = this.data.sheet.source;
    await this.#sheet.decode();
  }

  draw(context: CanvasRenderingContext2D, image: number, { x, y, width, height }: Area): void {
    const { sheet } = this.data;
    const [left, top] = [(image % sheet.columns) * sheet.width, Math.floor(image / sheet.columns) * sheet.height];
    context.drawImage(this.#sheet, left, top, sheet.width, sheet.height, x, y, width, height);
  }

  /** Places of the images that a filter leaves. */
  of(filter: Filter | null): number[] {
    const { labels, predictions } = this.data;
    return [...labels.keys()].filter((image) => this.passes(filter, labels[image]!, predictions[image]!));
  }

  /** How many images of the whole set a filter leaves. */
  count(filter: Filter | null): { readonly all: number; readonly errors: number } {
    const { counts } = this.data;
    let [all, errors] = [0, 0];
    for (let at = 0; at < counts.length; at += 3) {
      if (!this.passes(filter, counts[at]!, counts[at + 1]!)) continue;
      all += counts[at + 2]!;
      if (counts[at] !== counts[at + 1]) errors += counts[at + 2]!;
    }
    return { all, errors };
  }

  passes(filter: Filter | null, label: number, prediction: number): boolean {
    if (filter === null) return true;
    const inRow = filter.labels === null || filter.labels.includes(label);
    const inColumn = filter.predictions === null || filter.predictions.includes(prediction);
    return filter.either ? inRow || inColumn : inRow && inColumn;
  }

  /** What is said of an image, line by line. */
  lines(image: number): string[] {
    const { classNames, labels, predictions, confidences, indices } = this.data;
    const [label, prediction] = [labels[image]!, predictions[image]!];
    const confidence = confidences?.[image];
    return [
      `image ${indices[image]!.toLocaleString("en")}, ${label === prediction ? "right" : "wrong"}`,
      `true: ${classNames[label]}`,
      `predicted: ${classNames[prediction]}`,
      ...(confidences ? [`confidence: ${confidence == null ? "none" : `${(confidence / 10).toFixed(1)} %`}`] : []),
    ];
  }

  /** Images of one size in rows, as large as an area lets them be; the area of the one at `place`. */
  packed(count: number, area: Area): (place: number) => Area {
    const { width, height } = this.data.sheet;
    const ratio = height / width;
    let columns = Math.max(1, Math.floor(Math.sqrt((count * area.width * ratio) / area.height)));
    while (Math.ceil(count / columns) * (area.width / columns) * ratio > area.height + 0.01) columns++;
    const wide = Math.min(area.width / columns, 2 * width);
    return (place) => ({
      x: area.x + (place % columns) * wide,
      y: area.y + Math.floor(place / columns) * wide * ratio,
      width: wide,
      height: wide * ratio,
    });
  }

  /** Pixels of the screen in one of an element's own: a slide may be scaled. */
  zoomOf(element: HTMLElement): number {
    return element.getBoundingClientRect().width / element.offsetWidth || 1;
  }

  /** A canvas as sharp as the screen, empty. */
  clear(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
    const { clientWidth, clientHeight } = canvas;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.max(1, Math.round(clientWidth * ratio));
    canvas.height = Math.max(1, Math.round(clientHeight * ratio));
    const context = canvas.getContext("2d")!;
    context.scale(ratio, ratio);
    context.imageSmoothingQuality = "high";
    return context;
  }
}
