/** What a trial returned, as plain data: what cannot be kept is left out and told. */

/** Plain data, and what was left out. */
export interface PlainResult {
  readonly result: Readonly<Record<string, unknown>>;
  readonly notes: readonly string[];
}

/** Values of one result at most: it is a row of a table, not an archive. */
const MOST_VALUES = 100_000;

/** An object's fields; `value` of what is no object; nothing of undefined and null. */
export function plainResult(returned: unknown): PlainResult {
  const notes: string[] = [];
  const leaveOut = (path: string, what: string): undefined => {
    if (notes.length < 10) notes.push(`${path} is left out: ${what}`);
    return undefined;
  };
  let values = 0;
  const plain = (value: unknown, path: string, around: readonly object[]): unknown => {
    if (++values > MOST_VALUES) {
      return values === MOST_VALUES + 1 ? leaveOut(path, `more than ${MOST_VALUES} values`) : undefined;
    }
    if (value === null || value === undefined || typeof value === "string" || typeof value === "boolean") return value;
    if (typeof value === "number") return value;
    if (typeof value !== "object") return leaveOut(path, `a ${typeof value}`);
    if (around.includes(value)) return leaveOut(path, "it holds itself");
    const inner = [...around, value];
    if (ArrayBuffer.isView(value) && Symbol.iterator in value)
      return Array.from(value as unknown as ArrayLike<unknown>, (one) => plain(one, path, inner));
    if (Array.isArray(value)) return value.map((one, i) => plain(one, `${path}[${i}]`, inner) ?? null);
    if ("dataId" in value) return leaveOut(path, "a tensor");
    const given = typeof (value as Date).toJSON === "function" ? (value as Date).toJSON() : value;
    if (given !== value) return plain(given, path, inner);
    const entries = value instanceof Map ? [...value].map(([key, one]) => [String(key), one]) : Object.entries(value);
    return Object.fromEntries(entries.map(([key, one]) => [key, plain(one, `${path}.${key}`, inner)]));
  };
  let result: unknown;
  try {
    result = plain(returned, "the result", []);
  } catch (error) {
    leaveOut("the result", `reading it failed: ${(error as Error | null)?.message ?? String(error)}`);
  }
  if (result === undefined || result === null) return { result: {}, notes };
  const isRecord = typeof result === "object" && !Array.isArray(result);
  return { result: isRecord ? (result as Record<string, unknown>) : { value: result }, notes };
}
