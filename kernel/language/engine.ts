/** The folder that cells are checked in and the server that checks them: started before the parser is loaded. */
import { Server } from "./server.js";
import { Workspace } from "./workspace.js";

/** Where and how cells are checked. */
export interface EngineOptions {
  /** The notebook's folder. */
  readonly folder: string;
  /** After how many milliseconds without an answer the server is taken to hang. Default 10000. */
  readonly hangMs?: number;
  /** Checks with the rolled-up declarations that set-up made. Default true. */
  readonly rolledUp?: boolean;
}

/** The language server with the folder of cell files that it reads. */
export interface Engine {
  readonly workspace: Workspace;
  readonly server: Server;
  /** Resolves when a first, empty cell was checked. */
  readonly warm: () => Promise<unknown>;
}

/** Makes the folder; the server starts when it is first asked. */
export function openEngine({ folder, hangMs, rolledUp }: EngineOptions): Engine {
  const workspace = new Workspace(folder, rolledUp);
  const server = new Server(workspace.cells, hangMs);
  let warm: Promise<unknown> | undefined;
  return {
    workspace,
    server,
    warm: () => (warm ??= server.ask(workspace.document("ts", "alone"), "export {};\n", "textDocument/diagnostic")),
  };
}

/** Makes the folder and has the server check an empty cell. */
export function startEngine(options: EngineOptions): Engine {
  const engine = openEngine(options);
  engine.warm().catch(() => undefined); // said by who waits for it
  return engine;
}
