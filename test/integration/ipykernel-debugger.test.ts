/**
 * What ipykernel's debugger said is what it says: the recording that ours is compared with in
 * test/kernel/debug/exchange.test.ts. SACCADE_RECORD=1 writes it anew.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { pythonPath } from "../../lib/client/kernel-specs.js";
import { exchange, factsOf, RECORDED, recorded, type Facts } from "../kernel/debug/exchange.js";

const isRecording = process.env["SACCADE_RECORD"] === "1";
const print = "import ipykernel; print(ipykernel.__version__)";
const version = execFileSync(pythonPath(), ["-c", print], { encoding: "utf8" }).trim();
const isOther = !isRecording && version !== recorded().version;
const why = isOther ? ` (did not run: ipykernel is ${version}, ${recorded().version} is recorded)` : "";
if (isOther) console.log(`ipykernel's debugger${why}`);

describe.skipIf(isOther)(`ipykernel's debugger${why}`, () => {
  it("says what is recorded", async () => {
    const facts = factsOf(await exchange("python3", "python"));
    if (isRecording) {
      mkdirSync(dirname(RECORDED), { recursive: true });
      writeFileSync(RECORDED, `${JSON.stringify({ version, facts }, null, 1)}\n`);
    }
    const threads = expect.any(Object) as Facts[string]; // Python's versions name other ones
    expect(facts).toEqual({ ...recorded().facts, threads });
  });
});
