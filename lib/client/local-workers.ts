import { freePorts } from "./process.js";

/** One of the processes of this machine that train together. */
export interface LocalWorker {
  readonly address: string;
  /** What `TF_CONFIG` says to it, as JSON. */
  readonly config: string;
}

/** So many workers on the loopback, each at a port that nobody has taken. */
export async function localWorkers(count: number): Promise<LocalWorker[]> {
  const worker = (await freePorts(count)).map((port) => `127.0.0.1:${port}`);
  return worker.map((address, index) => {
    return { address, config: JSON.stringify({ cluster: { worker }, task: { type: "worker", index } }) };
  });
}
