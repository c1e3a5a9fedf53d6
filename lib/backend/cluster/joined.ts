import { keepFreedMemory } from "./kept-memory.js";
import { ProcessGroup } from "./process-group.js";
import { parseTfConfig, parseTimeout } from "./tf-config.js";

let joined: Promise<ProcessGroup> | undefined;

/**
 * The processes that `TF_CONFIG` names, joined once and for all; undefined where it names none, or this one alone.
 *
 * @param stop ends the waiting for those that are not there yet
 * @throws SyntaxError, TypeError or RangeError for a TF_CONFIG that is none
 * @throws Error where the processes cannot be joined, or run other versions
 * @throws the reason of `stop`
 */
export async function joinedGroup(stop?: AbortSignal): Promise<ProcessGroup | undefined> {
  const config = parseTfConfig(process.env.TF_CONFIG);
  if (config === undefined || config.tasks.length === 1) return undefined;
  const timeoutSeconds = parseTimeout(process.env.SACCADE_CLUSTER_TIMEOUT);
  if (!joined) keepFreedMemory();
  joined ??= ProcessGroup.join({ ...config, timeoutSeconds }, stop).catch((error: unknown) => {
    joined = undefined; // a cell that was interrupted while it waited may wait again
    throw error;
  });
  return joined;
}
