/** Sentences on what a figure shows, for who cannot see it: a screen reader says them after the title. */
import { captionAndSource, isDrawn, shortNumber } from "./figure-checks.js";
import { dateText } from "./svg/date-ticks.js";

/** Names that are said one by one; of more the first ones. */
const MOST = 24;

/** What an axis or a color is, and the values on it. */
export interface Quantity {
  readonly label: string;
  readonly values: ArrayLike<number | null>;
  /** Default false. */
  readonly log?: boolean;
  /** Whether the values are milliseconds since 1970. Default false. */
  readonly dates?: boolean;
}

/** "cross-entropy from 0.83 to 2.3 on a logarithmic axis" */
export function quantityText({ label, values, log = false, dates = false }: Quantity): string {
  return `${label} ${rangeText(values, { log, dates })}${log ? " on a logarithmic axis" : ""}`;
}

/** "from 0.83 to 2.3", of the values that are drawn. */
export function rangeText(
  values: ArrayLike<number | null>,
  { log = false, dates = false }: { readonly log?: boolean; readonly dates?: boolean } = {},
): string {
  let [least, greatest] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (isDrawn(value, log)) [least, greatest] = [Math.min(least, value), Math.max(greatest, value)];
  }
  if (least > greatest) return "without a finite value";
  const text = (value: number): string => (dates ? dateText(value, (greatest - least) / 4) : shortNumber(value));
  return least === greatest ? `of ${text(least)}` : `from ${text(least)} to ${text(greatest)}`;
}

/** "airplane, automobile, bird": at most 24, and how many more. */
export function listText(items: readonly string[], separator = ", "): string {
  const more = items.length - MOST;
  return [...items.slice(0, MOST), ...(more > 0 ? [`${more} more`] : [])].join(separator);
}

/** "1 image", "3 images", "1,000 images" */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** Sentences of a figure, the last ones its caption and its source. */
export function describe(sentences: readonly (string | false)[], below: string | undefined): string {
  const [caption, source] = captionAndSource(below);
  return [...sentences, caption, source !== "" && `Source: ${source}`]
    .filter((one) => typeof one === "string" && one !== "")
    .map((sentence) => `${String(sentence).replace(/\.$/, "")}.`)
    .join(" ");
}
