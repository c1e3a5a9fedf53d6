/** One use of a layer in a model. */
export interface DiagramLayer {
  /** The layer's name. */
  readonly name: string;
  /** The class of the layer. */
  readonly className: string;
  /** Of its output, without the batch; null for a size that is not known. */
  readonly outputShape: readonly (number | null)[];
  /** Numbers that it learns. */
  readonly params: number;
  /** Which layers' outputs it takes, by their places in the list. */
  readonly inputs: readonly number[];
}

/** A box of a diagram. */
export interface DiagramRow {
  readonly layer: DiagramLayer;
  /** Rows, by number, that it takes from. */
  readonly from: readonly number[];
}

/** Rows that stand for several in a row. */
export interface Repeat {
  /** The first and the last of them. */
  readonly first: number;
  readonly last: number;
  readonly times: number;
}

/** Layers in a block at most. */
const LONGEST = 60;

/**
 * Layers with blocks that follow each other and are alike drawn once: alike in class, output shape, parameters, and in
 * how far back their inputs lie; a block takes nothing from before but what it follows. Of all ways to fold at a place,
 * the one that saves most, of these the shortest block.
 */
export function foldRepeats(layers: readonly DiagramLayer[]): {
  readonly rows: readonly DiagramRow[];
  readonly repeats: readonly Repeat[];
} {
  const marks = layers.map(({ className, outputShape, params, inputs }, i) =>
    [className, outputShape.join(), params, inputs.map((input) => i - input).join()].join("|"),
  );
  const kept: number[] = [];
  const rowOf: number[] = [];
  const repeats: Repeat[] = [];
  for (let at = 0; at < layers.length;) {
    const { length, times } = bestFold(marks, layers, at);
    const first = kept.length;
    for (let i = 0; i < length * times; i++) rowOf[at + i] = first + (i % length);
    for (let i = 0; i < length; i++) kept.push(at + i);
    if (times > 1) repeats.push({ first, last: kept.length - 1, times });
    at += length * times;
  }
  const rows = kept.map((at): DiagramRow => ({
    layer: layers[at]!,
    from: [...new Set(layers[at]!.inputs.map((input) => rowOf[input]!))],
  }));
  return { rows, repeats };
}

function bestFold(
  marks: readonly string[],
  layers: readonly DiagramLayer[],
  at: number,
): { readonly length: number; readonly times: number } {
  let best = { length: 1, times: 1 };
  const most = Math.min(LONGEST, Math.floor((marks.length - at) / 2));
  for (let length = 1; length <= most; length++) {
    let times = 1;
    const block = layers.slice(at, at + length);
    // what a block takes from outside is what comes just before it, and the next block follows this one
    const isBlock = block.every(({ inputs }) => inputs.every((input) => input >= at - 1));
    const follows = isBlock && layers[at + length]!.inputs.includes(at + length - 1);
    while (follows && isAlike(marks, at, at + length * times, length)) times++;
    if (times > 1 && length * (times - 1) > best.length * (best.times - 1)) best = { length, times };
  }
  return best;
}

function isAlike(marks: readonly string[], one: number, other: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (marks[one + i] !== marks[other + i]) return false;
  return other + length <= marks.length;
}
