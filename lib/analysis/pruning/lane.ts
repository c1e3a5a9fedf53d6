import { tf } from "../../backend/index.js";

/** Units that are left of a tensor's last axis, where some have gone. */
export interface Lane {
  /** Units that there were. */
  readonly size: number;
  /** Those that stay, ascending. */
  readonly kept: readonly number[];
  /** What each of the others is in the masked network, at every place: 0, and 0.5 behind a sigmoid. */
  readonly rest: number;
  /** The layers whose units they were. */
  readonly from: readonly string[];
}

/** Why units cannot go: "its units are added to …". The caller puts the layers' names before it. */
export class Refusal extends Error {}

/** The lane of `size` units without `removed`. */
export function laneWithout(size: number, removed: ReadonlySet<number>, rest: number, from: string): Lane {
  const kept = Array.from({ length: size }, (_, unit) => unit).filter((unit) => !removed.has(unit));
  return { size, kept, rest, from: [from] };
}

/** The places that have gone. */
export function goneOf({ size, kept }: Lane): readonly number[] {
  const stays = new Set(kept);
  return Array.from({ length: size }, (_, unit) => unit).filter((unit) => !stays.has(unit));
}

/**
 * The lane where each unit has become `copies` numbers side by side, of which the last axis has `before` such runs: of
 * a flattened map [H, W, C] the channels of a pixel lie together, so that there are H·W runs of C.
 */
export function laneOfRuns({ size, kept, ...lane }: Lane, before: number, copies = 1): Lane {
  const places = Array.from({ length: before }, (_, run) =>
    kept.flatMap((unit) => Array.from({ length: copies }, (_, copy) => (run * size + unit) * copies + copy)),
  );
  return { ...lane, size: size * before * copies, kept: places.flat() };
}

/** Whether of two lanes the same units stay. */
export function isSameLane(a: Lane | undefined, b: Lane | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.rest === b.rest && a.size === b.size && a.kept.join() === b.kept.join();
}

/** Activations that look at all units at once. */
const OVER_UNITS = ["softmax", "logSoftmax"];

/** What an activation of tfjs makes of a number. @throws Refusal for one that looks at other units too */
export function activated(activation: string, value: number): number {
  if (activation === "linear") return value;
  if (OVER_UNITS.includes(activation)) throw new Refusal(`${activation} divides by the sum over all units`);
  return calledOn(tf.layers.activation({ activation: activation as "relu" }), value);
}

/** What a layer that takes each number by itself makes of one. */
export function calledOn(layer: tf.layers.Layer, value: number): number {
  return tf.tidy(() => (layer.call(tf.tensor2d([[value]]), {}) as tf.Tensor).dataSync()[0]!);
}
