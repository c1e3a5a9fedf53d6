import type { PlainRecord } from "./run-log.js";

/** A field by its dotted name, "optimizer.name". */
type Field = readonly [name: string, value: unknown];

/** Fields of fields; an empty record is a value itself. */
export function fieldsOf(record: PlainRecord, prefix: string = ""): Field[] {
  return Object.entries(record).flatMap(([name, value]) => {
    if (isRecord(value) && Object.keys(value).length > 0) return fieldsOf(value, `${prefix}${name}.`);
    return value === undefined ? [] : [[`${prefix}${name}`, value] as const];
  });
}

/** Fields of fields; of an empty record nothing. */
export function flattened(record: PlainRecord): Field[] {
  return fieldsOf(record).filter(([, value]) => !isRecord(value));
}

function isRecord(value: unknown): value is PlainRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
