/** What the places of a tensor see of the image: pixels from first to last, along rows and along columns. */

/** From the first pixel to the last; nothing where the first is Infinity. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Where output i sees `size` pixels from offset + i·stride on, those of the padding among them. */
export interface Line {
  readonly size: number;
  readonly stride: number;
  readonly offset: number;
}

/** One axis of a feature map. */
export interface Axis {
  /** Of each place, within the image. */
  readonly spans: readonly Span[];
  /** Undefined where places do not lie evenly. */
  readonly line?: Line | undefined;
}

/** Rows and columns that a place sees. */
export type Box = readonly [rows: Span, columns: Span];

/** A feature map [H, W, C], or tokens and numbers in a list, which may come from one. */
export type Field =
  | { readonly kind: "map"; readonly axes: readonly [Axis, Axis] }
  | {
      readonly kind: "list";
      readonly boxes: readonly Box[];
      readonly lines?: readonly [Line | undefined, Line | undefined];
    };

/** What a place sees that sees nothing: a class token before attention. */
const NOTHING: Span = { from: Infinity, to: -Infinity };
export const BLIND: Box = [NOTHING, NOTHING];

/** From the first pixel of all spans to the last. */
export function hull(spans: readonly Span[]): Span {
  let { from, to } = NOTHING;
  for (const span of spans) [from, to] = [Math.min(from, span.from), Math.max(to, span.to)];
  return { from, to };
}

/** The image itself, along one axis. */
export function pixels(count: number): Axis {
  return {
    spans: Array.from({ length: count }, (_, i) => ({ from: i, to: i })),
    line: { size: 1, stride: 1, offset: 0 },
  };
}

/** A window that slides along an axis. */
export interface Window {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  /** Zeros before the first place. */
  readonly before: number;
  /** Places that come out. */
  readonly count: number;
}

export function slide({ spans, line }: Axis, { size, stride, dilation, before, count }: Window): Axis {
  const reach = Array.from({ length: count }, (_, i) => {
    const places = Array.from({ length: size }, (__, k) => spans[i * stride - before + k * dilation]);
    return hull(places.filter((place) => place !== undefined));
  });
  const wider = line && {
    size: line.size + (size - 1) * dilation * line.stride,
    stride: line.stride * stride,
    offset: line.offset - before * line.stride,
  };
  return { spans: reach, line: wider };
}

/** Every place sees what all see together. */
export function whole({ spans }: Axis): Axis {
  const all = hull(spans);
  return { spans: spans.map(() => all) };
}

/** What all places of a tensor see together. */
export function boxOf(field: Field): Box {
  if (field.kind === "map") return [hull(field.axes[0].spans), hull(field.axes[1].spans)];
  return [hull(field.boxes.map(([rows]) => rows)), hull(field.boxes.map(([, columns]) => columns))];
}

/** A map's places one after another. */
export function listed({ axes: [rows, columns] }: Field & { readonly kind: "map" }): Field {
  const boxes = rows.spans.flatMap((row) => columns.spans.map((column): Box => [row, column]));
  return { kind: "list", boxes, lines: [rows.line, columns.line] };
}

/** Tensors that are added, multiplied or laid on one another; undefined where their places do not fit. */
export function merged(fields: readonly Field[]): Field | undefined {
  const first = fields[0]!;
  if (fields.every((field) => field.kind === "map")) {
    const axes = [0, 1].map((i) => mergedAxes(fields.map((field) => field.axes[i as 0 | 1])));
    return axes.includes(undefined) ? undefined : { kind: "map", axes: axes as [Axis, Axis] };
  }
  const lists = fields.filter((field) => field.kind === "list");
  const counts = new Set(lists.map(({ boxes }) => boxes.length));
  if (lists.length < fields.length || counts.size > 1) return undefined;
  const boxes = (first as Field & { readonly kind: "list" }).boxes.map((_, i): Box => {
    const all = lists.map((list) => list.boxes[i]!);
    return [hull(all.map(([rows]) => rows)), hull(all.map(([, columns]) => columns))];
  });
  const lines = [0, 1].map((i) => mergedLines(lists.map((list) => list.lines?.[i])));
  return { kind: "list", boxes, lines: lines as [Line | undefined, Line | undefined] };
}

/** One place broadcasts to all. */
function mergedAxes(axes: readonly Axis[]): Axis | undefined {
  const count = Math.max(...axes.map(({ spans }) => spans.length));
  if (axes.some(({ spans }) => spans.length !== count && spans.length !== 1)) return undefined;
  const spans = Array.from({ length: count }, (_, i) =>
    hull(axes.map((axis) => axis.spans[axis.spans.length === 1 ? 0 : i]!)),
  );
  const broadcasts = axes.some((axis) => axis.spans.length !== count);
  return { spans, line: broadcasts ? undefined : mergedLines(axes.map(({ line }) => line)) };
}

/** The widest of several paths; undefined where their strides differ. */
function mergedLines(lines: readonly (Line | undefined)[]): Line | undefined {
  const known = lines.filter((line) => line !== undefined);
  const { stride } = known[0] ?? {};
  if (known.length < lines.length || stride === undefined || known.some((line) => line.stride !== stride))
    return undefined;
  const offset = Math.min(...known.map((line) => line.offset));
  const end = Math.max(...known.map((line) => line.offset + line.size));
  return { size: end - offset, stride, offset };
}
