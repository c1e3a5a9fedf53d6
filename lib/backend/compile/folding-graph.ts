/** A batch norm of kept statistics behind a convolution becomes part of it, where the weights are constants. */
import { AttributeType, type OpAttribute } from "../attributes.js";
import type { GraphOutput, Pointer } from "../c-api.js";
import { DType } from "../tensorflow-dtypes.js";
import { Graph } from "./graph.js";

/** A recorded operation and what it takes. */
interface Recorded {
  readonly op: string;
  readonly attributes: readonly OpAttribute[];
  readonly inputs: readonly GraphOutput[];
}

const TYPE: OpAttribute = { name: "T", type: AttributeType.TYPE, value: DType.FLOAT };
const CHANNELS_LAST: OpAttribute = { name: "data_format", type: AttributeType.STRING, value: "NHWC" };

/**
 * While a graph is recorded: conv(x, W) + b, and then (y − mean) · s + beta with s = gamma / √(variance + epsilon), is
 * conv(x, W · s) + (b − mean) · s + beta. Products of constants are left to TensorFlow's rewriting, which computes them
 * once.
 */
export class FoldingGraph extends Graph {
  readonly #recorded = new Map<string, Recorded>();

  override add(
    op: string,
    attributes: readonly OpAttribute[],
    inputs: readonly GraphOutput[],
    numOutputs: number,
    after: readonly Pointer[] = [],
  ): GraphOutput[] {
    const folded = this.#folded(op, attributes, inputs);
    if (folded) return [folded]; // nothing asks for the statistics
    const outputs = super.add(op, attributes, inputs, numOutputs, after);
    if (op === "Conv2D" || op === "BiasAdd" || op === "Const")
      this.#recorded.set(keyOf(outputs[0]!), { op, attributes, inputs });
    return outputs;
  }

  /** The convolution that a batch norm is folded into; undefined for other operations, and where it cannot be. */
  #folded(op: string, attributes: readonly OpAttribute[], inputs: readonly GraphOutput[]): GraphOutput | undefined {
    const [x, gamma, beta, mean, variance] = inputs;
    if (!/^FusedBatchNorm(V[23])?$/.test(op) || valueOf(attributes, "is_training") !== false) return undefined;
    const behind = this.#recorded.get(keyOf(x!));
    const bias = behind?.op === "BiasAdd" ? behind.inputs[1]! : undefined;
    const convolution = bias ? this.#recorded.get(keyOf(behind!.inputs[0]!)) : behind;
    if (convolution?.op !== "Conv2D" || valueOf(convolution.attributes, "data_format") !== "NHWC") return undefined;
    const [images, kernel] = convolution.inputs;
    const constants = [kernel, gamma, beta, mean, variance, ...(bias ? [bias] : [])];
    if (!constants.every((one) => this.#recorded.get(keyOf(one!))?.op === "Const")) return undefined;
    const epsilon = this.constant([], DType.FLOAT, Float32Array.of(valueOf(attributes, "epsilon") as number));
    const scale = this.#of("Mul", gamma!, this.#of("Rsqrt", this.#of("AddV2", variance!, epsilon))); // [C]
    const shift = bias ? this.#of("Sub", mean!, bias) : mean!;
    const offset = this.#of("Sub", beta!, this.#of("Mul", shift, scale)); // [C]
    const scaled = this.#of("Mul", kernel!, scale); // [height, width, in, C]
    const [convolved] = super.add("Conv2D", convolution.attributes, [images!, scaled], 1);
    return super.add("BiasAdd", [TYPE, CHANNELS_LAST], [convolved!, offset], 1)[0];
  }

  #of(op: string, ...inputs: GraphOutput[]): GraphOutput {
    return super.add(op, [TYPE], inputs, 1)[0]!;
  }
}

const keyOf = ({ oper, index }: GraphOutput): string => `${oper}:${index}`;

const valueOf = (attributes: readonly OpAttribute[], name: string): unknown =>
  attributes.find((attribute) => attribute.name === name)?.value;
