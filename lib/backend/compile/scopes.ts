import { undone } from "../terminated.js";

let current = "";

/** Under what name operations are added to a graph right now: "forward/LAYER", "gradient/LAYER", or nothing. */
export function currentScope(): string {
  return current;
}

/** Calls `body` with operations named under `scope`. */
export function withScope<Result>(scope: string, body: () => Result): Result {
  const before = current;
  current = scope;
  return undone(() => void (current = before), body);
}

/** An operation's name under the current scope, of the characters that TensorFlow allows. */
export function scoped(name: string): string {
  return current === "" ? name : `${current.replace(/[^A-Za-z0-9_.\-/]/g, "_")}/${name}`;
}
