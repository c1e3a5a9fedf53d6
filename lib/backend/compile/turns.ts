let last: Promise<unknown> = Promise.resolve();

/**
 * Runs `work` after all work that was handed in before it has ended, well or not. Compiled functions share
 * variables: one may not start before the assignments of the one before it are in.
 */
export function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const result = last.then(work, work);
  last = result.catch(() => undefined);
  return result;
}
