/** A widget's state as its protocol sends it: bytes apart from the rest, other widgets by their ids. */

type Bytes = ArrayBufferView | ArrayBuffer;
/** Keys and indices from a state down to a value. */
export type Path = readonly (string | number)[];

/** A widget's state as it is sent: JSON, and its bytes beside it. */
export interface PackedState {
  readonly state: Record<string, unknown>;
  /** Where in `state` each of `buffers` belongs. */
  readonly bufferPaths: Path[];
  readonly buffers: Bytes[];
}

/** Something that stands for a model of the front end. */
export interface Model {
  readonly modelId: string;
}

/** Takes the bytes out of `state`, at any depth, and puts references for models. */
export function packState(state: Readonly<Record<string, unknown>>): PackedState {
  const bufferPaths: Path[] = [];
  const buffers: Bytes[] = [];
  const pack = (value: unknown, path: Path): unknown => {
    if (typeof value !== "object" || value === null) return value;
    if (isModel(value)) return `IPY_MODEL_${value.modelId}`;
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
      bufferPaths.push(path);
      buffers.push(value);
      return REMOVED;
    }
    // The protocol leaves a removed entry of a list as null, and one of an object out.
    if (Array.isArray(value)) return value.map((item, i) => orNull(pack(item, [...path, i])));
    if (typeof (value as { toJSON?: unknown }).toJSON === "function") return value;
    return packEntries(value as Record<string, unknown>, path);
  };
  const packEntries = (object: Readonly<Record<string, unknown>>, path: Path): Record<string, unknown> => {
    const packed: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(object)) {
      const value = pack(item, [...path, key]);
      if (value !== REMOVED) packed[key] = value;
    }
    return packed;
  };
  return { state: packEntries(state, []), bufferPaths, buffers };
}

/** Puts `buffers` where `paths` say; paths that lead nowhere are left out. */
export function unpackState(
  state: Record<string, unknown>,
  paths: readonly Path[],
  buffers: readonly Uint8Array[],
): Record<string, unknown> {
  paths.forEach((path, i) => {
    const buffer = buffers[i];
    let at: unknown = state;
    for (const key of path.slice(0, -1))
      at =
        typeof at === "object" && at !== null && Object.hasOwn(at, key)
          ? (at as Record<string | number, unknown>)[key]
          : undefined;
    const last = path.at(-1);
    if (buffer && last !== undefined && last !== "__proto__" && typeof at === "object" && at !== null)
      (at as Record<string | number, unknown>)[last] = buffer;
  });
  return state;
}

const REMOVED = Symbol("bytes, sent apart");

function orNull(value: unknown): unknown {
  return value === REMOVED ? null : value;
}

function isModel(value: object): value is Model {
  return value instanceof Object && "modelId" in value && typeof value.modelId === "string";
}
