/** The audit of public functions: a valid call of each, and for its arguments one by one values that it must refuse. */

/** Values of another kind, or out of range, for what an argument is to be. */
export const BAD = {
  object: [3, "x", null, [1]],
  options: [3, "x", null],
  set: [undefined, null, 3, "x", {}, []],
  model: [undefined, null, 3, "x", {}],
  tensor: [undefined, null, 3, "x", {}],
  count: [0, -1, 1.5, Number.NaN, "3", null],
  natural: [-1, 1.5, Number.NaN, "3"],
  integer: [1.5, Number.NaN, Number.POSITIVE_INFINITY, "3", null],
  number: [Number.NaN, "3", null],
  positive: [-1, Number.NaN, "3"],
  text: [3, {}, null],
  path: [undefined, 3, {}, null],
  flag: ["yes", 1],
  choice: ["nonsense", 3],
  padding: ["nonsense", -1, 1.5],
  list: [undefined, 3, {}, null],
  optionalList: [3, {}],
  texts: [3, [3]],
  signal: ["x", {}],
  function: [3, "x", {}],
} as const;

export type Kind = keyof typeof BAD;

/** One public function. */
export interface Door {
  /** As errors call it. */
  readonly name: string;
  readonly call: (...args: never[]) => unknown;
  /** Arguments that it takes. */
  readonly valid: () => readonly unknown[];
  /** By place, "0", or place and field, "1.count": what it is to be. A path of several fields goes on with points. */
  readonly args: Readonly<Record<string, Kind>>;
}

/** A door for the table; a class is called by `new`. */
export function door(
  name: string,
  call: unknown,
  valid: () => readonly unknown[],
  args: Readonly<Record<string, Kind>>,
): Door {
  return { name, call: call as Door["call"], valid, args };
}

/** What a door let through, or refused in another form than `name: rule, got x`. */
export async function faults({ name, call, valid, args }: Door): Promise<string[]> {
  const found: string[] = [];
  for (const [path, kind] of Object.entries(args)) {
    for (const bad of BAD[kind]) {
      const said = await refusal(call, withBad(valid(), path.split("."), bad));
      const good =
        said instanceof Error &&
        new RegExp(`^${name}: [^]*, got `).test(said.message) &&
        !(said.stack ?? "").includes("is not iterable");
      if (!good)
        found.push(
          `${name} with ${path} = ` +
            `${typeof bad === "string" ? JSON.stringify(bad) : (JSON.stringify(bad) ?? String(bad))}: ` +
            `${said instanceof Error ? `${said.name}: ${said.message.slice(0, 200)}` : "let through"}`,
        );
    }
  }
  return found;
}

function withBad(args: readonly unknown[], [place, ...fields]: readonly string[], bad: unknown): unknown[] {
  const copy = [...args];
  copy[Number(place)] = replaced(copy[Number(place)], fields, bad);
  return copy;
}

function replaced(value: unknown, [field, ...rest]: readonly string[], bad: unknown): unknown {
  if (field === undefined) return bad;
  const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) };
  (copy as Record<string, unknown>)[field] = replaced((copy as Record<string, unknown>)[field], rest, bad);
  return copy;
}

async function refusal(call: Door["call"], args: readonly unknown[]): Promise<unknown> {
  try {
    const result: unknown = call(...(args as never[]));
    if (typeof (result as PromiseLike<unknown> | null)?.then === "function") await result;
    return undefined;
  } catch (error) {
    return error;
  }
}
