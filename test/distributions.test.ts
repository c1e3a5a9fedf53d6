import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { betaCdf, betaQuantile, fairCoinCdf, normalBeyond, normalQuantile, tQuantile } from "../lib/distributions.js";
import { ROOT } from "./house/imports.js";

const { distributions } = JSON.parse(readFileSync(join(ROOT, "test/fixtures/predictions/reference.json"), "utf8")) as {
  distributions: Record<"t" | "normal" | "normalBeyond" | "beta" | "coin", number[][]>;
};

/** Sums of logarithms of Γ of 10⁴ keep ten digits. */
const close = (found: number, wanted: number): void =>
  expect(Math.abs(found - wanted) / (wanted || 1)).toBeLessThan(1e-9);

describe("the distributions are SciPy's:", () => {
  test.each(distributions.t)("Student's t at %d of %d degrees", (level, degrees, wanted) =>
    close(tQuantile(level!, degrees!), wanted!),
  );
  test.each(distributions.normal)("the normal's quantile at %d", (level, wanted) =>
    close(normalQuantile(level!), wanted!),
  );
  test.each(distributions.normalBeyond)("the normal beyond %d", (z, wanted) => close(normalBeyond(z!), wanted!));
  test.each(distributions.beta)("beta at %d of %d, %d", (x, a, b, wanted) => {
    close(betaCdf(x!, a!, b!), wanted!);
    close(betaQuantile(betaCdf(x!, a!, b!), a!, b!), x!);
  });
  test.each(distributions.coin)("%d heads or fewer of %d tosses", (heads, tosses, wanted) =>
    close(fairCoinCdf(heads!, tosses!), wanted!),
  );
});
