/** What many machines would do, from what two processes were measured to do. */
import { median } from "../bench-case.js";
import type { StoredBench } from "../stored-bench.js";
import { ALONE, AVERAGING, LOOPBACK, ONE_NUMBER, OURS, ringBytes, samplesOf, STEP, WORKERS } from "./workers-cases.js";

/** What is taken from a measurement. */
export interface Measured {
  /** Bytes a second that TensorFlow's collective carries each way. */
  readonly bytesPerSecond: number;
  /** From one process to the next, of one number. */
  readonly hopMs: number;
  /** Of a training step on one machine. */
  readonly flopsPerSecond: number;
}

/** A network on paper. */
export interface PaperNetwork {
  readonly title: string;
  readonly parameters: number;
  /** Of one image's training step: three times those of the forward pass. */
  readonly flops: number;
}

/** How gradients are averaged. */
export interface Averaging {
  readonly machines: number;
  readonly wireGbits: number;
  /** Bytes of a number: 4, or 2 in bfloat16. */
  readonly bytes: number;
  /** Whether rings of about √n machines are joined by rings of as many. */
  readonly hierarchical: boolean;
}

/** The machines whose averaging is told. */
export const MACHINES = [8, 64, 512] as const;
/** The wires, in Gbit/s. */
export const WIRES = [10, 100] as const;

/** By the medians: AlexNet's averaging, one number, and a step of CCT-6/3x1 on one machine. */
export function measuredOf({ metrics, cases }: Pick<StoredBench, "metrics" | "cases">): Measured {
  const of = (name: string, metric: string, contender: string): number =>
    median(samplesOf(metrics, name, metric)[contender] ?? [])!;
  const { parameters } = cases!["alexnet_lrn"] as { readonly parameters: number };
  const { batch } = cases!["cct_6_3x1"] as { readonly batch: number };
  const [{ flops }] = networksOf({ cases }) as [PaperNetwork];
  return {
    bytesPerSecond: (1000 * ringBytes(parameters, WORKERS)) / of("alexnet_lrn", AVERAGING, OURS),
    hopMs: of(LOOPBACK, ONE_NUMBER, OURS) / (2 * (WORKERS - 1)),
    flopsPerSecond: (1000 * batch * flops) / of("cct_6_3x1", STEP, ALONE),
  };
}

/** The networks that a result has on paper, CCT-6/3x1 first. */
export function networksOf({ cases }: Pick<StoredBench, "cases">): readonly PaperNetwork[] {
  return cases!["onPaper"]!["networks"] as readonly PaperNetwork[];
}

/**
 * Milliseconds of averaging a network's gradients: 2 (n − 1)/n of their bytes at the slower of wire and runtime, and
 * 2 (n − 1) hops one after the other; of rings in rings the same bytes, and 2 (g − 1) + 2 (n/g − 1) hops.
 */
export function averagingMs({ parameters }: PaperNetwork, how: Averaging, measured: Measured): number {
  const { machines, wireGbits, bytes, hierarchical } = how;
  const rate = Math.min(measured.bytesPerSecond, (1e9 * wireGbits) / 8);
  const group = hierarchical ? 2 ** Math.ceil(Math.log2(machines) / 2) : machines;
  const hops = 2 * (group - 1) + 2 * (machines / group - 1);
  return (1000 * ringBytes(parameters, machines) * bytes) / 4 / rate + hops * measured.hopMs;
}

/** Images of a machine's part of a batch whose computing takes as long as averaging does. */
export function imagesFor(ms: number, { flops }: PaperNetwork, { flopsPerSecond }: Measured): number {
  return (ms / 1000) * (flopsPerSecond / flops);
}
