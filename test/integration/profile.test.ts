/** TensorBoard's own profile plugin (PyPI's xprof) on what writeXPlane writes. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { profile, writeXPlane } from "../../lib/analysis/index.js";
import { ready, tf } from "../../lib/backend/index.js";
import { networkCase } from "../../lib/bench/training/training-cases.js";
import { networkStep } from "../../lib/bench/training/network-step.js";
import { temporaryFolder, venv } from "./tools.js";

await ready();
const present =
  tf.getBackend() === "tensorflow" && spawnSync(join(venv, "bin/python"), ["-c", "import xprof"]).status === 0;
if (!present) console.log("skipped: no TensorFlow library here, or no xprof (PyPI has none for Linux on arm64)");

/** What the plugin's timeline and its table of ops show of a file. */
const PROGRAM = `
import json, sys
from xprof.convert.raw_to_tool_data import xspace_to_tool_data
read = lambda tool: json.loads(xspace_to_tool_data([sys.argv[1]], tool, {})[0])
events = [event for event in read("trace_viewer")["traceEvents"] if event.get("ph") == "X"]
table = read("framework_op_stats")[0]
names = [col["id"] for col in table["cols"]]
ops = [dict(zip(names, [cell["v"] for cell in row["c"]])) for row in table["rows"]]
times = {}
for op in ops:
    times[op["type"]] = times.get(op["type"], 0) + op["total_self_time"]
print(json.dumps({"events": [[event["name"], event["ts"], event["dur"]] for event in events], "ops": times}))`;

interface Shown {
  readonly events: readonly (readonly [name: string, startUs: number, durationUs: number])[];
  /** Microseconds by kind of op. */
  readonly ops: Readonly<Record<string, number>>;
}

describe.runIf(present)("TensorBoard's profile plugin", () => {
  it("opens what writeXPlane wrote: its timeline has every op and span, its table their times", async () => {
    const { compiled } = networkStep({ ...networkCase("mynet"), training: true, variant: "compiled" });
    const [images, labels] = [tf.zeros([4, 32, 32, 3]), tf.zeros([4], "int32")];
    const measured = await profile(compiled!, () => [images, labels]);
    compiled!.dispose();
    const file = writeXPlane(measured, temporaryFolder(), "plugin");
    const { stdout, stderr } = spawnSync(join(venv, "bin/python"), ["-c", PROGRAM, file], {
      encoding: "utf8",
      maxBuffer: 2 ** 26,
    });
    expect(stdout, stderr.slice(-2000)).not.toBe("");
    const shown = JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as Shown;
    expect(shown.events).toHaveLength(measured.ops.length + measured.spans.length);
    const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
    expect(sumOf(shown.events.map(([, , durationUs]) => durationUs))).toBeCloseTo(
      sumOf([
        ...measured.ops.map(({ durationUs }) => durationUs),
        ...measured.spans.map(({ startUs, endUs }) => endUs - startUs),
      ]),
      -1,
    );
    for (const type of new Set(measured.ops.map(({ op }) => op).filter((op) => op.includes("Conv2D")))) {
      const ours = sumOf(measured.ops.filter(({ op }) => op === type).map(({ durationUs }) => durationUs));
      expect(shown.ops[type], type).toBeCloseTo(ours, 0);
    }
  });
});
