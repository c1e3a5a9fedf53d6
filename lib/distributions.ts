/**
 * The distributions that intervals and tests rest on. Own code: two quantiles of stdlib alone bring 27 MB in 238
 * packages, jStat has had no release in years; test/distributions.test.ts holds these to SciPy's.
 */

/** ln Γ(x), x above 0. Source: Lanczos 1964, with Godfrey's coefficients for g = 7. */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const t = x + 6.5;
  const sum = LANCZOS.reduce((total, c, i) => total + c / (x + i), 0.99999999999980993);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

const LANCZOS: readonly number[] = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** A continued fraction's value has come to rest, or a sum's next term no longer counts. */
const SETTLED = 1e-16;
const TINY = 1e-300;

/**
 * I_x(a, b), the regularized incomplete beta function: the beta distribution's share below x, 0 to 1.
 * Source: Abramowitz and Stegun 26.5.8, summed as Lentz does.
 */
export function betaCdf(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - betaCdf(1 - x, b, a); // where the fraction is slow
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  let [c, d] = [1, 1 / nonZero(1 - ((a + b) * x) / (a + 1))];
  let value = d;
  for (let m = 1; m < 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    const before = value;
    for (const term of [even, odd]) {
      d = 1 / nonZero(1 + term * d);
      c = nonZero(1 + term / c);
      value *= c * d;
    }
    if (Math.abs(value - before) <= SETTLED * Math.abs(value)) break;
  }
  return front * value;
}

const nonZero = (value: number): number => (Math.abs(value) < TINY ? TINY : value);

/** Where the beta distribution has the share `share` below, 0 to 1. */
export function betaQuantile(share: number, a: number, b: number): number {
  return whereReached((x) => betaCdf(x, a, b) >= share, 0, 1);
}

/** How far from 0, to either side, Student's t of `degrees` of freedom holds the share `level`. */
export function tQuantile(level: number, degrees: number): number {
  const x = betaQuantile(1 - level, degrees / 2, 0.5);
  return Math.sqrt((degrees * (1 - x)) / x);
}

/** How far from 0, to either side, the standard normal distribution holds the share `level`: 1.96 for 0.95. */
export function normalQuantile(level: number): number {
  return whereReached((z) => normalBeyond(z) <= 1 - level, 0, 40);
}

/** The standard normal distribution's share beyond ±z, erfc(z / √2); of χ² of one degree of freedom beyond z². */
export function normalBeyond(z: number): number {
  const x = (z * z) / 2;
  if (x === 0) return 1;
  const front = Math.exp(-x + 0.5 * Math.log(x) - logGamma(0.5));
  if (x < 1.5) {
    let [term, sum] = [2, 2]; // Γ's lower part: Σ xⁿ / (½ (½ + 1) … (½ + n))
    for (let n = 1; Math.abs(term) > SETTLED * sum; n++) sum += term *= x / (n + 0.5);
    return 1 - front * sum;
  }
  let fraction = 0; // Γ's upper part, from the far end of its continued fraction
  for (let n = 200; n > 0; n--) fraction = (n * (n - 0.5)) / (x + 2 * n + 0.5 - fraction);
  return front / (x + 0.5 - fraction);
}

/** The share of a fair coin's `tosses` in which `heads` or fewer fall. */
export function fairCoinCdf(heads: number, tosses: number): number {
  return heads >= tosses ? 1 : betaCdf(0.5, tosses - heads, heads + 1);
}

/** The least x from `low` to `high` for which something that stays true once it is true, is. */
function whereReached(reached: (x: number) => boolean, low: number, high: number): number {
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return high;
    if (reached(middle)) high = middle;
    else low = middle;
  }
}
