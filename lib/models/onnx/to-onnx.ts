import type { Call, Notes, Operation } from "./kernel-call.js";
import { ELEMENTWISE } from "./elementwise.js";
import { NORMS } from "./norms.js";
import { OnnxGraph, type Port } from "./onnx-graph.js";
import { isView, Operands, TO_FIRST, whole, type Operand, type View } from "./operands.js";
import { PRODUCTS } from "./products.js";
import { SHAPES } from "./shape-kernels.js";
import type { Size, Traced, TracedConstant, TracedStep } from "./traced.js";
import { WINDOWS } from "./windows.js";

/** What each of tfjs' kernels, and of our ops, is in ONNX's operators. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  ...ELEMENTWISE,
  ...NORMS,
  ...PRODUCTS,
  ...SHAPES,
  ...WINDOWS,
};

/** How the graph's ends are called and lie. */
export interface Ends {
  readonly input: { readonly name: string; readonly shape: readonly Size[]; readonly channelsFirst: boolean };
  readonly outputs: readonly string[];
}

/** A graph that is whole. */
export interface Converted extends ReturnType<OnnxGraph["needed"]> {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/**
 * What was traced as a graph of ONNX's.
 *
 * @param nameOf a weight's name
 * @throws TypeError naming the operation that ONNX's operators do not say, and its layer
 */
export function toOnnx(
  { steps, constants, outputs }: Traced,
  { input, outputs: names }: Ends,
  nameOf: (constant: TracedConstant) => string | undefined,
): Converted {
  const graph = new OnnxGraph();
  const operands = new Operands(graph, input.name, nameOf);
  const notes: Notes = { patches: new Map(), padded: new Map() };
  const values: View[] = [whole({ ...input, dtype: "float32" })];
  const operandOf = (source: Traced["outputs"][number]): Operand => {
    if ("value" in source) return values[source.value]!;
    const constant = constants[source.constant]!;
    return { constant, shape: constant.shape };
  };
  for (const step of steps) {
    graph.layer = step.layer;
    const where = step.layer === "" ? step.kernel : `${step.kernel} in the layer ${step.layer}`;
    const inputs = new Map([...step.inputs].map(([name, source]) => [name, operandOf(source)]));
    const call: Call = { graph, operands, notes, inputs, attributes: step.attributes, outputs: step.outputs, where };
    values.push(...[operationOf(step, where)(call)].flat());
  }
  graph.layer = "";
  const ends = outputs.map((source, i) => {
    const operand = operandOf(source);
    return namedEnd(graph, operands, operand, names[i]!);
  });
  const port = {
    name: input.name,
    shape: input.channelsFirst ? TO_FIRST.map((axis) => input.shape[axis]!) : input.shape,
  };
  return { inputs: [port], outputs: ends, ...graph.needed(names) };
}

function operationOf({ kernel }: TracedStep, where: string): Operation {
  if (Object.hasOwn(OPERATIONS, kernel)) return OPERATIONS[kernel]!;
  const known = Object.keys(OPERATIONS).toSorted().join(", ");
  throw new TypeError(`exportOnnx: an operation must be one that is written as ONNX (${known}), got ${where}`);
}

/** Channels last, as the model gives it, under its name. */
function namedEnd(graph: OnnxGraph, operands: Operands, operand: Operand, name: string): Port {
  if (!isView(operand))
    throw new TypeError(`exportOnnx: an output must depend on the input, got a constant for ${name}`);
  const made = operands.plain(operand);
  graph.end(made, name);
  return { name, shape: operand.shape };
}
