import type { ProfiledOp } from "./step-stats.js";

/**
 * The ops with the time that they took where they ran: of a GPU, TensorFlow tells the time of an op's call, and beside
 * it the time of its kernels on the device's streams.
 */
export function onDevice(ops: readonly ProfiledOp[]): readonly ProfiledOp[] {
  const kernels = new Map<string, number>();
  for (const { name, device, durationUs } of ops) {
    if (!device.endsWith("stream:all")) continue;
    const node = name.replace(/:.*$/, "");
    kernels.set(node, (kernels.get(node) ?? 0) + durationUs);
  }
  return ops
    .filter(({ device }) => !/\/(?:stream|memcpy)/.test(device))
    .map((op) => (kernels.has(op.name) ? { ...op, durationUs: kernels.get(op.name)! } : op));
}
