import type { Context } from "../context.js";
import { cpuInfo, hasInstructions } from "../processor.js";

/**
 * A serialized tensorflow.ConfigProto: graph_options (field 10) { rewrite_options (10) {
 * auto_mixed_precision_onednn_bfloat16 (31): ON (1) } }.
 */
const BFLOAT16 = Uint8Array.of(0x52, 0x05, 0x52, 0x03, 0xf8, 0x01, 0x01);

let warned = false;

/**
 * TensorFlow's settings for a graph whose matrix products and convolutions take bfloat16: its graph optimizer puts the
 * casts around them, and leaves sums, statistics, losses and updates of variables in float32.
 *
 * @param context undefined where TensorFlow's library is not here
 * @returns undefined where the device would not gain, which is said once
 */
export function mixedPrecisionConfig(context: Context | undefined): Uint8Array | undefined {
  const missing = whatIsMissing(context);
  if (missing === undefined) return BFLOAT16;
  if (!warned) console.warn(`saccade: mixedPrecision: computing in float32: ${missing}`);
  warned = true;
  return undefined;
}

function whatIsMissing(context: Context | undefined): string | undefined {
  if (!context) return "bfloat16 needs TensorFlow's library; npm run setup fetches it";
  if (context.device.type !== "CPU")
    return `TensorFlow has bfloat16 graphs for CPUs only, and ${context.device.type} is in use`;
  return hasBfloat16(cpuInfo())
    ? undefined
    : "this processor has no bfloat16 instructions (AVX512_BF16, AMX or Arm's BF16), and without them " +
        "bfloat16 is slower";
}

/**
 * Whether a processor multiplies numbers of bfloat16 itself. @param info of proc(5); empty on macOS, where TensorFlow
 * has no oneDNN
 */
export function hasBfloat16(info: string): boolean {
  return hasInstructions(["avx512_bf16", "amx_bf16", "bf16"], info);
}
