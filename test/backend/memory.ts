import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { trimHeap } from "../../lib/backend/heap.js";

export const MEGABYTE = 2 ** 20;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/**
 * Memory in bytes that is in use: JavaScript's live objects, and what the process holds outside of V8's heap. What V8
 * and the C library only reserve is left out: Node 24's heap alone grows by 120 MB while a thousand functions are
 * traced, whatever becomes of them.
 */
export function memory(): number {
  collectGarbage();
  trimHeap();
  const { rss, heapTotal, heapUsed } = process.memoryUsage();
  return rss - heapTotal + heapUsed;
}
