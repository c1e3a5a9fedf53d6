/** Which child processes a thread starts: everything of node:child_process but its synchronous calls passes here. */
import { ChildProcess } from "node:child_process";

/** How a child was started: "group" is one of the kernel's own that leads a process group. */
export type Kind = "attached" | "detached" | "group";

type Spawn = (options: { readonly detached?: boolean }) => unknown;

let startsGroup = false;

/**
 * Has `told` called for each child that this thread starts from now on, once it runs.
 * @param begins called before; what it returns is called behind `told`, unless a termination struck in between
 */
export function onSpawn(
  told: (child: ChildProcess, pid: number, kind: Kind) => void,
  begins: () => () => void = () => () => undefined,
): void {
  const prototype = ChildProcess.prototype as unknown as { spawn: Spawn };
  const { spawn } = prototype;
  prototype.spawn = function (this: ChildProcess, options) {
    const over = begins();
    try {
      const failed: unknown = Reflect.apply(spawn, this, [options]);
      if (this.pid !== undefined) told(this, this.pid, kindOf(options));
      return failed;
    } finally {
      over();
    }
  };
}

function kindOf({ detached }: { readonly detached?: boolean }): Kind {
  if (startsGroup) return "group";
  return detached === true ? "detached" : "attached";
}

/** Starts a child of the kernel's own that leads a group, which ends with the kernel. */
export function withGroup<T>(start: () => T): T {
  startsGroup = true;
  try {
    return start();
  } finally {
    startsGroup = false;
  }
}
