/**
 * What a soak does, each with how often. Every printed line begins with its cell's number, so that a wrong parent
 * shows.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { encode, makeHeader } from "../../client/message-frames.js";
import type { Random } from "../../datasets/random.js";
import type { Session } from "./session.js";

type Action = (session: Session) => Promise<void>;

/** [weight, action] */
export const ACTIONS: readonly (readonly [number, Action])[] = [
  [20, expression],
  [15, print],
  [10, declare],
  [6, fails],
  [4, queue],
  [4, timer],
  [4, stream],
  [2, flood],
  [1, bigPrint],
  [3, interruptBusy],
  [3, interruptAsync],
  [3, interruptSomewhere],
  [4, forge],
  [3, tear],
  [2, reconnect],
  [2, reconnectBusy],
  [5, ask],
];

const pick = <Item>(random: Random, items: readonly Item[]): Item => items[random.integer(items.length)]!;
const numbered = (cell: number, count: number): string =>
  Array.from({ length: count }, (_, line) => `${cell}:${line}\n`).join("");

async function expression(session: Session): Promise<void> {
  const [a, b] = [session.random.integer(1_000), session.random.integer(1_000)];
  const { cell, request } = session.start(
    () => `${a} + ${b}`,
    () => `${a} + ${b}`,
  );
  await session.end(cell, request, { result: String(a + b) });
}

async function print(session: Session): Promise<void> {
  const { cell, request } = session.start(
    (cell) => `console.log("${cell}:printed")`,
    (cell) => `print("${cell}:printed")`,
  );
  await session.end(cell, request, { stdout: `${cell}:printed\n` });
}

async function declare(session: Session): Promise<void> {
  const { cell, request } = session.start(
    (cell) =>
      `const c${cell} = ${cell}; function f${cell}(x: number) { return x + c${cell}; } class K${cell} {}\nf${cell}(1)`,
    (cell) => `c${cell} = ${cell}\ndef f${cell}(x): return x + c${cell}\nclass K${cell}: pass\nf${cell}(1)`,
  );
  await session.end(cell, request, { result: String(cell + 1) });
}

async function fails(session: Session): Promise<void> {
  const typescript = pick(session.random, [
    "throw new Error('wrong')",
    "const n: number = 'text'",
    "const = 1",
    "nowhere.at",
    "await Promise.reject(new Error('later'))",
  ]);
  const { cell, request } = session.start(
    () => typescript,
    () => "raise Exception('wrong')",
  );
  await session.end(cell, request, { status: /^error$/ });
}

/** Several cells sent at once. */
async function queue(session: Session): Promise<void> {
  const cells = Array.from({ length: 5 }, () =>
    session.start(
      (cell) => `console.log("${cell}:queued")`,
      (cell) => `print("${cell}:queued")`,
    ),
  );
  for (const { cell, request } of cells) await session.end(cell, request, { stdout: `${cell}:queued\n` });
}

/** Prints after its cell; later cells run meanwhile. */
async function timer(session: Session): Promise<void> {
  const ms = session.random.integer(200);
  const { cell, request } = session.start(
    (cell) => `setTimeout(() => console.log("${cell}:timer"), ${ms}); 0`,
    () => "0",
  );
  await session.end(cell, request);
  if (!session.python) session.expectLater(request, `${cell}:timer`);
}

/** Prints with pauses. */
async function stream(session: Session): Promise<void> {
  const { cell, request } = session.start(
    (cell) =>
      `for (let line = 0; line < 5; line++) { console.log("${cell}:" + line); await new Promise((resolve) ` +
      "=> setTimeout(resolve, 3)); }",
    (cell) => `import time\nfor line in range(5):\n    print(f"${cell}:{line}"); time.sleep(0.003)`,
  );
  await session.end(cell, request, { stdout: numbered(cell, 5) });
}

async function flood(session: Session): Promise<void> {
  const { cell, request } = session.start(
    (cell) => `for (let line = 0; line < 10_000; line++) console.log("${cell}:" + line)`,
    (cell) => `for line in range(10000): print(f"${cell}:{line}")`,
  );
  await session.end(cell, request, { stdout: numbered(cell, 10_000) });
}

async function bigPrint(session: Session): Promise<void> {
  const { cell, request } = session.start(
    (cell) => `console.log("${cell}:" + "x".repeat(1_000_000))`,
    (cell) => `print("${cell}:" + "x" * 1_000_000)`,
  );
  await session.end(cell, request, { stdout: `${cell}:${"x".repeat(1_000_000)}\n` });
}

async function interruptBusy(session: Session): Promise<void> {
  const { cell, request } = session.start(
    (cell) => `console.log("${cell}:started"); while (true) {}`,
    (cell) => `print("${cell}:started", flush=True)\nwhile True: pass`,
  );
  await interrupted(session, cell, request);
}

async function interruptAsync(session: Session): Promise<void> {
  const { cell, request } = session.start(
    (cell) => `console.log("${cell}:started"); for (;;) await new Promise((resolve) => setTimeout(resolve, 2))`,
    (cell) => `import time\nprint("${cell}:started", flush=True)\nwhile True: time.sleep(0.002)`,
  );
  await interrupted(session, cell, request);
}

async function interrupted(
  session: Session,
  cell: number,
  request: ReturnType<Session["start"]>["request"],
): Promise<void> {
  try {
    await request.printed(`${cell}:started`, 10_000);
  } catch (error) {
    session.fail(cell, (error as Error).message);
  }
  await interrupt(session);
  await session.end(cell, request, { status: /^error$/ });
}

/** At any moment of a cell that ends by itself: both outcomes are right, and so is the next cell. */
async function interruptSomewhere(session: Session): Promise<void> {
  const { cell, request } = session.start(
    (cell) => `for (let line = 0; line < 300; line++) console.log("${cell}:" + line)`,
    (cell) => `for line in range(300): print(f"${cell}:{line}")`,
  );
  await sleep(session.random.integer(20));
  await interrupt(session);
  await session.end(cell, request, { status: /^(ok|error)$/ });
  if (session.python) await sleep(50); // ipykernel hears a signal on another thread than a request
}

/** Resolves when the kernel has heard it. */
async function interrupt(session: Session): Promise<void> {
  const { kernel, client, random, python } = session;
  if (python || random.uniform() < 0.5) {
    kernel.signal("SIGINT");
    await kernel.signalsHeard();
  } else await client.ask("interrupt_request", {}, { channel: "control" });
}

/** A message whose signature is wrong: it must not run. */
async function forge(session: Session): Promise<void> {
  const { client, random } = session;
  const content = {
    code: session.python ? "print('forged')" : "console.log('forged')",
    silent: false,
    store_history: true,
    user_expressions: {},
    allow_stdin: false,
    stop_on_error: true,
  };
  client.sendFrames(
    pick(random, ["shell", "control", "stdin"] as const),
    encode("another key", makeHeader("execute_request", client.session), {}, {}, content),
  );
}

/** A rightly signed message with frames missing or bytes changed. */
async function tear(session: Session): Promise<void> {
  const { client, random } = session;
  const frames: (Buffer | string)[] = encode(
    client.connection.key,
    makeHeader("execute_request", client.session),
    {},
    {},
    { code: "1" },
  );
  if (random.uniform() < 0.5) frames.splice(random.integer(frames.length), 1 + random.integer(3));
  else
    frames[2 + random.integer(4)] = Buffer.from(Array.from({ length: random.integer(50) }, () => random.integer(256)));
  if (frames.length > 0) client.sendFrames(pick(random, ["shell", "control", "stdin"] as const), frames);
}

async function reconnect(session: Session): Promise<void> {
  await session.reconnect();
}

/** The front end goes away while its cell prints; the kernel finishes it, and serves the next. */
async function reconnectBusy(session: Session): Promise<void> {
  const { cell, request } = session.start(
    (cell) => `for (let line = 0; line < 2_000; line++) console.log("${cell}:" + line)`,
    (cell) => `for line in range(2000): print(f"${cell}:{line}")`,
  );
  try {
    await request.message("execute_input", undefined, 10_000);
  } catch (error) {
    session.fail(cell, (error as Error).message);
  }
  await session.reconnect();
  const next = session.start(
    () => "0",
    () => "0",
  );
  await session.end(next.cell, next.request, { result: "0" });
}

/** Requests that run nothing, several at once. */
async function ask(session: Session): Promise<void> {
  const { client } = session;
  const requests = [
    client.request("complete_request", { code: "Math.fl", cursor_pos: 7 }),
    client.request("inspect_request", { code: "Math", cursor_pos: 2, detail_level: 0 }),
    client.request("is_complete_request", { code: "f(" }),
    client.request("history_request", { hist_access_type: "tail", n: 3, output: false, raw: true }),
    client.request("comm_info_request"),
    client.request("kernel_info_request"),
    client.request("kernel_info_request", {}, { channel: "control" }),
  ];
  for (const request of requests) {
    try {
      await request.done(20_000);
    } catch (error) {
      session.failures.push(`after cell ${session.cells}: ${(error as Error).message}`);
    }
  }
}
