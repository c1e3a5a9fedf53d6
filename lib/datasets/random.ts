import { aNatural, checkArguments, type Rule } from "../checks.js";

/**
 * The library's seedable random numbers for data: xoshiro128** (32-bit words, period 2^128 − 1),
 * its state filled by SplitMix32 from the seed and any further words. The same words give the same
 * numbers on every machine. Not for cryptography.
 *
 * Source: Blackman and Vigna 2021, "Scrambled Linear Pseudorandom Number Generators", §10.
 */
export interface Random {
  /** The next integer, uniform over 0 to 2^32 − 1. */
  uint32(): number;
  /** The next number, uniform over [0, 1), with 32 random bits. */
  uniform(): number;
  /** The next integer, uniform over 0 to n − 1, without modulo bias. n: 1 to 2^32. */
  integer(n: number): number;
  /** The next normal number of mean 0 and standard deviation 1 (Box–Muller). */
  normal(): number;
}

/**
 * A stream of random numbers named by its words: `createRandom(seed, epoch)` and
 * `createRandom(seed, epoch + 1)` are unrelated streams.
 * @param words the seed and what else names the stream, each an integer of at most 2^53 − 1 in size
 * @throws RangeError when a word is not a safe integer
 */
export function createRandom(...words: readonly number[]): Random {
  return fromState(stateOf(words));
}

/** The generator started at four 32-bit words, not all zero. */
export function fromState(state: readonly [number, number, number, number]): Random {
  let [a, b, c, d] = state;
  const uint32 = (): number => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotateLeft(d, 11);
    return result;
  };
  const uniform = (): number => uint32() / 4294967296;
  const integer = (n: number): number => {
    const limit = 4294967296 - (4294967296 % n);
    let value = uint32();
    while (value >= limit) value = uint32();
    return value % n;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uint32, uniform, integer, normal };
}

/** A stream of random numbers, as an argument. */
export const aRandom: Rule = {
  what: "what createRandom gives",
  holds: (value) => typeof (value as Random | null)?.integer === "function",
};

/**
 * 0 to n − 1 in a random order (Fisher–Yates).
 * @returns [n]
 * @throws TypeError or RangeError where n is no whole number of 0 or more
 */
export function permutation(n: number, random: Random): Uint32Array {
  checkArguments("permutation", { n, random }, { n: aNatural, random: aRandom });
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  for (let i = n - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
  return order;
}

function rotateLeft(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}

function stateOf(words: readonly number[]): [number, number, number, number] {
  let hash = 0x9e3779b9;
  for (const word of words) {
    if (!Number.isSafeInteger(word)) {
      throw new RangeError(`createRandom: seed must be a safe integer, got ${word}`);
    }
    hash = mix(hash ^ (word | 0));
    hash = mix(hash ^ (Math.floor(word / 4294967296) | 0));
  }
  const next = (): number => mix((hash = (hash + 0x9e3779b9) | 0));
  const state: [number, number, number, number] = [next(), next(), next(), next()];
  return state.every((word) => word === 0) ? [1, 2, 3, 4] : state;
}

/** SplitMix32's finalizer. */
function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return x ^ (x >>> 15);
}
