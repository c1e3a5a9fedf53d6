/// <reference lib="dom" />
import type { GridImages } from "./grid-images.js";

/** One image of a confusion grid, large, with what is known of it, beside where it stands. Runs in a page. */
export class GridLens {
  readonly #images: GridImages;
  readonly #root: HTMLElement;
  readonly #box = document.createElement("div");
  readonly #canvas = document.createElement("canvas");
  readonly #words = document.createElement("div");
  #shown: number | null = null;

  /** @param root what it stays within */
  constructor(root: HTMLElement, images: GridImages) {
    [this.#images, this.#root] = [images, root];
    this.#box.className = "lens";
    this.#box.hidden = true;
    this.#box.append(this.#canvas, this.#words);
    root.append(this.#box);
  }

  /**
   * Follows the pointer over an element. What a finger showed stays when it is lifted.
   * @param point shows what lies under it
   */
  follow(element: HTMLElement, point: (event: PointerEvent) => void): void {
    for (const name of ["pointermove", "pointerdown"] as const) element.addEventListener(name, point);
    element.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.hide());
  }

  /** @param at the image's box on the screen */
  show(image: number, at: { readonly left: number; readonly top: number; readonly right: number }): void {
    if (this.#shown !== image) this.#draw(image);
    const whole = this.#root.getBoundingClientRect();
    const zoom = this.#images.zoomOf(this.#root);
    const { offsetWidth, offsetHeight } = this.#box;
    const [wide, high] = [this.#root.offsetWidth - offsetWidth, this.#root.offsetHeight - offsetHeight];
    const right = (at.right - whole.left) / zoom + 10;
    const left = right <= wide ? right : (at.left - whole.left) / zoom - offsetWidth - 10;
    this.#box.style.left = `${Math.max(0, Math.min(left, wide))}px`;
    const top = (at.top - whole.top) / zoom - offsetHeight / 2;
    this.#box.style.top = `${Math.max(0, Math.min(top, high))}px`;
  }

  hide(): void {
    this.#shown = null;
    this.#box.hidden = true;
  }

  #draw(image: number): void {
    const { sheet, labels, predictions } = this.#images.data;
    const side = 160 / Math.max(sheet.width, sheet.height);
    this.#shown = image;
    this.#box.hidden = false;
    this.#box.classList.toggle("wrong", labels[image] !== predictions[image]);
    this.#canvas.style.width = `${sheet.width * side}px`;
    this.#canvas.style.height = `${sheet.height * side}px`;
    const context = this.#images.clear(this.#canvas);
    context.imageSmoothingEnabled = false;
    this.#images.draw(context, image, { x: 0, y: 0, width: sheet.width * side, height: sheet.height * side });
    this.#words.replaceChildren(
      ...this.#images.lines(image).map((line) => {
        const one = document.createElement("div");
        one.textContent = line;
        return one;
      }),
    );
  }
}
