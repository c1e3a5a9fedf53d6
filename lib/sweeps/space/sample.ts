import {
  aboveZero,
  aCount,
  anInteger,
  aNumber,
  checkArguments,
  checkOptions,
  recordOf,
  type Rule,
} from "../../checks.js";
import { createRandom, type Random } from "../../datasets/random.js";
import { shownSpace } from "./shown-space.js";
import { checkPlain, someValues, type Space } from "./space.js";

/** A number between two. Plain data. */
export interface Between<Kind extends string> {
  /** How it is drawn. */
  readonly kind: Kind;
  /** The least. */
  readonly from: number;
  /** The greatest; above `from`. */
  readonly to: number;
}

/** One of a list. Plain data. */
export interface Choice<Value = unknown> {
  /** How it is drawn: each as likely. */
  readonly kind: "choice";
  /** The values. */
  readonly of: readonly Value[];
}

/** Where a sample's value comes from. Plain data. */
export type Distribution<Value = unknown> = Between<"uniform" | "logUniform" | "integer"> | Choice<Value>;

/** The config that a sample of these has. */
export type ConfigOfSample<Names extends Readonly<Record<string, unknown>>> = {
  readonly [Name in keyof Names]: Names[Name] extends Choice<infer Value> ? Value : number;
};

/** What {@link sample} takes. */
export interface SampleOptions {
  /** Configs, 1 to 100,000. */
  readonly count: number;
  /** Any integer: the same one gives the same configs. Default 0. */
  readonly seed?: number;
}

/**
 * Any number between two, each as likely.
 *
 * @throws RangeError where `to` is not above `from`
 */
export function uniform(from: number, to: number): Between<"uniform"> {
  checkArguments("uniform", { from, to }, { from: aNumber, to: aNumber });
  return { kind: "uniform", ...between("uniform", from, to) };
}

/**
 * A number between two whose logarithm is uniform: 0.001 to 0.01 is as likely as 0.01 to 0.1.
 *
 * @param from above 0
 * @throws RangeError where `to` is not above `from`
 */
export function logUniform(from: number, to: number): Between<"logUniform"> {
  checkArguments("logUniform", { from, to }, { from: aboveZero, to: aboveZero });
  return { kind: "logUniform", ...between("logUniform", from, to) };
}

/**
 * A whole number between two, both among them, each as likely.
 *
 * @throws RangeError where `to` is not above `from`
 */
export function integer(from: number, to: number): Between<"integer"> {
  checkArguments("integer", { from, to }, { from: anInteger, to: anInteger });
  return { kind: "integer", ...between("integer", from, to) };
}

/**
 * One of these, each as likely.
 *
 * @throws TypeError for a value that JSON cannot hold
 */
export function choice<const Value>(of: readonly Value[]): Choice<Value> {
  checkArguments("choice", { of }, { of: someValues });
  checkPlain("choice", "of", of);
  return { kind: "choice", of };
}

const KINDS = ["uniform", "logUniform", "integer", "choice"];
const aDistribution: Rule = {
  what: "sweeps.uniform, logUniform, integer or choice of what may come",
  holds: (value) => KINDS.includes((value as { kind?: string } | null)?.kind ?? ""),
  hint: (value) => (Array.isArray(value) ? "; sweeps.choice takes one of a list" : ""),
};

/**
 * Configs drawn at random, each name by itself: random search. The first configs of a larger count are the same.
 *
 * @param distributions where each name's value comes from
 * @throws RangeError for no name, or an option out of range; TypeError for another kind
 * Source: Bergstra and Bengio 2012, "Random Search for Hyper-Parameter Optimization".
 * @example sweeps.sample({ learningRate: sweeps.logUniform(1e-4, 1e-1), width: sweeps.choice([8, 16]) }, { count: 20 })
 */
export function sample<const Names extends Readonly<Record<string, Distribution>>>(
  distributions: Names,
  options: SampleOptions,
): Space<ConfigOfSample<Names>> {
  checkArguments("sample", { distributions }, { distributions: recordOf(aDistribution) });
  checkOptions("sample", options, { count: aCountOfConfigs, seed: { ...anInteger, optional: true } });
  const names = Object.keys(distributions);
  if (names.length === 0) throw new RangeError("sample: distributions must have a name or more, got none");
  const { count, seed = 0 } = options;
  const configs = Array.from({ length: count }, (_, i) =>
    Object.fromEntries(names.map((name, at) => [name, drawn(distributions[name]!, createRandom(seed, i, at))])),
  );
  return shownSpace({ kind: "sample", of: distributions, seed, configs: configs as ConfigOfSample<Names>[] });
}

const aCountOfConfigs: Rule = {
  ...aCount,
  what: "a whole number from 1 to 100000",
  holds: (value) => aCount.holds(value) && (value as number) <= 100_000,
};

function drawn(distribution: Distribution, random: Random): unknown {
  if (distribution.kind === "choice") return distribution.of[random.integer(distribution.of.length)];
  const { kind, from, to } = distribution;
  if (kind === "integer") return from + Math.floor(random.uniform() * (to - from + 1));
  if (kind === "uniform") return from + random.uniform() * (to - from);
  const [low, high] = [Math.log(from), Math.log(to)];
  return Math.min(to, Math.max(from, Math.exp(low + random.uniform() * (high - low))));
}

function between(fn: string, from: number, to: number): { readonly from: number; readonly to: number } {
  if (to <= from) throw new RangeError(`${fn}: to must be above from, got from=${from}, to=${to}`);
  return { from, to };
}
