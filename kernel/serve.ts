/** The worker thread's parts put together: sockets, protocol and language. */
import { join } from "node:path";
import type { Connection } from "./protocol/connection.js";
import { cacheFolder } from "./protocol/history-folder.js";
import { Children } from "./protocol/child-processes.js";
import { CrashNote } from "./protocol/crash-note.js";
import { History } from "./protocol/input-history.js";
import { openInbox } from "./protocol/inbox.js";
import { Kernel } from "./protocol/message-loop.js";
import { captureNativeOutput } from "./protocol/native-output.js";
import { onSignal } from "./protocol/signals.js";
import type { Sockets } from "./protocol/sockets.js";
import { Wire } from "./protocol/wire.js";
import { withLimits } from "./language/with-limits.js";
import { splitMagics, withMagics } from "./language/with-magics.js";
import { createDebugging } from "./debug/index.js";
import { createLanguage } from "./language/index.js";
import type { Engine } from "./language/engine.js";
import { isAlive } from "./both/processes.js";
import { Slot, type WorkerStart } from "./both/shared.js";
import { log } from "./protocol/log.js";

const PARENT_CHECK_MS = 1000;

/** What the worker thread has opened before the language and the protocol are loaded. */
export interface ServeOptions extends WorkerStart {
  readonly connection: Connection;
  readonly sockets: Sockets;
  readonly engine: Engine;
  /** Process ids of what the worker thread itself has started. */
  readonly ownChildren: ReadonlySet<number>;
}

/** Answers what comes in from now on. */
export function serve({
  connectionFile,
  shared,
  ring,
  port,
  answers,
  folder,
  engine,
  connection,
  sockets,
  ownChildren,
}: ServeOptions): void {
  const language = withMagics(withLimits(createLanguage({ folder, engine })));
  const cache = cacheFolder();
  const native = captureNativeOutput((name, text) => kernel.nativeOutput(name, text)).catch((error: unknown) => {
    log(`native output is not shown in cells: ${String(error)}`);
    return undefined;
  });
  const kernel = new Kernel({
    wire: new Wire(connection.key),
    sockets,
    shared,
    language,
    history: new History(join(cache, "kernel", "history")),
    children: new Children(ownChildren),
    crashNote: new CrashNote(join(cache, "kernel", "running"), connectionFile),
    debugging: (event) => createDebugging({ event, codeOf: (text) => splitMagics(text).text }),
    send: (request) => port.postMessage(request),
    native,
    answer: (value) => {
      answers.postMessage(value);
      Atomics.store(shared, Slot.answered, 1);
      Atomics.notify(shared, Slot.answered);
    },
  });

  openInbox(port, ring, (event) => kernel.receive(event));
  language
    .start()
    .catch((error: unknown) => log(`the language server did not start: ${String((error as Error)?.stack ?? error)}`));
  kernel.start();
  onSignal("SIGINT", () => void kernel.interrupt());
  onSignal("SIGTERM", () => kernel.terminate("SIGTERM"));
  watchParent(() => kernel.terminate("the end of its parent"));
  setTimeout(() => kernel.prepareInterrupts(), 200);
}

/** A kernel whose Jupyter server died ends too. */
function watchParent(end: () => void): void {
  const parent = Number(process.env["JPY_PARENT_PID"]);
  if (!(parent > 1)) return;
  const first = process.ppid;
  setInterval(() => {
    if (process.ppid !== first || !isAlive(parent)) end();
  }, PARENT_CHECK_MS);
}
