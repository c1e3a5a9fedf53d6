/**
 * A value's own account of itself: a method under `Symbol.for("Jupyter.display")` that returns
 * representations by MIME type (`{ "text/html": "<b>…" }`), or `{ data, metadata }`, or a promise of either.
 */
import { Buffer } from "node:buffer"; // a cell may replace the global one
import type { Bundle, Json } from "../../contract.js";
import { isArray, isThenable, isView, messageOf, read, toJson } from "./safe.js";

export const DISPLAY = Symbol.for("Jupyter.display");

/** What the value's method returned, or null where it has none or returned nothing that can be shown. */
export function ownBundle(value: object, text: () => string): Bundle | Promise<Bundle | null> | null {
  const method = read(value, DISPLAY);
  if (typeof method !== "function") return null;
  try {
    const answer: unknown = (method as () => unknown).call(value);
    if (isThenable(answer)) {
      return Promise.resolve(answer).then(
        (result) => readBundle(result, text),
        (error: unknown) => failed(error, text),
      );
    }
    return readBundle(answer, text);
  } catch (error) {
    return failed(error, text);
  }
}

function failed(error: unknown, text: () => string): Bundle {
  return {
    data: { "text/plain": `${text()}\n[its Symbol.for("Jupyter.display") method threw: ${messageOf(error)}]` },
    metadata: {},
  };
}

/**
 * Representations as they cross the wire: bytes as base64, everything else as JSON.
 * @param fallback text/plain where the bundle has none
 * @returns null where `answer` names no MIME type
 */
export function readBundle(answer: unknown, fallback: () => string): Bundle | null {
  if (typeof answer !== "object" || answer === null || isArray(answer)) return null;
  const inner = read(answer, "data");
  const paired = typeof inner === "object" && inner !== null && !hasMime(answer);
  const source = (paired ? inner : answer) as Record<string, unknown>;
  const data: Record<string, Json> = {};
  let trouble = "";
  let found = false;
  const names = Object.keys(source);
  for (let i = 0; i < names.length; i++) {
    const mime = names[i] as string;
    if (!isMime(mime)) continue;
    const item = read(source, mime);
    if (item === undefined || item === null) continue;
    try {
      data[mime] = typeof item === "string" ? item : isView(item) ? base64(item) : (toJson(item) as Json);
      found = true;
    } catch (error) {
      trouble += `\n[${mime} left out: ${messageOf(error)}]`;
    }
  }
  if (!found && !trouble) return null;
  if (typeof data["text/plain"] !== "string") data["text/plain"] = fallback() + trouble;
  return { data, metadata: paired ? metadataOf(read(answer, "metadata")) : {} };
}

function metadataOf(metadata: unknown): Record<string, Json> {
  try {
    return typeof metadata === "object" && metadata !== null ? (toJson(metadata) as Record<string, Json>) : {};
  } catch {
    return {};
  }
}

function base64(view: ArrayBufferView): string {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString("base64");
}

function hasMime(object: object): boolean {
  const names = Object.keys(object);
  for (let i = 0; i < names.length; i++) if (isMime(names[i] as string)) return true;
  return false;
}

function isMime(name: string): boolean {
  return /^[\w.+-]+\/[\w.+-]+/.test(name);
}
