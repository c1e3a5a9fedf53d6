/** The two well-known symbols by which a library reaches its notebook: publishing, and the running cell's AbortSignal. */
import type { Json, Published } from "../contract.js";
import type { Channel } from "./channel.js";
import { currentTask } from "./task.js";

const PUBLISHED: readonly string[] = ["display_data", "update_display_data", "clear_output", "execute_result", "error", "comm_open", "comm_msg", "comm_close"];

export function installHost(channel: Channel): void {
  const broadcast = (type: string, content: Json = {}, metadata: Json = {}, buffers: readonly Uint8Array[] = []): void => {
    if (!PUBLISHED.includes(type)) throw new RangeError(`broadcast: type must be one of ${PUBLISHED.join(", ")}, got ${String(type)}`);
    channel.post({ type: "publish", message: type as Published, content, metadata, buffers, parent: currentTask()?.parent ?? null });
  };
  Object.defineProperty(globalThis, Symbol.for("Jupyter.broadcast"), { value: broadcast, configurable: true });
  Object.defineProperty(globalThis, Symbol.for("Jupyter.signal"), { get: () => currentTask()?.controller.signal, configurable: true });
}
