import type { BatchPlan } from "../batch-options.js";

/** Where a worker reads the images: in memory shared with it, or in files. */
export type Source =
  | { readonly kind: "memory"; readonly images: SharedArrayBuffer; readonly labels: SharedArrayBuffer }
  | { readonly kind: "files"; readonly files: readonly string[]; readonly labels: SharedArrayBuffer };

/** One place for a batch, in memory that all threads share. */
export interface Slot {
  readonly pixels: SharedArrayBuffer;
  readonly labels: SharedArrayBuffer;
  readonly targets: SharedArrayBuffer;
}

/** What a worker is started with. */
export interface WorkerStart {
  readonly plan: BatchPlan;
  readonly source: Source;
  readonly slots: readonly Slot[];
}

/** Make this batch in that slot. */
export interface Order {
  readonly epoch: number;
  readonly batch: number;
  readonly slot: number;
}

/** A batch is made, or could not be. */
export type Answer =
  | { readonly order: Order; readonly length: number }
  | { readonly order: Order; readonly error: { readonly name: string; readonly message: string } };
