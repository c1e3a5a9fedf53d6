import type { CApi, Pointer } from "./c-api.js";
import { withDeepStack } from "./deep-stack.js";

/** What TensorFlow's error codes are called (absl::StatusCode). */
const CODES = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
];

/** An error that TensorFlow reported: `what`: TensorFlow's message. */
export class TensorFlowError extends Error {
  /** By which it is told from other errors. */
  override readonly name = "TensorFlowError";
  /** TensorFlow's error code, such as "INVALID_ARGUMENT". */
  readonly code: string;

  /** @param what the op or the call that failed */
  constructor(what: string, code: number, message: string) {
    super(`${what}: ${message || CODES[code] || `error ${code}`}`);
    this.code = CODES[code] ?? String(code);
  }
}

/** One `TF_Status`, used again for every call of one thread of work. */
export class Status {
  readonly pointer: Pointer;
  readonly #c: CApi;

  constructor(c: CApi) {
    this.#c = c;
    this.pointer = c.TF_NewStatus();
  }

  /**
   * @throws TensorFlowError naming `what`, when the last call with this status failed; the status is then clean again
   */
  check(what: string): void {
    const code: number = this.#c.TF_GetCode(this.pointer);
    if (code === 0) return;
    const message: string = this.#c.TF_Message(this.pointer);
    this.clear();
    throw withDeepStack(() => new TensorFlowError(what, code, message));
  }

  /** Forgets an error that another one explains. */
  clear(): void {
    this.#c.TF_SetStatus(this.pointer, 0, "");
  }

  /** Frees the status; it may not be used afterwards. */
  delete(): void {
    this.#c.TF_DeleteStatus(this.pointer);
  }
}
