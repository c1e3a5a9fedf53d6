/** An interval around an accuracy. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly level: number;
}

/** "78.01 % (95 %: 76.69 to 79.28 %)" */
export function intervalText(accuracy: number, { low, high, level }: Interval): string {
  return `${percent(accuracy)} % (${levelText(level)}: ${percent(low)} to ${percent(high)} %)`;
}

/** "95 %" */
export function levelText(level: number): string {
  return `${Number((100 * level).toPrecision(6))} %`;
}

/** "78.01", a share in percent with two decimals. */
export function percent(share: number): string {
  return (100 * share).toFixed(2);
}

/** Below this a p is not told apart. */
const LEAST_P = 1e-4;

/** "p = 0.043", "p < 0.0001" */
export function pText(p: number): string {
  return p < LEAST_P ? `p ${pNumber(p)}` : `p = ${pNumber(p)}`;
}

/** "0.043", "< 0.0001": in a table whose column says that it is a p. */
export function pNumber(p: number): string {
  return p < LEAST_P ? `< ${LEAST_P}` : String(Number(p.toPrecision(2)));
}
