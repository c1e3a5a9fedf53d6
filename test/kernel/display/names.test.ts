/** What needs the language engine behind it: positions, and the names that cells have declared. */
import { describe, expect, it } from "vitest";
import { plain } from "../../../kernel/both/paint.js";
import { examined, runs, useKernel } from "../client.js";

const kernel = useKernel();

describe.runIf(examined === "saccade")("names", () => {
  it("%who knows names with types, %reset forgets them", async () => {
    await runs(kernel(), "const known = 5;");
    expect((await runs(kernel(), "%who")).stdout).toMatch(/^known +/m);
    await runs(kernel(), "%reset");
    expect((await kernel().execute("known")).status).toBe("error");
    expect((await runs(kernel(), "%who")).stdout).toBe("No names declared yet.\n");
  });
});

describe.runIf(examined === "saccade")("errors in a kernel", () => {
  it("show the cell's own position and a code frame", async () => {
    const { error, reply } = await kernel().execute(
      "interface Gone { a: number }\nfunction deep(x: any): void {\n  x.a.b;\n}\ndeep({});",
    );
    const text = (error!["traceback"] as string[]).map(plain);
    expect(reply.content).toMatchObject({
      ename: "TypeError",
      evalue: "Cannot read properties of undefined (reading 'b')",
    });
    expect(text).toContain("    > 3 |   x.a.b;");
    expect(text[1]).toMatch(/^ {2}at deep, Cell \[\d+\]:3:7$/);
    expect(text.some((line) => /^ {2}at Cell \[\d+\]:5:1$/.test(line))).toBe(true);
    expect(text.join("\n")).not.toContain("dist/kernel");
  });
});
