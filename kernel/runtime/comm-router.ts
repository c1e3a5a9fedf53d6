/** Comm messages from the front end, given to whoever registered for their target or comm. */
import type { CellRequest } from "../contract.js";

export type CommMessage = Extract<CellRequest, { type: "comm" }>;
export type CommHandler = (message: CommMessage) => unknown;

const targets = new Map<string, CommHandler>();
const comms = new Map<string, CommHandler>();

/** Has comm_open messages for `target` handled; the handler of later messages is set by `handleComm`. */
export function handleTarget(target: string, handler: CommHandler): void {
  targets.set(target, handler);
}

/** Has comm_msg and comm_close of one comm handled; undefined ends that. */
export function handleComm(id: string, handler: CommHandler | undefined): void {
  if (handler === undefined) comms.delete(id);
  else comms.set(id, handler);
}

/** Who handles this message; undefined where nobody does. */
export function commHandler(message: CommMessage): CommHandler | undefined {
  const content = message.content as { readonly comm_id?: unknown; readonly target_name?: unknown };
  return message.message === "comm_open" ? targets.get(String(content.target_name)) : comms.get(String(content.comm_id));
}
