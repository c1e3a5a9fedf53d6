import { randomUUID } from "node:crypto";
import type { Broadcast } from "../host.js";
import { escapeHtml } from "./html.js";
import { isEarly, line, measuredLine, type EndedBy, type Progress, type Standing } from "./progress.js";

const UPDATE_MS = 250;

/**
 * One output of the running cell, updated in place, in a kernel that publishes for it: a bar and the terminal's line,
 * and under them what the last evaluation found.
 *
 * @param name of the run, in front of its line; none by default
 */
export function displayProgress(publish: Broadcast, name?: string): Progress {
  const transient = { display_id: randomUUID() };
  let shownMs = -Infinity;
  let last: Standing | undefined;
  let found: string | undefined;
  let pending = false;
  let open = false;
  const show = (standing: Standing, endedBy?: EndedBy): void => {
    const { epoch, epochs, batch, batches } = standing;
    const lines = [line(standing, name, endedBy), ...(found === undefined ? [] : [found])];
    const bar = `<progress max="${epochs * batches}" value="${(epoch - 1) * batches + batch}"></progress>`;
    const content = {
      data: { "text/html": `${bar} ${lines.map(escapeHtml).join("<br>")}`, "text/plain": lines.join("\n") },
      metadata: {},
      transient,
    };
    void publish(open ? "update_display_data" : "display_data", content);
    open = true;
    shownMs = performance.now();
    pending = false;
  };
  return {
    step(standing) {
      last = standing;
      if (performance.now() - shownMs >= UPDATE_MS) show(standing);
      else pending = true;
    },
    mark() {},
    measured(result) {
      found = measuredLine(result, name);
      if (last) show(last);
    },
    end(endedBy) {
      if (last && (pending || isEarly(endedBy))) show(last, endedBy);
    },
  };
}
