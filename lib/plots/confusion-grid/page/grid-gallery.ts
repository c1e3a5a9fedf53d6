/// <reference lib="dom" />
import type { Area, GridImages } from "./grid-images.js";
import type { GridLens } from "./grid-lens.js";

/**
 * The images that a filter leaves, in a list that scrolls, of which only what is seen is drawn. Arrow keys go from one
 * to the next. Runs in a page.
 */
export class GridGallery {
  readonly #images: GridImages;
  readonly #lens: GridLens;
  readonly #list = document.createElement("div");
  readonly #canvas = document.createElement("canvas");
  readonly #room = document.createElement("div");
  readonly #option = document.createElement("div");
  #shown: readonly number[] = [];
  #at = 0;

  constructor(root: HTMLElement, images: GridImages, lens: GridLens) {
    [this.#images, this.#lens] = [images, lens];
    this.#list.className = "gallery";
    this.#list.tabIndex = 0;
    this.#list.hidden = true;
    this.#list.setAttribute("role", "listbox");
    this.#list.setAttribute("aria-activedescendant", "image");
    this.#option.id = "image";
    this.#option.className = "marked";
    this.#option.setAttribute("role", "option");
    this.#option.setAttribute("aria-selected", "true");
    this.#room.append(this.#canvas, this.#option);
    this.#list.append(this.#room);
    root.append(this.#list);
    this.#list.addEventListener("scroll", () => this.paint());
    this.#list.addEventListener("keydown", (event) => this.#key(event));
    this.#list.addEventListener("focus", () => this.#mark(this.#at));
    this.#list.addEventListener("blur", () => this.#lens.hide());
    lens.follow(this.#list, (event) => this.#point(event));
    new ResizeObserver(() => this.paint()).observe(this.#list);
  }

  /** @param name what the images are; none: the list goes */
  show(shown: readonly number[], name: string): void {
    [this.#shown, this.#at] = [shown, 0];
    this.#list.hidden = shown.length === 0;
    this.#list.setAttribute("aria-label", name);
    this.#list.scrollTop = 0;
    this.paint();
  }

  paint(): void {
    if (this.#list.hidden || this.#list.clientWidth === 0) return;
    const { columns, rows, size } = this.#places();
    this.#room.style.height = `${rows * size.height}px`;
    const [top, height] = [this.#list.scrollTop, Math.min(this.#list.clientHeight, rows * size.height)];
    this.#canvas.style.height = `${height}px`;
    const context = this.#images.clear(this.#canvas);
    const [first, last] = [Math.floor(top / size.height), Math.floor((top + height) / size.height)];
    this.#shown.slice(first * columns, (last + 1) * columns).forEach((image, i) => {
      const { x, y, width, height: high } = this.#area(first * columns + i);
      this.#images.draw(context, image, { x: x + 1, y: y - top + 1, width: width - 2, height: high - 2 });
    });
    this.#frame(this.#at);
  }

  #places(): { readonly columns: number; readonly rows: number; readonly size: { width: number; height: number } } {
    const { width, height } = this.#images.data.sheet;
    const columns = Math.max(1, Math.floor(this.#list.clientWidth / 46));
    const wide = this.#list.clientWidth / columns;
    const rows = Math.ceil(this.#shown.length / columns);
    return { columns, rows, size: { width: wide, height: (wide * height) / width } };
  }

  #area(place: number): Area {
    const { columns, size } = this.#places();
    return { x: (place % columns) * size.width, y: Math.floor(place / columns) * size.height, ...size };
  }

  #point(event: PointerEvent): void {
    const { columns, size } = this.#places();
    const box = this.#room.getBoundingClientRect();
    const zoom = this.#images.zoomOf(this.#list);
    const column = Math.floor((event.clientX - box.left) / zoom / size.width);
    const place = Math.floor((event.clientY - box.top) / zoom / size.height) * columns + column;
    if (column < 0 || column >= columns || this.#shown[place] === undefined) return this.#lens.hide();
    this.#enlarge(place);
  }

  #key(event: KeyboardEvent): void {
    const { columns } = this.#places();
    const last = this.#shown.length - 1;
    const to: Readonly<Record<string, number>> = {
      ArrowRight: this.#at + 1,
      ArrowLeft: this.#at - 1,
      ArrowDown: this.#at + columns,
      ArrowUp: this.#at - columns,
      Home: 0,
      End: last,
    };
    const place = to[event.key];
    if (place === undefined) return;
    event.preventDefault();
    if (place >= 0 && place <= last) this.#mark(place);
  }

  #mark(place: number): void {
    this.#at = place;
    const { y, height } = this.#area(place);
    const { scrollTop, clientHeight } = this.#list;
    if (y < scrollTop) this.#list.scrollTop = y;
    else if (y + height > scrollTop + clientHeight) this.#list.scrollTop = y + height - clientHeight;
    this.#frame(place);
    this.#option.setAttribute("aria-label", this.#images.lines(this.#shown[place]!).join(", "));
    this.#option.setAttribute("aria-posinset", String(place + 1));
    this.#option.setAttribute("aria-setsize", String(this.#shown.length));
    this.#enlarge(place);
  }

  #frame(place: number): void {
    const { x, y, width, height } = this.#area(place);
    Object.assign(this.#option.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
  }

  #enlarge(place: number): void {
    const { x, y, width } = this.#area(place);
    const box = this.#room.getBoundingClientRect();
    const zoom = this.#images.zoomOf(this.#list);
    const [left, top] = [box.left + x * zoom, box.top + y * zoom];
    this.#lens.show(this.#shown[place]!, { left, top, right: left + width * zoom });
  }
}
