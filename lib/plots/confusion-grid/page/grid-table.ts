/// <reference lib="dom" />
import type { ClassGroup } from "../groups.js";
import type { Filter } from "./grid-data.js";
import type { Area, GridImages } from "./grid-images.js";
import type { GridLens } from "./grid-lens.js";

/**
 * The table of a confusion grid: names and counts in elements, the images on one canvas above them. Row 0 and column 0
 * are the names. Runs in a page.
 */
export class GridTable {
  readonly #images: GridImages;
  readonly #lens: GridLens;
  readonly #choose: (filter: Filter) => void;
  readonly #grid = document.createElement("div");
  readonly #canvas = document.createElement("canvas");
  #groups: readonly ClassGroup[] = [];
  /** Of each cell, row by row, its images, and where they stood when they were drawn. */
  #cells: { readonly images: number[]; area: (place: number) => Area }[] = [];
  #elements: HTMLElement[][] = [];
  #filter: Filter | null = null;

  constructor(root: HTMLElement, images: GridImages, lens: GridLens, choose: (filter: Filter) => void) {
    [this.#images, this.#lens, this.#choose] = [images, lens, choose];
    this.#grid.className = "table";
    this.#grid.setAttribute("role", "grid");
    this.#grid.setAttribute("aria-label", images.data.title);
    root.append(this.#grid);
    this.#grid.addEventListener("keydown", (event) => this.#key(event));
    this.#grid.addEventListener("click", (event) => {
      const at = this.#placeOf(event.target);
      if (at) this.#choose(this.#filterOf(...at));
    });
    lens.follow(this.#grid, (event) => this.#point(event));
    new ResizeObserver(() => this.paint()).observe(this.#grid);
  }

  /** Draws the table anew, of these rows and columns. */
  show(groups: readonly ClassGroup[]): void {
    this.#groups = groups;
    const place = new Map(groups.flatMap(({ classes }, at) => classes.map((one) => [one, at] as const)));
    const { labels, predictions } = this.#images.data;
    this.#cells = groups.flatMap(() =>
      groups.map(() => ({ images: [], area: () => ({ x: 0, y: 0, width: 0, height: 0 }) })),
    );
    labels.forEach((label, image) =>
      this.#cells[place.get(label)! * groups.length + place.get(predictions[image]!)!]!.images.push(image),
    );
    const lines = [null, ...groups];
    const totals = this.#totals(place);
    this.#elements = lines.map((_, row) => lines.map((__, column) => this.#element(row, column, totals)));
    this.#grid.style.setProperty("--columns", String(groups.length));
    this.#grid.replaceChildren(...this.#elements.map((cells) => this.#row(cells)), this.#canvas);
    this.#elements[1]![1]!.tabIndex = 0;
    this.paint();
  }

  /** Marks what a filter leaves. */
  mark(filter: Filter | null): void {
    this.#filter = filter;
    for (const cells of this.#elements)
      for (const cell of cells) {
        const at = this.#placeOf(cell)!;
        const chosen = filter !== null && this.#filterOf(...at).name === filter.name;
        if (at[0] > 0 || at[1] > 0) cell.setAttribute("aria-selected", String(chosen));
      }
    this.paint();
  }

  focus(): void {
    this.#elements
      .flat()
      .find((cell) => cell.tabIndex === 0)
      ?.focus();
  }

  paint(): void {
    if (this.#grid.clientWidth === 0) return;
    const context = this.#images.clear(this.#canvas);
    const whole = this.#canvas.getBoundingClientRect();
    const zoom = this.#images.zoomOf(this.#grid);
    const { labels, predictions } = this.#images.data;
    this.#cells.forEach((cell, at) => {
      const [row, column] = [Math.floor(at / this.#groups.length) + 1, (at % this.#groups.length) + 1];
      const box = this.#elements[row]![column]!.getBoundingClientRect();
      const [x, y] = [(box.left - whole.left) / zoom + 1, (box.top - whole.top) / zoom + 14];
      const area = { x, y, width: box.width / zoom - 2, height: box.height / zoom - 15 };
      cell.area = this.#images.packed(cell.images.length, area);
      cell.images.forEach((image, place) => {
        context.globalAlpha = this.#images.passes(this.#filter, labels[image]!, predictions[image]!) ? 1 : 0.12;
        this.#images.draw(context, image, cell.area(place));
      });
    });
  }

  #row(cells: readonly HTMLElement[]): HTMLElement {
    const row = document.createElement("div");
    row.className = "row";
    row.setAttribute("role", "row");
    row.append(...cells);
    return row;
  }

  /** Images of the whole set in each cell; in row 0 and column 0 those of whole columns and rows. */
  #totals(place: ReadonlyMap<number, number>): number[][] {
    const lines = [null, ...this.#groups];
    const totals = lines.map(() => lines.map(() => 0));
    const { counts } = this.#images.data;
    for (let at = 0; at < counts.length; at += 3) {
      const [row, column] = [place.get(counts[at]!)! + 1, place.get(counts[at + 1]!)! + 1];
      for (const i of [0, row]) for (const j of [0, column]) totals[i]![j]! += counts[at + 2]!;
    }
    return totals;
  }

  #element(row: number, column: number, totals: readonly (readonly number[])[]): HTMLElement {
    const cell = document.createElement("div");
    const all = totals[row]![column]!;
    const { name } = this.#filterOf(row, column);
    Object.assign(cell.dataset, { row, column });
    const number = document.createElement("span");
    if (row > 0 && column > 0) {
      cell.className = row === column ? "cell right" : "cell wrong";
      cell.style.setProperty("--share", `${all === 0 ? 3 : 10 + (30 * all) / totals[row]![0]!}%`);
      number.textContent = all === 0 ? "" : this.#short(all);
    } else {
      cell.className = row === 0 ? "head across" : "head down";
      number.textContent = row + column === 0 ? "true \\ predicted" : this.#groups[Math.max(row, column) - 1]!.name;
    }
    cell.append(number);
    const role = row === 0 ? "columnheader" : column === 0 ? "rowheader" : "gridcell";
    cell.setAttribute("role", role);
    cell.setAttribute("aria-label", `${name}: ${all.toLocaleString("en")} ${all === 1 ? "image" : "images"}`);
    if (role !== "gridcell") cell.title = name;
    cell.tabIndex = -1;
    return cell;
  }

  /** "12k" where there is little room. */
  #short(count: number): string {
    const few = this.#groups.length <= 10 || count < 1000;
    const format: Intl.NumberFormatOptions = few ? {} : { notation: "compact", maximumFractionDigits: 0 };
    return count.toLocaleString("en", format).toLowerCase();
  }

  /** What a place in the table stands for: a cell, or a row or a column by its name. */
  #filterOf(row: number, column: number): Filter {
    const [label, prediction] = [this.#groups[row - 1], this.#groups[column - 1]];
    const names = [label && `true ${label.name}`, prediction && `predicted ${prediction.name}`].filter(Boolean);
    return {
      labels: label?.classes ?? null,
      predictions: prediction?.classes ?? null,
      either: false,
      name: names.join(", ") || "all",
    };
  }

  #placeOf(target: EventTarget | null): [row: number, column: number] | undefined {
    const cell = target instanceof Element ? target.closest<HTMLElement>("[data-row]") : null;
    return cell ? [Number(cell.dataset["row"]), Number(cell.dataset["column"])] : undefined;
  }

  #point(event: PointerEvent): void {
    const [row, column] = this.#placeOf(event.target) ?? [0, 0];
    if (row === 0 || column === 0) return this.#lens.hide();
    const { images, area } = this.#cells[(row - 1) * this.#groups.length + column - 1]!;
    const whole = this.#canvas.getBoundingClientRect();
    const zoom = this.#images.zoomOf(this.#grid);
    const [x, y] = [(event.clientX - whole.left) / zoom, (event.clientY - whole.top) / zoom];
    const place = images.findIndex((_, one) => {
      const box = area(one);
      return x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
    });
    if (place < 0) return this.#lens.hide();
    const box = area(place);
    this.#lens.show(images[place]!, {
      left: whole.left + box.x * zoom,
      top: whole.top + box.y * zoom,
      right: whole.left + (box.x + box.width) * zoom,
    });
  }

  #key(event: KeyboardEvent): void {
    const at = this.#placeOf(event.target);
    if (!at) return;
    const [row, column] = at;
    if (event.key === "Enter" || event.key === " ") this.#choose(this.#filterOf(row, column));
    const last = this.#groups.length;
    const to: Readonly<Record<string, readonly [number, number]>> = {
      ArrowRight: [row, column + 1],
      ArrowLeft: [row, column - 1],
      ArrowDown: [row + 1, column],
      ArrowUp: [row - 1, column],
      Home: [row, 0],
      End: [row, last],
      PageUp: [0, column],
      PageDown: [last, column],
    };
    const next = to[event.key];
    if (next === undefined && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    const cell = next && this.#elements[next[0]]?.[next[1]];
    if (!cell) return;
    this.#elements[row]![column]!.tabIndex = -1;
    cell.tabIndex = 0;
    cell.focus();
  }
}
