/** Activation functions at the places at which a figure draws them. */
import { isDrawn, numbersOf, type Numbers } from "../figure-checks.js";
import { thin } from "../thin.js";
import { ACTIVATION_LABELS, ACTIVATIONS, type ActivationName } from "./activation-functions.js";

/** A function and its derivative. */
export interface ActivationCurve {
  readonly name: string;
  readonly value: Points;
  readonly derivative: Points;
}

interface Points {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

type Range = readonly [from: number, to: number];

/** Stretches of the range: 3 pixels each in a usual figure. */
const STRETCHES = 200;
/** How far right of 0, in stretches, a derivative that jumps there has reached its new height. */
const JUMP = 1e-3;

/** A known function; one place is 0 itself where the range holds it. */
export function sampledFunction(name: ActivationName, range: Range): ActivationCurve {
  const { value, derivative, kink = false } = ACTIVATIONS[name];
  const x = evenly(range, STRETCHES + 1);
  if (range[0] <= 0 && range[1] >= 0) {
    const nearest = x.reduce((best, at, i) => (Math.abs(at) < Math.abs(x[best]!) ? i : best), 0);
    x[nearest] = 0;
    if (kink && range[1] > 0) x.splice(nearest + 1, 0, (JUMP * (range[1] - range[0])) / STRETCHES);
  }
  const at = (of: (one: number) => number): Points => ({ x, y: x.map(of) });
  return { name: ACTIVATION_LABELS[name], value: at(value), derivative: at(derivative) };
}

/** A function that is given by its values; its derivative by central differences where that is not given too. */
export function sampledValues(
  { name, values, derivatives }: { readonly name: string; readonly values: Numbers; readonly derivatives?: Numbers },
  range: Range,
): ActivationCurve {
  const [x, y] = [evenly(range, values.length), numbersOf(values)];
  const slopes = derivatives ? numbersOf(derivatives) : y.map((_, i) => slopeAt(x, y, i));
  return { name, value: thin(x, y), derivative: thin(x, slopes) };
}

function evenly([from, to]: Range, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
}

function slopeAt(x: readonly number[], y: readonly number[], i: number): number {
  const [before, after] = [Math.max(0, i - 1), Math.min(y.length - 1, i + 1)];
  const slope = (y[after]! - y[before]!) / (x[after]! - x[before]!);
  return isDrawn(y[i]) && isDrawn(slope) ? slope : NaN;
}
