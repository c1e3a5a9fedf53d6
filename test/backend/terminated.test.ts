/**
 * What an interrupt of a cell leaves behind that terminated code of the backend: node:vm's time limit ends code in the
 * same way, without its `finally` blocks.
 */
import vm from "node:vm";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { flatten } from "../../lib/backend/compile/structure.js";
import { trace } from "../../lib/backend/compile/trace.js";
import { inTurn, withinTurn } from "../../lib/backend/compile/turns.js";
import { compile, tf } from "../../lib/backend/index.js";
import { currentBinding } from "../../lib/backend/register.js";

const SIGNAL = Symbol.for("Jupyter.signal");
const host = globalThis as unknown as Record<symbol | string, unknown>;
let cell: AbortController;

beforeAll(() => tf.dispose(tf.grad((x) => tf.square(tf.square(x)))(tf.scalar(1))));
beforeEach(() => {
  cell = new AbortController();
  host[SIGNAL] = cell.signal;
});
afterEach(() => {
  delete host[SIGNAL];
  delete host["work"];
});

/** Calls `work` and terminates it when it comes to `endless`. */
function terminate(work: () => unknown): void {
  host["work"] = work;
  const limit = { timeout: 500 }; // far from what comes before: native code may swallow a termination
  expect(() => vm.runInThisContext("work()", limit)).toThrow("timed out");
}

function endless(): never {
  for (;;);
}

const nextCell = (): void => void (host[SIGNAL] = new AbortController().signal);
const TOLD = [
  ["when its signal aborts", () => (cell.abort(), nextCell()), true],
  ["when another cell's work begins", () => (nextCell(), tf.square(1).dispose()), false],
] as const;

describe.each(TOLD)("after an interrupt that terminated the backend, %s", (_, tell, frees) => {
  it("gradients are computed as before, and what was made meanwhile is freed", () => {
    const w = tf.variable(tf.scalar(3));
    const { numTensors } = tf.memory();
    terminate(() =>
      tf.tidy(() =>
        tf.variableGrads(() => {
          const square = tf.square(w) as tf.Scalar;
          tf.customGrad((() => endless()) as never)(square);
          return square;
        }),
      ),
    );
    tell();
    const { grads, value } = tf.variableGrads(() => tf.square(w) as tf.Scalar, [w]);
    expect(grads[w.name]!.dataSync()[0]).toBe(6);
    tf.dispose([grads, value]);
    if (frees) expect(tf.memory().numTensors).toBe(numTensors);
    w.dispose();
  });

  it("functions are compiled and run as before, and JavaScript's random numbers and stacks are its own", async () => {
    const { random } = Math;
    const { stackTraceLimit } = Error;
    const w = tf.variable(tf.scalar(1));
    const x = tf.scalar(2);
    const stuck = (y: tf.Tensor) => (w.assign(tf.scalar(5)), tf.add(y, endless()));
    const options = { name: "stuck", functionName: "stuck", xla: false };
    void inTurn(() => new Promise(() => undefined)); // as one whose part is terminated
    await null;
    terminate(() => withinTurn(() => trace(stuck, flatten("arguments", [x]), currentBinding()!, options)));
    tell();
    expect([Math.random, Error.stackTraceLimit]).toEqual([random, stackTraceLimit]);
    expect([w.dataSync()[0], (await compile((y: tf.Tensor) => tf.add(y, w))(x)).dataSync()[0]]).toEqual([1, 3]);
  });
});
