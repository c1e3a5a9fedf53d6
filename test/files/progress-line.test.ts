/** One line of a job: in a notebook, on a terminal, and where neither is. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { progressLine, type ProgressLine } from "../../lib/files/progress-line.js";

const BROADCAST = Symbol.for("Jupyter.broadcast");
const host = globalThis as Record<symbol, unknown>;

let shown: { readonly type: string; readonly id: string; readonly data: Record<string, string> }[];
let written: string;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
  shown = [];
  written = "";
});
afterEach(() => {
  vi.useRealTimers();
  delete host[BROADCAST];
});

function lineOn(where: "notebook" | "terminal" | "log"): ProgressLine {
  if (where === "notebook")
    host[BROADCAST] = (type: string, { data, transient }: { data: never; transient: { display_id: string } }) =>
      void shown.push({ type, id: transient.display_id, data });
  const write = (part: string): boolean => ((written += part), true);
  return progressLine({ isTTY: where === "terminal", columns: 10, write } as unknown as NodeJS.WriteStream);
}
/** One update every tenth of a second. */
function decode(line: ProgressLine, seconds: number): void {
  for (let done = 1; done <= 10 * seconds; done++) {
    vi.advanceTimersByTime(100);
    line.update(() => `<${done}> images`, done, 10 * seconds);
  }
}

describe("progressLine()", () => {
  it("is one output with a bar in a notebook, updated a few times a second and whole at its end", () => {
    const line = lineOn("notebook");
    decode(line, 3);
    line.end();
    expect(shown.length).toBeGreaterThan(5);
    expect(shown.length).toBeLessThan(12);
    expect(new Set(shown.map(({ id }) => id)).size).toBe(1);
    expect(shown.map(({ type }) => type).slice(0, 2)).toEqual(["display_data", "update_display_data"]);
    expect(shown.at(-1)!.data).toEqual({
      "text/html": '<progress max="30" value="30"></progress> &lt;30&gt; images',
      "text/plain": "<30> images",
    });
    expect(written).toBe("");
  });

  it("ends in its last word there, and its notes stand on standard error", () => {
    const line = lineOn("notebook");
    line.note("from a mirror");
    decode(line, 2);
    line.end("20 images, 2 s");
    expect(shown.at(-1)!.data).toEqual({ "text/html": "20 images, 2 s", "text/plain": "20 images, 2 s" });
    expect(written).toBe("from a mirror\n");
  });

  it("has a bar without an end where nobody knows the whole", () => {
    const line = lineOn("notebook");
    vi.advanceTimersByTime(1_000);
    line.update(() => "3 MB", 3, undefined);
    expect(shown.map(({ data }) => data["text/html"])).toEqual(["<progress></progress> 3 MB"]);
  });

  it("shows nothing in a notebook of what takes less than a second", () => {
    const line = lineOn("notebook");
    decode(line, 0.9);
    line.end("9 images");
    expect([shown, written]).toEqual([[], ""]);
  });

  it("is one line on a terminal, no longer than it, left once it ends", () => {
    const line = lineOn("terminal");
    line.update(() => "half of all the images", 1, 2);
    line.end();
    line.end();
    expect(written).toBe("\r\x1b[Khalf of a\n");
  });

  it("is a line every ten seconds elsewhere", () => {
    const line = lineOn("log");
    decode(line, 25);
    line.end();
    expect(written).toBe("<100> images\n<200> images\n");
  });
});
