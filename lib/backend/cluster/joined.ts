import { ownVersion } from "../../files/own-folder.js";
import { currentBinding } from "../register.js";
import { ProcessGroup } from "./process-group.js";
import { type ClusterConfig, parseTfConfig } from "./tf-config.js";

let joined: Promise<ProcessGroup> | undefined;

/**
 * The processes that `TF_CONFIG` names, joined once and for all; undefined where it names none, or this one alone.
 *
 * @throws SyntaxError, TypeError or RangeError for a TF_CONFIG that is none
 * @throws Error where the processes cannot be joined, or run other versions
 */
export async function joinedGroup(): Promise<ProcessGroup | undefined> {
  const config = parseTfConfig(process.env.TF_CONFIG);
  if (config === undefined || config.tasks.length === 1) return undefined;
  joined ??= join(config).catch((error: unknown) => {
    joined = undefined; // a cell that was interrupted while it waited may wait again
    throw error;
  });
  return joined;
}

async function join(config: ClusterConfig): Promise<ProcessGroup> {
  const group = await ProcessGroup.join(config);
  const versions = `saccade ${ownVersion()}, TensorFlow ${currentBinding()?.context.version}`;
  await group.agree("cluster", "the versions", versions);
  return group;
}
