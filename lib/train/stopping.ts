import type { FitConfig } from "./fit-config.js";
import type { EpochRecord, History } from "./history.js";

/** What an epoch is judged by: validation's accuracy where there is one. */
export function score({ accuracy, validation }: EpochRecord): number {
  return validation?.accuracy ?? accuracy;
}

/** Whether the last of these epochs is better than all before it. */
export function isBest(epochs: readonly EpochRecord[]): boolean {
  const scores = epochs.map(score);
  const last = scores.pop();
  return last !== undefined && scores.every((before) => last > before);
}

/** Why a run with these completed epochs should end, or undefined. */
export function ending(epochs: readonly EpochRecord[], config: FitConfig): History["endedBy"] | undefined {
  const scores = epochs.map(score);
  const { targetAccuracy, patience } = config;
  if (targetAccuracy !== null && scores.some((each) => each >= targetAccuracy)) return "targetAccuracy";
  const best = scores.indexOf(Math.max(...scores)); // the first of equals: to be as good is not to be better
  if (patience !== null && scores.length > 0 && scores.length - 1 - best >= patience) return "patience";
  return epochs.length >= config.epochs ? "epochs" : undefined;
}
