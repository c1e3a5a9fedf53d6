import type { tf as Tf } from "../../backend/index.js";

/** Memory that a process may grow by from its first trial on before a new one takes its place, in bytes. */
const MOST_GROWTH = 1e9;

/** What a process holds between two trials. */
export interface Held {
  readonly tensors: number;
  readonly bytes: number;
  /** Names of the variables that are not a trial's. */
  readonly variables: ReadonlySet<string>;
}

interface Engine {
  readonly state: { readonly registeredVariables: Readonly<Record<string, Tf.Variable>> };
}

/** What TensorFlow.js holds now; nothing where no one has loaded the library. */
export function heldNow(tf: typeof Tf | undefined): Held | undefined {
  if (!tf) return undefined;
  const { numTensors: tensors, numBytes: bytes } = tf.memory();
  return { tensors, bytes, variables: new Set(Object.keys(variablesOf(tf))) };
}

/**
 * Frees the variables that a trial made: its models' and optimizers'.
 *
 * @returns what it left that cannot be told from what is in use
 */
export function cleanUp(tf: typeof Tf | undefined, before: Held | undefined): string[] {
  if (!tf) return [];
  for (const [name, variable] of Object.entries(variablesOf(tf))) if (!before?.variables.has(name)) variable.dispose();
  const { numTensors, numBytes } = tf.memory();
  const left = numTensors - (before?.tensors ?? 0);
  if (left <= 0) return [];
  const megabytes = (numBytes - (before?.bytes ?? 0)) / 1e6;
  return [`${left} tensors (${megabytes.toFixed(1)} MB) were not disposed of`];
}

/** Whether this process has grown so much that a new one is to go on. */
export function isWorn(firstBytes: number): boolean {
  return process.memoryUsage.rss() - firstBytes > MOST_GROWTH;
}

function variablesOf(tf: typeof Tf): Readonly<Record<string, Tf.Variable>> {
  return (tf.engine() as unknown as Engine).state.registeredVariables;
}
