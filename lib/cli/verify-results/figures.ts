/**
 * Measured numbers in a text, inserted from stored results by name. A number stands between two comments, which a page
 * does not show:
 *
 *   <!-- cnn-attention-vs-vit/quick all.vitPatches.accuracy percent 1 -->42.5 %<!-- / -->
 *
 * The first names the stored result, the measure (or wallSeconds, machine.cores, machine.cpu) and how it is written:
 * `percent D`, `fixed D`, `integer`, `minutes` or `text`. A whole table stands between such comments too, on lines of
 * their own: `<!-- bench/kernel table -->`.
 */

/** A stored result, as a text sees it. */
export interface Figures {
  /** "cnn-attention-vs-vit/quick", "bench/kernel" */
  readonly name: string;
  readonly result: { readonly measures: Readonly<Record<string, number | string>> };
  /** What stands in place of each number where nothing has been measured. */
  readonly placeholder?: string;
  /** The result's table of a name, as Markdown. */
  table?(name: string): string | undefined;
}

const NAMED = /(?<name>[a-z0-9-]+\/[\w.-]+) (?<measure>[\w.]+)/;
const SHAPED = /(?<format>percent|points|fixed|integer|minutes|text)(?: (?<digits>\d))?/;
const MARKER = new RegExp(`<!-- ${NAMED.source} ${SHAPED.source} -->(?<shown>.*?)<!-- / -->`, "g");
const TABLE = /<!-- (?<name>[a-z0-9-]+\/[\w.-]+) (?<table>[a-z]+) -->\n(?<shown>[^]*?)\n<!-- \/ -->/g;
const OPENING = /<!-- [a-z0-9-]+\/[\w.-]+ /g;

/** A text with its numbers filled in. */
export interface Filled {
  /** The text with every number as its result has it. */
  readonly text: string;
  /** Numbers in it. */
  readonly count: number;
  /** Each number that differed, and each marker that names nothing. */
  readonly problems: readonly string[];
}

/** Writes each marked number anew. */
export function fill(text: string, stored: readonly Figures[]): Filled {
  const problems: string[] = [];
  let count = 0;
  const withTables = text.replace(TABLE, (whole: string, ...rest: unknown[]) => {
    const { name, table, shown } = rest.at(-1) as Record<"name" | "table" | "shown", string>;
    count++;
    const right = stored.find((one) => one.name === name)?.table?.(table);
    if (right === undefined) problems.push(`${name} ${table} is not stored`);
    if (right === undefined || `\n${right}\n` === shown) return whole;
    problems.push(`${name} ${table}: the text has another`);
    return `<!-- ${name} ${table} -->\n\n${right}\n\n<!-- / -->`;
  });
  const filled = withTables.replace(MARKER, (whole: string, ...rest: unknown[]) => {
    const { name, measure, format, digits, shown } = rest.at(-1) as Record<
      "name" | "measure" | "format" | "shown",
      string
    > & { digits?: string };
    count++;
    const found = stored.find((one) => one.name === name);
    const value = found && (found.placeholder ?? valueOf(found.result, measure));
    if (value === undefined) {
      problems.push(`${name} ${measure} is not stored`);
      return whole;
    }
    const right = numberText(value, format, Number(digits ?? 0));
    if (right === shown) return whole;
    problems.push(`${name} ${measure} is ${right}, the text says ${shown}`);
    return `${whole.slice(0, whole.indexOf("-->") + 3)}${right}<!-- / -->`;
  });
  const openings = text.match(OPENING)?.length ?? 0;
  if (openings !== count)
    problems.push(
      `${openings - count} of ${openings} markers cannot be read; one looks so: <!-- study/quick ` +
        "all.vit.accuracy percent 1 -->42.5 %<!-- / -->",
    );
  return { text: filled, count, problems };
}

/** What a result has by a name: a measure, or another of its fields, "machine.cores". */
export function valueOf(result: Figures["result"], measure: string): number | string | undefined {
  if (Object.hasOwn(result.measures, measure)) return result.measures[measure];
  const value = measure
    .split(".")
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], result);
  return typeof value === "number" || typeof value === "string" ? value : undefined;
}

/** A number as a marker's words say: "percent", 1 → "42.5 %". */
export function numberText(value: number | string, format: string, digits: number): string {
  if (typeof value === "string") return value;
  switch (format) {
    case "percent":
      return `${(100 * value).toFixed(digits)} %`;
    case "points": // a share's hundredths, without the sign
      return (100 * value).toFixed(digits);
    case "integer":
      return Math.round(value).toLocaleString("en");
    case "minutes":
      return `${(value / 60).toFixed(digits)} min`;
    default:
      return value.toFixed(digits);
  }
}
