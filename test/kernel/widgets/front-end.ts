/** A front end's side of the wire, for tests: what the kernel sent, and messages to it. */
import type { Json } from "../../../kernel/contract.js";
import type { Comms } from "../../../kernel/runtime/widgets/comms.js";

const BROADCAST = Symbol.for("Jupyter.broadcast");

export interface Sent {
  readonly type: string;
  readonly content: { readonly comm_id: string; readonly target_name?: string; readonly data: Record<string, unknown> };
  readonly metadata: Record<string, unknown>;
  readonly buffers: readonly Uint8Array[];
}

/** Catches what is published from now on. */
export function listen(): Sent[] {
  const sent: Sent[] = [];
  (globalThis as Record<symbol, unknown>)[BROADCAST] = (
    type: string,
    content: Sent["content"],
    metadata: Record<string, unknown>,
    buffers: readonly Uint8Array[],
  ) => void sent.push({ type, content, metadata, buffers });
  return sent;
}

export function deafen(): void {
  delete (globalThis as Record<symbol, unknown>)[BROADCAST];
}

export function say(
  comms: Comms,
  id: string,
  data: Json,
  buffers: readonly Uint8Array[] = [],
  message: "comm_open" | "comm_msg" | "comm_close" = "comm_msg",
  target?: string,
): Promise<void> {
  return comms.receive({
    type: "comm",
    message,
    content: { comm_id: id, target_name: target, data },
    metadata: {},
    buffers,
    parent: {},
  });
}
