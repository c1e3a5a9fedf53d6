/** Requests that are answered at once, also while a cell computes: each is a function of the request's content. */
import type { Json, Language } from "../contract.js";
import { toOffset, toPosition } from "./code-points.js";
import type { Comms } from "./open-comms.js";
import type { History, HistoryLine } from "./input-history.js";
import { KERNEL_INFO } from "./kernel-info.js";
import type { JsonObject } from "./wire.js";

/** What requests are answered from while a cell runs. */
export interface Sources {
  readonly language: Language;
  readonly history: History;
  readonly comms: Comms;
}

type Answer = (content: JsonObject, from: Sources) => JsonObject | Promise<JsonObject>;

/** By request type; the reply's type is the request's with "reply". */
export const ANSWERS: Readonly<Record<string, Answer>> = {
  kernel_info_request: () => KERNEL_INFO,
  connect_request: () => ({ status: "ok" }),
  complete_request: complete,
  inspect_request: inspect,
  is_complete_request: isComplete,
  history_request: historyLines,
  comm_info_request: (content, { comms }) => ({ status: "ok", comms: comms.list(content["target_name"]) }),
};

async function complete(content: JsonObject, { language }: Sources): Promise<JsonObject> {
  const code = text(content, "code");
  const offset = toOffset(code, cursor(content, code));
  const { items, start, end } = await language.complete(code, offset);
  const from = toPosition(code, start);
  const to = toPosition(code, end);
  return {
    status: "ok",
    matches: items.map((item) => item.text),
    cursor_start: from,
    cursor_end: to,
    metadata: {
      _jupyter_types_experimental: items.map((item) => ({
        start: from,
        end: to,
        text: item.text,
        type: item.type,
        ...(item.signature === undefined ? {} : { signature: item.signature }),
      })),
    },
  };
}

async function inspect(content: JsonObject, { language }: Sources): Promise<JsonObject> {
  const code = text(content, "code");
  const bundle = await language.inspect(
    code,
    toOffset(code, cursor(content, code)),
    content["detail_level"] === 1 ? 1 : 0,
  );
  return bundle === null
    ? { status: "ok", found: false, data: {}, metadata: {} }
    : { status: "ok", found: true, data: bundle.data, metadata: bundle.metadata };
}

function isComplete(content: JsonObject, { language }: Sources): JsonObject {
  const { status, indent } = language.isComplete(text(content, "code"));
  return status === "incomplete" ? { status, indent } : { status };
}

function historyLines(content: JsonObject, { history }: Sources): JsonObject {
  const access = content["hist_access_type"] ?? "tail";
  const n = integer(content["n"]);
  let lines: readonly HistoryLine[];
  if (access === "tail") lines = history.tail(n ?? 1000);
  else if (access === "range")
    lines = history.range(integer(content["session"]) ?? 0, integer(content["start"]) ?? 0, integer(content["stop"]));
  else if (access === "search")
    lines = history.search(String(content["pattern"] ?? "*"), n, content["unique"] === true);
  else throw new RangeError(`history_request: hist_access_type must be tail, range or search, got ${String(access)}`);
  const output = content["output"] === true;
  return {
    status: "ok",
    history: lines.map(({ session, line, source }): Json => [session, line, output ? [source, null] : source]),
  };
}

function text(content: JsonObject, name: string): string {
  const value = content[name];
  if (typeof value !== "string") throw new TypeError(`request: ${name} must be a string, got ${typeof value}`);
  return value;
}

function integer(value: Json | undefined): number | undefined {
  return typeof value === "number" ? Math.trunc(value) : undefined;
}

function cursor(content: JsonObject, code: string): number {
  const position = integer(content["cursor_pos"]) ?? code.length;
  return position < 0 ? code.length : position;
}
