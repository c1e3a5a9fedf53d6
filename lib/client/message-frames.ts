/**
 * Jupyter's message frames: [identities…, delimiter, signature, header, parent, metadata, content, buffers…].
 * Source: jupyter-client, "Messaging in Jupyter" 5.4, §"The Wire Protocol".
 */
import { createHmac, randomUUID } from "node:crypto";

const DELIMITER = "<IDS|MSG>";

/** A message's header, as Jupyter writes it. */
export interface Header {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly version: string;
}

/** A message's content: a kernel's own, so nothing is known of its members here. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
/** A message's content or metadata: JSON whose fields depend on its type. */
export type Content = Record<string, any>;

/** A message that a kernel sent. */
export interface Message {
  readonly channel: string;
  readonly type: string;
  readonly header: Header;
  /** {} where the message has no parent. */
  readonly parent: Partial<Header>;
  readonly metadata: Content;
  readonly content: Content;
  readonly buffers: readonly Uint8Array[];
  /** performance.now() when the last frame was received, ms. */
  readonly at: number;
  /** Whether its signature is the one that the key demands. */
  readonly signed: boolean;
}

/** The header of a new message. */
export function makeHeader(type: string, session: string): Header {
  return {
    msg_id: randomUUID(),
    msg_type: type,
    session,
    username: "client",
    date: new Date().toISOString(),
    version: "5.4",
  };
}

/** Lower-case hex HMAC-SHA256 over the four JSON frames; "" for an empty key. */
export function sign(key: string, frames: readonly Uint8Array[]): string {
  if (key === "") return "";
  const hmac = createHmac("sha256", key);
  for (const frame of frames) hmac.update(frame);
  return hmac.digest("hex");
}

/** The frames of one message, signed with `key`. */
export function encode(
  key: string,
  header: Header,
  parent: Partial<Header>,
  metadata: Content,
  content: Content,
  buffers: readonly Uint8Array[] = [],
): Buffer[] {
  const parts = [header, parent, metadata, content].map((part) => Buffer.from(JSON.stringify(part)));
  return [
    Buffer.from(DELIMITER),
    Buffer.from(sign(key, parts)),
    ...parts,
    ...buffers.map((buffer) => Buffer.from(buffer)),
  ];
}

/**
 * Reads one received message.
 * @throws SyntaxError where the delimiter or a part is missing.
 */
export function decode(key: string, channel: string, frames: readonly Buffer[]): Message {
  const start = frames.findIndex((frame) => frame.toString() === DELIMITER);
  const parts = frames.slice(start + 2, start + 6);
  if (start < 0 || parts.length < 4)
    throw new SyntaxError(
      `decode: a message needs a delimiter and six parts, got ${frames.length} frames on ${channel}`,
    );
  const [header, parent, metadata, content] = parts.map((part) => JSON.parse(part.toString()) as Content);
  return {
    channel,
    type: (header as unknown as Header).msg_type,
    header: header as unknown as Header,
    parent: parent as Partial<Header>,
    metadata: metadata as Content,
    content: content as Content,
    buffers: frames.slice(start + 6),
    at: performance.now(),
    signed: frames[start + 1]!.toString() === sign(key, parts),
  };
}
