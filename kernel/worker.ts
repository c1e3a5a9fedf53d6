/**
 * The worker thread's entry. A launch waits for two things, the first check and a client's next attempt to connect:
 * the server is started and the sockets are bound before the rest is loaded.
 */
import { workerData } from "node:worker_threads";
import { startEngine } from "./language/engine.js";
import { readConnection } from "./protocol/connection.js";
import { onSpawn } from "./both/spawned.js";
import type { WorkerStart } from "./both/shared.js";

const start = workerData as WorkerStart;
const ownChildren = new Set<number>();
onSpawn((_child, pid) => ownChildren.add(pid));
const engine = startEngine({ folder: start.folder });
const { Sockets } = await import("./protocol/sockets.js");
const connection = readConnection(start.connectionFile);
const sockets = new Sockets(connection);
const { serve } = await import("./serve.js");
serve({ ...start, engine, connection, sockets, ownChildren });
