import type { FitConfig } from "./fit-config.js";
import type { History } from "./history.js";
import type { EpochRecord } from "./history-entries.js";

/** The accuracy that an epoch is judged by; below all others where a loss was not finite: argMax of NaN is class 0. */
function score({ loss, accuracy, training, validation }: EpochRecord, monitor: FitConfig["monitor"]): number {
  if (![loss, training?.loss ?? 0, validation?.loss ?? 0].every(Number.isFinite)) return -Infinity;
  if (monitor === "running") return accuracy;
  if (monitor === "training") return training?.accuracy ?? NaN;
  return validation?.accuracy ?? accuracy;
}

/** Whether the last of these epochs is better than all before it. */
export function isBest(epochs: readonly EpochRecord[], { monitor }: FitConfig): boolean {
  const scores = epochs.map((epoch) => score(epoch, monitor));
  const last = scores.pop();
  return last !== undefined && last > -Infinity && scores.every((before) => last > before);
}

/** The epoch of the best monitored accuracy, the first of equals; undefined where no epoch has one. */
export function best(
  epochs: readonly EpochRecord[],
  { monitor }: FitConfig,
): { readonly epoch: number; readonly accuracy: number } | undefined {
  const scores = epochs.map((epoch) => score(epoch, monitor));
  const accuracy = Math.max(...scores);
  const at = epochs[scores.indexOf(accuracy)];
  return at && accuracy > -Infinity ? { epoch: at.epoch, accuracy } : undefined;
}

/** Why a run with these completed epochs should end, or undefined. */
export function ending(epochs: readonly EpochRecord[], config: FitConfig): History["endedBy"] | undefined {
  const { targetAccuracy, patience, monitor } = config;
  const scores = epochs.map((epoch) => score(epoch, monitor));
  if (targetAccuracy !== null && scores.some((each) => each >= targetAccuracy)) return "targetAccuracy";
  const best = scores.indexOf(Math.max(...scores)); // the first of equals: to be as good is not to be better
  if (patience !== null && scores.length > 0 && scores.length - 1 - best >= patience) return "patience";
  return epochs.length >= config.epochs ? "epochs" : undefined;
}
