/**
 * JavaScript's own methods, which the kernel runs on as cells do: one that a cell replaced by something that cannot be
 * called (`Array.prototype[Symbol.iterator] = null`) is put back when the cell ends. Replacements that are functions
 * stay.
 */
const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Object;
const { ownKeys } = Reflect;
const { toString: nameOfSymbol } = Symbol.prototype;
const { apply } = Reflect;

const HOLDERS: readonly (readonly [name: string, holder: object])[] = [
  ["Object", Object],
  ["Object.prototype", Object.prototype],
  ["Function.prototype", Function.prototype],
  ["Reflect", Reflect],
  ["JSON", JSON],
  ["Math", Math],
  ["Array", Array],
  ["Array.prototype", Array.prototype],
  ["Array Iterator.prototype", getPrototypeOf([][Symbol.iterator]()) as object],
  ["Promise", Promise],
  ["Promise.prototype", Promise.prototype],
  ["String", String],
  ["String.prototype", String.prototype],
  ["RegExp.prototype", RegExp.prototype],
  ["Number", Number],
  ["Number.prototype", Number.prototype],
  ["Symbol", Symbol],
  ["Error", Error],
  ["Error.prototype", Error.prototype],
  ["Map.prototype", Map.prototype],
  ["Map Iterator.prototype", getPrototypeOf(new Map().values()) as object],
  ["Set.prototype", Set.prototype],
  ["Set Iterator.prototype", getPrototypeOf(new Set().values()) as object],
  ["WeakMap.prototype", WeakMap.prototype],
  ["WeakSet.prototype", WeakSet.prototype],
  ["Atomics", Atomics],
];

interface Kept {
  readonly name: string;
  readonly holder: object;
  readonly key: string | symbol;
  readonly descriptor: PropertyDescriptor;
}

const kept: readonly Kept[] = HOLDERS.flatMap(([name, holder]) =>
  ownKeys(holder).flatMap((key) => {
    const descriptor = getOwnPropertyDescriptor(holder, key)!;
    const shown = typeof key === "symbol" ? `[${apply(nameOfSymbol, key, []).slice(7, -1)}]` : `.${key}`;
    return typeof descriptor.value === "function"
      ? [{ name: `${name}${shown}`, holder, key, descriptor: { ...descriptor, __proto__: null } as PropertyDescriptor }]
      : [];
  }),
);

/**
 * Puts back what cannot be called any more. It calls no method itself.
 * @returns a line for each, or ""
 */
export function mendBuiltIns(): string {
  let told = "";
  for (let i = 0; i < kept.length; i++) {
    const { name, holder, key, descriptor } = kept[i]!;
    if (typeof (holder as Record<string | symbol, unknown>)[key] === "function") continue;
    try {
      defineProperty(holder, key, descriptor);
      told += `${name} was put back: the kernel cannot go on without it\n`;
    } catch {
      told += `${name} is gone for good: restart the kernel\n`; // frozen
    }
  }
  return told;
}
