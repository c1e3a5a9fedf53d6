/** stdin: questions to the front end, and the clear error where it takes none. */
import { describe, expect, it } from "vitest";
import { examined, fails, inLanguage, runs, useKernel } from "../client.js";

const kernel = useKernel();

describe("stdin", () => {
  it("asks the front end and gets its answer", async () => {
    const asked: unknown[] = [];
    kernel().onInput = (prompt, password) => (asked.push([prompt, password]), "Ada");
    expect(
      (await runs(kernel(), inLanguage(`const user = await input("name? "); user`, `user = input("name? "); user`)))
        .result,
    ).toMatch(/^['"]Ada['"]$/);
    expect(asked).toEqual([["name? ", false]]);
  });

  it("asks for a password without showing it", async () => {
    const asked: unknown[] = [];
    kernel().onInput = (prompt, password) => (asked.push([prompt, password]), "s3cret");
    await runs(
      kernel(),
      inLanguage(
        `const secret = await input("password? ", { password: true }); secret.length`,
        `import getpass; secret = getpass.getpass("password? "); len(secret)`,
      ),
    );
    expect(asked).toEqual([["password? ", true]]);
  });

  it("asks twice in one cell, in order", async () => {
    kernel().onInput = (prompt) => prompt.toUpperCase();
    const { stdout } = await runs(
      kernel(),
      inLanguage(`console.log(await input("a"), await input("b"))`, `print(input("a"), input("b"))`),
    );
    expect(stdout).toMatch(/A B\n$/);
  });

  it("says so where the front end allows no input", async () => {
    const { evalue } = await fails(kernel(), inLanguage(`await input("name? ")`, `input("name? ")`));
    expect(evalue).toMatch(/front ?end/i);
  });

  it("ends a waiting question by an interrupt", async () => {
    const waiting = kernel().start(inLanguage(`await input("name? ")`, `input("name? ")`), { allowStdin: true });
    await kernel().next(({ type }) => type === "input_request");
    kernel().signal("SIGINT");
    expect((await waiting.done()).status).toBe("error");
    kernel().onInput = () => "later";
    expect((await runs(kernel(), inLanguage(`await input("again? ")`, `input("again? ")`))).result).toMatch(/later/);
  });

  it("prompt() asks too, and readline's question does not hang", async ({ skip }) => {
    skip(examined === "ipykernel", "ipykernel has neither");
    kernel().onInput = () => "Ada";
    expect((await runs(kernel(), `prompt("name? ")`)).result).toMatch(/Ada/);
    kernel().onInput = undefined;
    const request = kernel().start(
      `import readline from "node:readline/promises";\nconst lines = readline.createInterface({ input: ` +
        `process.stdin, output: process.stdout });\ntry { await lines.question("name? "); } finally { ` +
        "lines.close(); }",
    );
    await request.done();
  });
});
