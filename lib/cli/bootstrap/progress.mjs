/** One line that says how far a step is: rewritten in place in a terminal, every few seconds in a log. */

const TERMINAL_MS = 500;
const LOG_MS = 10_000;

/**
 * @param {string} name
 * @param {() => string | Promise<string>} state what to say now, e.g. "120 of 274 MB"
 */
export function startProgress(name, state) {
  const started = performance.now();
  const terminal = process.stderr.isTTY === true;
  let stopped = false;
  const line = (/** @type {string} */ text) =>
    `  ${name.padEnd(22)} ${text.padEnd(34)} ${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s`;
  const tick = async () => {
    const text = await state();
    if (!stopped) process.stderr.write(terminal ? `\r\x1b[2K${line(text)}` : `${line(`${text} …`)}\n`);
  };
  const timer = setInterval(() => void tick(), terminal ? TERMINAL_MS : LOG_MS);
  timer.unref();
  return {
    /** @param {string} outcome */
    stop(outcome) {
      stopped = true;
      clearInterval(timer);
      process.stderr.write(`${terminal ? "\r\x1b[2K" : ""}${line(outcome)}\n`);
    },
  };
}
