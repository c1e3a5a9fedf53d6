/** jupyter console, driven through a terminal of its own. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { KERNEL, runTool, temporaryFolder } from "./tools.js";

const folder = temporaryFolder();

/** Types a value, a two-line function, a completion's use and an input's answer, and ends. */
const DRIVER = `
import sys, pexpect
arguments = ["-m", "jupyter_console", "--kernel", sys.argv[2], "--simple-prompt", "--no-confirm-exit"]
console = pexpect.spawn(sys.argv[1], arguments, encoding="utf8", timeout=300, dimensions=(40, 120))
console.logfile_read = open("console.log", "w")
console.expect(r"In \\[1\\]: ")
console.sendline("6 * 7")
console.expect(r"Out\\[1\\]: ?.*42")
console.expect(r"In \\[2\\]: ")
console.sendline("console.log('printed', [1, 2].map((x) => x * 2).join())")
console.expect("printed 2,4")
console.expect(r"In \\[3\\]: ")
console.sendline("throw new RangeError('seen in the console')")
console.expect("RangeError.*seen in the console")
console.expect(r"In \\[4\\]: ")
console.sendline("const user = await input('who? '); console.log('hello ' + user)")
console.expect(r"who\\? ")
console.sendline("Ada")
console.expect("hello Ada")
console.expect(r"In \\[5\\]: ")
console.sendeof()
console.expect(pexpect.EOF)
print("done")
`;

it("jupyter console computes, prints, shows errors, asks and ends", async () => {
  writeFileSync(join(folder, "drive.py"), DRIVER);
  const { output } = await runTool(
    "python",
    ["drive.py", join((await import("./tools.js")).venv, "bin/python"), KERNEL],
    folder,
  );
  expect(output.trim().split("\n").at(-1), output).toBe("done");
});
