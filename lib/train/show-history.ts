import { DISPLAY, grouped, percentText, shownAs } from "../shown.js";
import { table } from "../table.js";
import { escapeHtml } from "../escape-html.js";
import type { History } from "./history.js";
import type { EpochRecord } from "./history-entries.js";
import { durationText, shortNumber, type Measurement } from "./progress.js";

/** Epochs that a reader is shown, the last ones. */
const EPOCHS = 12;

const ENDINGS: Readonly<Record<History["endedBy"], string>> = {
  epochs: "all epochs are done",
  signal: "stopped",
  targetAccuracy: "ended, as the target accuracy is reached",
  patience: "ended, as patience is over",
  notFinite: "ended, as a number was not finite",
};

/** The same history; a notebook shows of it how the run went and how it ended. */
export function asHistory(history: History): History {
  return shownAs(history, (shown) => {
    const { head, foot } = sentences(shown);
    const rows = table(...epochTable(shown.epochs.slice(-EPOCHS)));
    const bundle = rows[DISPLAY]();
    const lines = shown.epochs.length === 0 ? [head, ...foot] : [head, bundle["text/plain"], ...foot];
    const html = [head, ...foot].map((line) => `<p>${escapeHtml(line)}</p>`);
    if (shown.epochs.length > 0) html.splice(1, 0, String(bundle["text/html"]));
    return { "text/html": html.join(""), "text/plain": lines.join("\n") };
  });
}

function sentences({ config, epochs, steps, seconds, endedBy, notFinite, losses }: History): {
  readonly head: string;
  readonly foot: readonly string[];
} {
  const last = losses.at(-1);
  const planned = Math.ceil(config.epochs);
  const earlier =
    epochs.length > EPOCHS ? [`${epochs.length - EPOCHS} earlier epochs are not shown: history.epochs`] : [];
  return {
    head:
      `${epochs.length} of ${planned} ${planned === 1 ? "epoch" : "epochs"}, ${grouped(steps)} steps, ` +
      `${durationText(seconds)}: ${ENDINGS[endedBy]}`,
    foot: [
      ...earlier,
      ...(last ? [`last loss ${last.loss.toFixed(4)}, at batch ${last.batch} of epoch ${last.epoch}`] : []),
      ...(notFinite ? [`first not finite at step ${notFinite.step}: ${notFinite.what}`] : []),
    ],
  };
}

function epochTable(epochs: readonly EpochRecord[]): [columns: string[], rows: (string | number)[][]] {
  const measured = (["training", "validation"] as const).flatMap((of) => {
    const metrics = epochs.find((epoch) => epoch[of])?.[of]?.metrics ?? {};
    return epochs.some((epoch) => epoch[of]) ? [{ of, metrics: Object.keys(metrics) }] : [];
  });
  const rateVaries = new Set(epochs.map(({ learningRate }) => learningRate)).size > 1;
  const columns = [
    "epoch",
    "loss",
    "accuracy",
    ...measured.flatMap(({ of, metrics }) => ["loss", "accuracy", ...metrics].map((name) => `${of} ${name}`)),
    ...(rateVaries ? ["learning rate"] : []),
    "seconds",
  ];
  const rows = epochs.map((epoch) => [
    String(epoch.epoch),
    ...cells(epoch, []),
    ...measured.flatMap(({ of, metrics }) => cells(epoch[of], metrics)),
    ...(rateVaries ? [shortNumber(epoch.learningRate)] : []),
    epoch.seconds.toFixed(1),
  ]);
  return [columns, rows];
}

/** Loss, accuracy and metrics of an epoch on a set; dashes where it was not measured. */
function cells(found: Measurement | undefined, names: readonly string[]): string[] {
  if (!found) return ["–", "–", ...names.map(() => "–")];
  const metrics = names.map((name) => found.metrics?.[name]);
  return [
    found.loss.toFixed(4),
    percentText(found.accuracy),
    ...metrics.map((value) => (value === undefined ? "–" : shortNumber(value))),
  ];
}
