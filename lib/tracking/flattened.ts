import type { PlainRecord } from "./run-log.js";

/** Fields of fields by dotted names. */
export function flattened(record: PlainRecord, prefix: string = ""): (readonly [name: string, value: unknown])[] {
  return Object.entries(record).flatMap(([name, value]) => {
    const isNested = typeof value === "object" && value !== null && !Array.isArray(value);
    return isNested ? flattened(value as PlainRecord, `${prefix}${name}.`) : [[`${prefix}${name}`, value] as const];
  });
}
