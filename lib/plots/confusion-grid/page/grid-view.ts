/// <reference lib="dom" />
import type { ClassGroup } from "../groups.js";
import type { Filter } from "./grid-data.js";
import type { GridGallery } from "./grid-gallery.js";
import type { GridImages } from "./grid-images.js";
import type { GridLens } from "./grid-lens.js";
import type { GridTable } from "./grid-table.js";

/** What a confusion grid's view is put together from, made by the page. */
export interface GridParts {
  readonly images: GridImages;
  readonly makeLens: (root: HTMLElement) => GridLens;
  readonly makeTable: (root: HTMLElement, lens: GridLens, choose: (filter: Filter) => void) => GridTable;
  readonly makeGallery: (root: HTMLElement, lens: GridLens) => GridGallery;
}

/** A confusion grid in a page: its words, its table and the images that were chosen. Runs in a page. */
export class GridView {
  readonly #images: GridImages;
  readonly #lens: GridLens;
  readonly #table: GridTable;
  readonly #gallery: GridGallery;
  readonly #status = document.createElement("p");
  readonly #classes = document.createElement("select");
  readonly #clear = document.createElement("button");
  #filter: Filter | null = null;

  constructor(root: HTMLElement, { images, makeLens, makeTable, makeGallery }: GridParts) {
    this.#images = images;
    const { title, notes } = images.data;
    root.append(this.#line("title", title), ...notes.map((note) => this.#line("note", note)), this.#tools());
    this.#lens = makeLens(root);
    this.#table = makeTable(root, this.#lens, (filter) => this.#choose(filter));
    this.#gallery = makeGallery(root, this.#lens);
    root.addEventListener("keydown", (event) => this.#key(event));
    this.#table.show(this.#groups(null));
    this.#choose(null);
    void images.load().then(() => {
      this.#table.paint();
      this.#gallery.paint();
    });
  }

  #line(name: string, content: string): HTMLElement {
    const line = document.createElement("p");
    line.className = name;
    line.textContent = content;
    return line;
  }

  #tools(): HTMLElement {
    const tools = document.createElement("div");
    tools.className = "tools";
    const label = document.createElement("label");
    label.append("class ", this.#classes);
    this.#classes.add(new Option("all", ""));
    this.#images.data.classNames.forEach((name, index) => this.#classes.add(new Option(name, String(index))));
    this.#classes.addEventListener("change", () => this.#chooseClass());
    this.#clear.type = "button";
    this.#clear.textContent = "show all";
    this.#clear.addEventListener("click", () => this.#reset());
    this.#status.className = "status";
    this.#status.setAttribute("role", "status");
    tools.append(label, this.#clear, this.#status);
    return tools;
  }

  #chooseClass(): void {
    const chosen = this.#classes.value === "" ? null : Number(this.#classes.value);
    if (chosen === null) return this.#reset();
    if (this.#images.data.classNames.length > this.#images.data.mostAlone) this.#table.show(this.#groups(chosen));
    const name = `true or predicted ${this.#images.data.classNames[chosen]}`;
    this.#choose({ labels: [chosen], predictions: [chosen], either: true, name }, true);
  }

  #reset(): void {
    if (this.#images.data.classNames.length > this.#images.data.mostAlone) this.#table.show(this.#groups(null));
    this.#choose(null);
  }

  /** @param byClass whether the list of classes says what was chosen */
  #choose(asked: Filter | null, byClass = false): void {
    const filter = asked === null || asked.name === "all" || asked.name === this.#filter?.name ? null : asked;
    this.#filter = filter;
    if (!byClass) this.#classes.value = "";
    this.#clear.disabled = filter === null;
    this.#table.mark(filter);
    const shown = this.#images.of(filter);
    const { all, errors } = this.#images.count(filter);
    const number = (count: number): string => count.toLocaleString("en");
    const what = filter === null ? "all classes" : filter.name;
    this.#status.textContent =
      `${what}: ${number(all)} ${all === 1 ? "image" : "images"}, ${number(errors)} wrong; ` +
      (shown.length === all ? "all shown" : `${number(shown.length)} shown`);
    this.#gallery.show(filter === null ? [] : shown, `images, ${what}`);
  }

  #key(event: KeyboardEvent): void {
    event.stopPropagation(); // a notebook and a slide have keys of their own
    if (event.key !== "Escape") return;
    event.preventDefault();
    this.#lens.hide();
    if (this.#filter === null) return;
    this.#reset();
    this.#table.focus();
  }

  /** Rows and columns: of many classes those most often confused, or those most often confused with one of them. */
  #groups(of: number | null): ClassGroup[] {
    const { classNames, alone, mostAlone, counts } = this.#images.data;
    const own = of === null ? alone : this.#nearest(of, counts, mostAlone);
    const others = [...classNames.keys()].filter((index) => !own.includes(index));
    return [
      ...own.map((index) => ({ name: classNames[index]!, classes: [index] })),
      ...(others.length > 0 ? [{ name: `${others.length} others`, classes: others }] : []),
    ];
  }

  #nearest(of: number, counts: readonly number[], most: number): number[] {
    const times = new Map<number, number>();
    for (let at = 0; at < counts.length; at += 3) {
      const [label, prediction] = [counts[at]!, counts[at + 1]!];
      if (label === prediction || (label !== of && prediction !== of)) continue;
      const other = label === of ? prediction : label;
      times.set(other, (times.get(other) ?? 0) + counts[at + 2]!);
    }
    const others = [...times].sort(([a, one], [b, other]) => other - one || a - b).map(([index]) => index);
    return [of, ...others.slice(0, most - 1)].sort((a, b) => a - b);
  }
}
