import { randomUUID } from "node:crypto";
import type { Broadcast } from "../notebook/host.js";
import { escapeHtml } from "./html.js";
import { line, type Progress, type Standing } from "./progress.js";

const UPDATE_MS = 250;

/**
 * One output of the running cell, a bar and the terminal's line, updated in place, in a kernel that publishes for it.
 *
 * @param name of the run, in front of its line; none by default
 */
export function displayProgress(publish: Broadcast, name?: string): Progress {
  const transient = { display_id: randomUUID() };
  let shownMs = -Infinity;
  let last: Standing | undefined;
  let open = false;
  const show = (standing: Standing): void => {
    const { epoch, epochs, batch, batches } = standing;
    const text = line(standing, name);
    const bar = `<progress max="${epochs * batches}" value="${(epoch - 1) * batches + batch}"></progress>`;
    const content = { data: { "text/html": `${bar} ${escapeHtml(text)}`, "text/plain": text }, metadata: {}, transient };
    void publish(open ? "update_display_data" : "display_data", content);
    open = true;
    shownMs = performance.now();
    last = undefined;
  };
  return {
    step(standing) {
      if (performance.now() - shownMs >= UPDATE_MS) show(standing);
      else last = standing;
    },
    mark() {},
    end() {
      if (last) show(last);
    },
  };
}
