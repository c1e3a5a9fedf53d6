import { DISPLAY, shownAs } from "../../shown.js";
import { table } from "../../table.js";

/** Characters of a setting's values that are shown. */
const MOST = 100;

/** What is shown of a space. */
interface Shown {
  readonly kind: string;
  readonly of: Readonly<Record<string, unknown>>;
  readonly seed: number | null;
  readonly configs: readonly object[];
}

/** The same space; a notebook shows its settings, not every config. */
export function shownSpace<Space extends Shown>(space: Space): Space {
  return shownAs(space, ({ kind, of, seed, configs }) => {
    const rows = Object.entries(of).map(([name, values]) => [name, valuesText(values)]);
    const drawn = seed === null ? "" : `, seed ${seed}`;
    const count = `${configs.length} ${configs.length === 1 ? "config" : "configs"}`;
    return table(["setting", "values"], rows, `${kind} of ${count}${drawn}`)[DISPLAY]();
  });
}

/** "0.1, 0.01", "choice of 16, 32", "logUniform from 0.001 to 1" */
function valuesText(values: unknown): string {
  const { kind, of, from, to } = values as Readonly<Record<string, unknown>>;
  const list = Array.isArray(values) ? values : of;
  const texts = Array.isArray(list) ? list.map(text).join(", ") : `from ${text(from)} to ${text(to)}`;
  const whole = Array.isArray(values) ? texts : `${kind} ${Array.isArray(list) ? "of " : ""}${texts}`;
  return whole.length > MOST ? `${whole.slice(0, MOST - 1)}…` : whole;
}

const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
