import { readFileSync } from "node:fs";

/** Whether a processor has any of some instructions, by Linux's names for them. @param info of proc(5) */
export function hasInstructions(anyOf: readonly string[], info: string): boolean {
  const flags = /^(?:flags|Features)\s*:(.*)$/m.exec(info)?.[1]?.split(/\s+/) ?? [];
  return anyOf.some((flag) => flags.includes(flag));
}

/** Linux's description of the processors, proc(5); empty elsewhere. */
export function cpuInfo(): string {
  try {
    return readFileSync("/proc/cpuinfo", "latin1");
  } catch {
    return "";
  }
}
