/** Stretches of steps of which a curve keeps what is seen of it. */
const STRETCHES = 500;

/** A number at a step. */
interface Point {
  readonly step: number;
  readonly value: number;
}

/** Of one stretch the lowest and the highest number, and the first that is not finite. */
interface Stretch {
  low?: Point;
  high?: Point;
  gone?: Point;
}

/**
 * A curve of any length in bounded memory: of each of at most 500 equal stretches of steps its extremes and its first
 * number that is not finite; all of a shorter one. A peak of one step stays in it.
 */
export class KeptPoints {
  /** Steps of a stretch: a power of two. */
  #width = 1;
  #stretches = new Map<number, Stretch>();
  #first: Point | undefined;
  #last: Point | undefined;

  /** The number that was added last. */
  get last(): Point | undefined {
    return this.#last;
  }

  add(step: number, value: number): void {
    this.#last = { step, value };
    this.#first ??= this.#last;
    this.#put(this.#last);
    while (this.#stretches.size > STRETCHES) this.#widen();
  }

  /** Forgets what came after a step: the run goes on from there. */
  cut(step: number): void {
    const kept = this.#all().filter((point) => point.step <= step);
    this.#stretches = new Map();
    for (const point of kept) this.#put(point);
    this.#first = kept[0];
    this.#last = kept.at(-1);
  }

  /** By their steps, rising; numbers of six digits. */
  points(): { readonly x: readonly number[]; readonly y: readonly number[] } {
    const all = this.#all();
    return { x: all.map(({ step }) => step), y: all.map(({ value }) => Number(value.toPrecision(6))) };
  }

  #all(): Point[] {
    const points = new Map<number, Point>();
    for (const { low, high, gone } of this.#stretches.values())
      for (const point of [low, high, gone]) if (point) points.set(point.step, point);
    for (const point of [this.#first, this.#last]) if (point) points.set(point.step, point);
    return [...points.values()].sort((a, b) => a.step - b.step);
  }

  #put(point: Point): void {
    const place = Math.floor(point.step / this.#width);
    const stretch = this.#stretches.get(place) ?? {};
    this.#stretches.set(place, stretch);
    if (!Number.isFinite(point.value)) {
      if (stretch.gone === undefined || point.step < stretch.gone.step) stretch.gone = point;
      return;
    }
    if (stretch.low === undefined || point.value < stretch.low.value) stretch.low = point;
    if (stretch.high === undefined || point.value > stretch.high.value) stretch.high = point;
  }

  #widen(): void {
    const before = this.#stretches;
    this.#width *= 2;
    this.#stretches = new Map();
    for (const { low, high, gone } of before.values())
      for (const point of [low, high, gone]) if (point) this.#put(point);
  }
}
