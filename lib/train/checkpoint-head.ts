import { readMetadata } from "../safetensors/read.js";
import type { CheckpointState } from "./checkpoint.js";

/**
 * What a checkpoint says of its run, without its tensors: a look at a run that is under way, or was stopped.
 *
 * @throws SyntaxError naming the file where it is no checkpoint
 */
export async function checkpointHead(path: string): Promise<CheckpointState> {
  const { saccade } = await readMetadata(path);
  try {
    return JSON.parse(saccade!) as CheckpointState;
  } catch (error) {
    throw new SyntaxError(`checkpoint: a file must be a checkpoint, got ${path} whose header is none`, {
      cause: error,
    });
  }
}
