/** `finally` blocks of interrupted async functions: they run, in order, within their cell, and nothing else runs on. */
import { describe, expect, it } from "vitest";
import { fails, runs, useKernel } from "../client.js";

const kernel = useKernel();

const FOREVER = "await new Promise((resolve) => setTimeout(resolve, 1e6));";
const PAUSE = "await new Promise((resolve) => setTimeout(resolve, 20));";

/** Runs a cell that prints "started", interrupts it, and returns how it ended and what it printed from then on. */
async function interrupted(code: string, times = 1) {
  const request = kernel().start(code);
  await request.printed("started");
  for (let time = 0; time < times; time++) {
    await kernel().interrupt();
    if (time + 1 < times) await request.printed("cleaning");
  }
  const outcome = await request.done();
  expect([outcome.status, outcome.reply.content["ename"]]).toEqual(["error", "KeyboardInterrupt"]);
  const seen = outcome.stdout;
  const published = request.published.length;
  await runs(kernel(), "await new Promise((resolve) => setTimeout(resolve, 100)); 0");
  expect(request.published.length, "nothing of it runs on").toBe(published);
  return {
    ...outcome,
    after: seen
      .slice(seen.indexOf("started\n") + "started\n".length)
      .trim()
      .split("\n")
      .join(" "),
  };
}

/** Cells that say "started" and then wait, and what is printed when they are interrupted. */
const CASES: readonly (readonly [what: string, code: string, after: string])[] = [
  [
    "of the cell itself",
    `try { console.log("started"); ${FOREVER} } finally { console.log("clean"); } console.log("on");`,
    "clean",
  ],
  [
    "whose blocks await",
    `try { console.log("started"); ${FOREVER} } finally { ${PAUSE} console.log("a"); await ` +
      `Promise.all([1].map(async (x) => { try { ${PAUSE} } finally { console.log("b"); } })); ` +
      `console.log("c"); }`,
    "a b c",
  ],
  [
    "from the innermost function outwards, each waited for",
    `
    const inner = async () => { try { console.log("started"); ${FOREVER} } finally { ${PAUSE} console.log("inner"); } };
    async function middle() { try { await inner(); } finally { console.log("middle"); } }
    class Outer { async run() { try { await middle(); } finally { ${PAUSE} console.log("outer"); } } }
    await new Outer().run();`,
    "inner middle outer",
  ],
  [
    "from the innermost function outwards, after several turns",
    `
    async function inner() {
      try { for (let i = 0; i < 3; i++) ${PAUSE} console.log("started"); ${FOREVER} } finally { console.log("inner"); }
    }
    try { await inner(); } finally { console.log("outer"); }`,
    "inner outer",
  ],
  [
    "nested within one function",
    `try { try { console.log("started"); ${FOREVER} } finally { ${PAUSE} console.log("a"); } ` +
      `console.log("on"); } catch { console.log("caught"); } finally { console.log("b"); }`,
    "a b",
  ],
  [
    "with any kind of catch, which does not see the interrupt",
    `
    const none = async () => {
      try { console.log("started"); ${FOREVER} } catch { console.log("caught"); } finally { console.log("none"); }
    };
    const named = async () => {
      try { await none(); } catch (error) { console.log("caught", error); } finally { console.log("named"); }
    };
    const pattern = async () => {
      try { await named(); }
      catch ({ message, cause: { code } }: any) { console.log(message, code); }
      finally { console.log("pattern"); }
    };
    await pattern();`,
    "none named pattern",
  ],
  [
    "as a labelled statement and as the body of an if",
    `async function f(on: boolean) {
      if (on) try { await g(); } finally { console.log("if"); } else console.log("else");
    }
    async function g() { out: try { console.log("started"); ${FOREVER} break out; } finally { console.log("label"); } }
    await f(true);`,
    "label if",
  ],
  [
    "around for await",
    `async function* source() { console.log("started"); yield 1; ${FOREVER} }
    try { for await (const one of source()) console.log(one); } finally { console.log("clean"); }`,
    "1 clean",
  ],
  [
    "of an async generator",
    `async function* source() { try { yield 1; console.log("started"); ${FOREVER} } finally { console.log("source"); } }
    try { for await (const one of source()) void one; } finally { console.log("loop"); }`,
    "source loop",
  ],
  [
    "of functions that were started side by side",
    `await Promise.all([1, 2, 3].map(async (i) => { try { if (i === 3) console.log("started"); ` +
      `${FOREVER} } finally { ${PAUSE} console.log(i); } }));`,
    "1 2 3",
  ],
  [
    "of a caller whose function computes",
    `async function busy() { await 0; console.log("started"); for (;;); } try { await busy(); } finally ` +
      `{ console.log("clean"); }`,
    "clean",
  ],
  [
    "of a loop that swallows errors",
    `for (let i = 0; ; i++) { try { console.log(i === 0 ? "started" : "on"); ${FOREVER} } catch {} ` +
      `finally { console.log("clean"); } }`,
    "clean",
  ],
  [
    "where a promise's callback would start it again",
    `
    const step = async () => { try { console.log("started"); ${FOREVER} } finally { console.log("clean"); } };
    const loop = (): Promise<void> => step().catch(() => undefined).then(loop);
    await loop();`,
    "clean",
  ],
  [
    "of using and await using",
    `
    class Thing implements Disposable, AsyncDisposable {
      constructor(readonly name: string) {}
      [Symbol.dispose]() { console.log(this.name); }
      async [Symbol.asyncDispose]() { ${PAUSE} console.log(this.name); }
    }
    { await using a = new Thing("a"); using b = new Thing("b"); console.log("started"); ${FOREVER} }`,
    "b a",
  ],
  [
    "where the AbortSignal ended the wait",
    `
    const signal: AbortSignal = (globalThis as any)[Symbol.for("Jupyter.signal")];
    const aborted = new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    try { console.log("started"); await aborted; } finally { console.log("clean"); }`,
    "clean",
  ],
];

describe("an interrupt runs the finally blocks", () => {
  for (const [what, code, after] of CASES) it(what, async () => expect((await interrupted(code)).after).toBe(after));

  it("and reports what one throws", async () => {
    const outcome = await interrupted(
      `try { try { console.log("started"); ${FOREVER} } finally { throw new Error("while cleaning"); } } ` +
        `finally { console.log("clean"); }`,
    );
    expect(outcome.after).toBe("clean");
    expect(outcome.published.filter((one) => one.type === "error").map((one) => one.content["evalue"])).toContain(
      "while cleaning",
    );
  });

  it("until a second one ends the cell", async () => {
    for (const endless of [`${FOREVER}`, "for (;;);", "for (;;) await null;"]) {
      const { after } = await interrupted(
        `try { console.log("started"); ${FOREVER} } finally { console.log("cleaning"); ${endless} console.log("on"); }`,
        2,
      );
      expect(after).toBe("cleaning");
    }
  });

  it("where it can: a loop that never pauses is ended all the same", async () => {
    for (let round = 0; round < 10; round++) {
      const { after } = await interrupted(
        `async function turn() { try { await null; } finally { await null; } } try { console.log("started"); ` +
          `for (;;) ${round % 2 ? "await null" : "await turn()"}; } finally { console.log("clean"); }`,
      );
      expect(["", "clean"]).toContain(after);
    }
  });

  it("with variables kept", async () => {
    await runs(kernel(), "let opened = 0");
    await interrupted(
      `opened++; const handle = 7; try { console.log("started"); ${FOREVER} } finally { ${PAUSE} opened--; }`,
    );
    expect((await runs(kernel(), "[opened, handle]")).result).toBe("[ 0, 7 ]");
  });
});

describe("without an interrupt, try and finally", () => {
  it("do what they say", async () => {
    const code = `
      const said: unknown[] = [];
      const f = async (how: string) => {
        loop: for (const turn of [1, 2]) {
          try { try {
            await 0;
            if (how === "throw") throw { message: "m", cause: { code: 5 } };
            if (how === "return") return "returned";
            if (how === "continue") continue loop;
            said.push(turn);
          }
          catch ({ message, cause: { code } }: any) { said.push(message, code); await 0; throw new Error("again"); }
          finally { await 0; said.push("f"); } }
          catch { said.push("c"); break loop; }
        }
        return how;
      };
      const over = async () => { for (;;) { try { await 0; throw 1; } finally { await 0; break; } } return "over"; };
      const caught = () => Promise.reject(3).catch(async (e) => { try { await 0; return e; } finally { } });
      const all = [await f("throw"), await f("return"), await f("continue"), await f("plain")];
      const ends = [...all, await over(), await caught()];
      JSON.stringify([ends, said])`;
    expect((await runs(kernel(), code)).result).toBe(
      `'[["throw","returned","continue","plain","over",3],["m",5,"f","c","f","f","f",1,"f",2,"f"]]'`,
    );
  });
  it("leave an error its place, and who awaited whom", async () => {
    const { traceback } = (await fails(
      kernel(),
      `async function inner() {\n  try {\n    await 0;\n    throw new Error("mine");\n  } finally {\n    ` +
        `await 0;\n  }\n}\nasync function outer() {\n  try {\n    await inner();\n  } catch ({}: any) { ` +
        `throw 0 } finally {}\n}\nasync function third() {\n  try {\n    await new Promise((resolve) => ` +
        `setTimeout(resolve, 1));\n    throw new Error("deep");\n  } finally {}\n}\nasync function fourth() ` +
        `{\n  try {\n    await third();\n  } finally {}\n}\nawait fourth();`,
    )) as { traceback: string[] };
    const text = traceback.join("\n").replace(/\u001b\[[0-9;]*m/g, "");
    expect(text).toMatch(/third.*17/);
    expect(text).toMatch(/fourth.*22/);
  });
});
