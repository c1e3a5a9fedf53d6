import { randomUUID } from "node:crypto";
import type { Broadcast } from "../notebook/host.js";
import { line, type Progress, type Standing } from "./progress.js";

const UPDATE_MS = 250;

/**
 * One output of the running cell, updated in place, in a kernel that publishes for it.
 *
 * @param name of the run, in front of its line; none by default
 */
export function displayProgress(publish: Broadcast, name?: string): Progress {
  const transient = { display_id: randomUUID() };
  let shownMs = -Infinity;
  let last: Standing | undefined;
  let open = false;
  const show = (standing: Standing): void => {
    const content = { data: { "text/plain": line(standing, name) }, metadata: {}, transient };
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
