import { typed } from "../../files/own-folder.js";
import type { Pointer } from "../c-api.js";
import type { Context } from "../context.js";
import { cpuInfo, hasInstructions } from "../processor.js";
import { currentBinding } from "../register.js";
import { fieldsOf } from "./protobuf-fields.js";

/**
 * A serialized tensorflow.ConfigProto: graph_options (field 10) { rewrite_options (10) {
 * auto_mixed_precision_onednn_bfloat16 (31): ON (1) } }.
 */
const BFLOAT16 = Uint8Array.of(0x52, 0x05, 0x52, 0x03, 0xf8, 0x01, 0x01);

let warned = false;

/**
 * TensorFlow's settings for a graph whose matrix products and convolutions take bfloat16: its graph optimizer puts the
 * casts around them and around what lies between them, and leaves sums (`openLibrary` sees to that), losses and what
 * its own ops change in place in float32; a value assigned to a variable is rounded where it follows a product.
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

/**
 * Does the first run of a function whose graph takes bfloat16, and looks at what TensorFlow's optimizer made of it:
 * when that fails, TensorFlow drops all it did and runs the graph as it was, with a notice in a log that is off.
 *
 * @param what is named in the warning
 * @param run calls the function; nothing else may run meanwhile
 */
export async function tellDropped<Result>(
  what: string,
  { c, pointer, status }: Context,
  run: () => Promise<Result>,
): Promise<Result> {
  const buffer: Pointer = c.TF_NewBuffer();
  c.TFE_ContextEnableGraphCollection(pointer);
  try {
    const result = await run();
    c.TFE_ContextExportRunMetadata(pointer, buffer, status.pointer);
    status.check(what);
    if (!isLeftInFloat32(optimizedNodes(c.readBuffer(buffer)))) return result;
    console.warn(
      `saccade: ${what}: mixedPrecision: TensorFlow did not bring the function to bfloat16, and computes it in ` +
        "float32; with TF_CPP_MIN_LOG_LEVEL=0 its log says why",
    );
    return result;
  } finally {
    c.TFE_ContextDisableGraphCollection(pointer);
    c.TF_DeleteBuffer(buffer);
  }
}

// Field numbers of tensorflow/core/protobuf/config.proto and tensorflow/core/framework/{graph,node_def}.proto.
const [METADATA_FUNCTIONS, FUNCTION_OPTIMIZED, GRAPH_NODE, NODE_OP] = [4, 3, 1, 2];
/** The ops that TensorFlow's optimizer gives bfloat16 wherever it meets them, also by the names of its fused ones. */
const TAKES_BFLOAT16 = /MatMul|Conv[23]D|Conv2d|Einsum/;
/** A node's attribute: DstT is DT_BFLOAT16. */
const TO_BFLOAT16 = Buffer.concat([Buffer.from("\x0a\x04DstT"), Buffer.of(0x12, 0x02, 0x30, 0x0e)]);

const within = (message: Uint8Array, wanted: number): Uint8Array[] =>
  [...fieldsOf(message)].filter(({ number }) => number === wanted).map(({ bytes }) => bytes);

/** The nodes of all graphs that ran, of a serialized tensorflow.RunMetadata. */
function optimizedNodes(metadata: Uint8Array): Uint8Array[] {
  const graphs = within(metadata, METADATA_FUNCTIONS).flatMap((functions) => within(functions, FUNCTION_OPTIMIZED));
  return graphs.flatMap((graph) => within(graph, GRAPH_NODE));
}

function isLeftInFloat32(nodes: readonly Uint8Array[]): boolean {
  const opOf = (node: Uint8Array) => Buffer.from(within(node, NODE_OP)[0] ?? []).toString();
  const isCast = (node: Uint8Array) => opOf(node) === "Cast" && Buffer.from(node).includes(TO_BFLOAT16);
  return nodes.some((node) => TAKES_BFLOAT16.test(opOf(node))) && !nodes.some(isCast);
}

/** Why `mixedPrecision: "bfloat16"` computes in float32 here; undefined where it does not. */
export function bfloat16Missing(): string | undefined {
  return whatIsMissing(currentBinding()?.context);
}

function whatIsMissing(context: Context | undefined): string | undefined {
  if (!context) return `bfloat16 needs TensorFlow's library; ${typed("setup")} fetches it`;
  if (context.device.type !== "CPU")
    return `TensorFlow has bfloat16 graphs for CPUs only, and ${context.device.type} is in use`;
  return instructionsIn(cpuInfo()) !== undefined
    ? undefined
    : "this processor has no bfloat16 instructions (AVX512_BF16, AMX or Arm's BF16), and without them " +
        "bfloat16 is slower";
}

/** Instructions that multiply numbers of bfloat16, the best first, and Linux's names for them. */
const INSTRUCTIONS = { amx: "amx_bf16", avx512: "avx512_bf16", arm: "bf16" } as const;
/** A kind of them. */
type Bfloat16Instructions = keyof typeof INSTRUCTIONS;

/**
 * Whether a processor multiplies numbers of bfloat16 itself, and by what. @param info of proc(5); empty on macOS, where
 * TensorFlow has no oneDNN
 */
export function instructionsIn(info: string): Bfloat16Instructions | undefined {
  return (Object.keys(INSTRUCTIONS) as Bfloat16Instructions[]).find((kind) =>
    hasInstructions([INSTRUCTIONS[kind]], info),
  );
}
