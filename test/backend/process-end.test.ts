import { spawnSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";

const BACKEND = pathToFileURL(new URL("../../dist/lib/index.js", import.meta.url).pathname).href;

/** Starts a compiled function that takes a while, off the main thread. */
const BUSY = `
  const busy = backend.compile((x) => {
    let y = x;
    for (let i = 0; i < 40; i++) y = tf.matMul(y, x);
    return y.mean();
  });
  const x = tf.fill([700, 700], 1 / 700);
  (await busy(x)).dispose();
  const running = busy(x);`;

/** Runs a program that has used TensorFlow and then does `ending`. */
function run(ending: string) {
  const program = `
    import { tf, backend } from ${JSON.stringify(BACKEND)};
    const sum = tf.tensor([1, 2]).sum().dataSync()[0];
    console.log(tf.getBackend(), sum);
    ${ending}`;
  return spawnSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" });
}

describe("a process that has used TensorFlow", () => {
  it("ends with 0 at its natural end, with nothing on stderr", () => {
    const { status, stdout, stderr, signal } = run("");
    expect({ status, signal, stdout, stderr }).toEqual({
      status: 0,
      signal: null,
      stdout: "tensorflow 3\n",
      stderr: "",
    });
  });

  it("ends with 1 after a throw, and shows its message", () => {
    const { status, stderr } = run("throw new Error('thrown on purpose');");
    expect(status).toBe(1);
    expect(stderr).toContain("thrown on purpose");
  });

  it("ends with 1 after an unhandled rejection", () => {
    expect(run("await null; await Promise.reject(new Error('rejected on purpose'));").status).toBe(1);
  });

  it("ends with the code given to process.exit", () => {
    expect(run("process.exit(7);").status).toBe(7);
  });

  it("ends as it should while a compiled function runs off the main thread", () => {
    expect(run(BUSY).status).toBe(0);
    expect(run(`${BUSY} setTimeout(() => process.exit(7), 10);`).status).toBe(7);
    expect(run(`${BUSY} setTimeout(() => { throw new Error("on purpose"); }, 10);`).status).toBe(1);
  });

  it("ends with 0 after work in a timer", () => {
    expect(run("setTimeout(() => tf.ones([500, 500]).matMul(tf.ones([500, 500])).dispose(), 5);").status).toBe(0);
  });
});
