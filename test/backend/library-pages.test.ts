import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { rangesIn } from "../../lib/backend/library-pages.js";

const BACKEND = new URL("../../dist/lib/backend/index.js", import.meta.url).href;

const mapping = (head: string, anonymous: number) =>
  `${head}\nSize: 8 kB\nRss: 8 kB\nAnonymous: ${String(anonymous).padStart(13)} kB\nLocked: 0 kB\n`;

describe("rangesIn()", () => {
  it("takes a library's read-only mappings, and none that was ever written to", () => {
    const smaps = [
      mapping(
        "7f0000000000-7f0000002000 r--p 00000000 fe:00 42                         /lib/tf/libtensorflow_cc.so.2",
        0,
      ),
      mapping(
        "7f0000002000-7f0000005000 r-xp 00002000 fe:00 42                         /lib/tf/libtensorflow_cc.so.2",
        0,
      ),
      mapping(
        "7f0000005000-7f0000007000 r--p 00005000 fe:00 42                         /lib/tf/libtensorflow_cc.so.2",
        8,
      ), // relocated
      mapping(
        "7f0000007000-7f0000009000 rw-p 00007000 fe:00 42                         /lib/tf/libtensorflow_cc.so.2",
        0,
      ),
      mapping("7f0000009000-7f000000b000 rw-p 00000000 00:00 0 ", 8),
      mapping("7f000000b000-7f000000d000 r-xp 00000000 fe:00 43                         /lib/tf-other/libm.so.6", 0),
      mapping("7f000000d000-7f000000f000 r-xp 00000000 fe:00 43                         /usr/bin/node", 0),
    ].join("");
    expect(rangesIn(smaps, "/lib/tf")).toEqual([
      [0x7f0000000000n, 0x2000n],
      [0x7f0000002000n, 0x3000n],
    ]);
  });

  it("finds nothing in nothing", () => expect(rangesIn("", "/lib")).toEqual([]));
});

describe("TensorFlow's library, once open", () => {
  // Loading alone touches 250 MB of it.
  it("holds less than 100 MB of its pages, and works on", async ({ skip }) => {
    skip(process.platform !== "linux", "pages are given back on Linux only");
    const program = `
      import { readFileSync } from "node:fs";
      import { compile, tf } from ${JSON.stringify(BACKEND)};
      tf.tidy(() => tf.add(tf.ones([1]), 1).dataSync());
      if (tf.getBackend() !== "tensorflow") console.log("null");
      else {
        const step = compile((x) => { let y = x; for (let i = 0; i < 200; i++) y = tf.sin(y); return y; });
        const x = tf.ones([2]);
        await step(x);
        const all = readFileSync("/proc/self/smaps", "latin1").split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
        const mappings = all.filter((each) => each.includes("libtensorflow"));
        const kb = mappings.reduce((sum, each) => sum + Number(/^Rss: +([0-9]+)/m.exec(each)[1]), 0);
        console.log(JSON.stringify({ kb, again: (await step(x)).arraySync() }));
      }`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program]);
    const found = JSON.parse(stdout) as { kb: number; again: number[] } | null;
    if (!found) return skip("no TensorFlow library here");
    expect(found.kb).toBeGreaterThan(0);
    expect(found.kb * 1024).toBeLessThan(100e6);
    expect(found.again[0]).toBeCloseTo(iteratedSine(200), 5);
  });
});

function iteratedSine(times: number): number {
  let value = 1;
  for (let i = 0; i < times; i++) value = Math.sin(value);
  return value;
}
