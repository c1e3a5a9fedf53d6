/** Which comms are open, kept here so that comm_info is answered while a cell computes. */
import type { Json } from "../contract.js";
import type { JsonObject } from "./wire.js";

/** The open comms by id, each with its target. */
export class Comms {
  readonly #targets = new Map<string, string>();

  /** Notes a comm_open or comm_close that passed, in either direction. */
  note(type: string, content: JsonObject): void {
    const id = content["comm_id"];
    if (typeof id !== "string") return;
    if (type === "comm_open") this.#targets.set(id, String(content["target_name"] ?? ""));
    else if (type === "comm_close") this.#targets.delete(id);
  }

  /** Content of comm_info_reply: open comms, of one target if it is named. */
  list(target: Json | undefined): JsonObject {
    const comms: Record<string, Json> = {};
    for (const [id, name] of this.#targets) {
      if (typeof target !== "string" || target === "" || name === target) comms[id] = { target_name: name };
    }
    return comms;
  }
}
