/** By what pixels in 0 to 1 are normalized: one number, or one a channel. */
export interface Normalized {
  readonly mean: number | readonly number[];
  /** Above 0. */
  readonly std: number | readonly number[];
}

/** Mean and std of the first that has them, each by itself: options, what is noted with a model, a set. */
export function firstKnown(known: readonly (Partial<Normalized> | undefined)[]): Partial<Normalized> {
  const first = <Name extends keyof Normalized>(name: Name) => known.find((each) => each?.[name] !== undefined)?.[name];
  return { mean: first("mean"), std: first("std") };
}

/**
 * The same where one must have been given.
 *
 * @param from where they may be known from, for the error: "fit or loadCheckpoint"
 * @param how the error says that they are given
 * @throws RangeError where none has them
 */
export function mustKnow(
  fn: string,
  known: readonly (Partial<Normalized> | undefined)[],
  from: string,
  how = "",
): Normalized {
  const { mean, std } = firstKnown(known);
  if (mean !== undefined && std !== undefined) return { mean, std };
  const missing = Object.entries({ mean, std }).flatMap(([name, value]) => (value === undefined ? [name] : []));
  const got = missing.length === 2 ? "neither" : `no ${missing[0]}`;
  throw new RangeError(`${fn}: mean and std must be known from ${from}, or be given${how}, got ${got}`);
}
