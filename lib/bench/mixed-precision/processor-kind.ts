/** The kinds of processors with bfloat16: what one of them gains says nothing of another. */
import { instructionsIn } from "../../backend/compile/mixed-precision.js";

/** By what a stored result of each is called, for people. */
export const PROCESSORS = {
  amx: "AMX",
  amd: "AMD, AVX512_BF16",
  intel: "Intel, AVX512_BF16 without AMX",
  arm: "Arm, BF16",
} as const;
/** One of them. */
export type ProcessorKind = keyof typeof PROCESSORS;

/** Which one a processor with bfloat16 is. @param info of proc(5) */
export function processorKind(info: string): ProcessorKind {
  const instructions = instructionsIn(info);
  if (instructions === "amx" || instructions === "arm") return instructions;
  return /AuthenticAMD|HygonGenuine/.test(info) ? "amd" : "intel";
}
