import { fieldHeader, writeMessage, type FieldValue } from "../../protobuf.js";
import type { Attribute, Initializer, OnnxDtype, OnnxNode, Port } from "./onnx-graph.js";
import type { Size } from "./traced.js";

/** What a file of ONNX's holds. */
export interface OnnxModel {
  readonly name: string;
  readonly producerVersion: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** The first set with layer normalisation; every runtime since the summer of 2022 has it. */
const OPSET = 17;
/** The version of the format that came with it. */
const IR_VERSION = 8;

const DTYPES: Readonly<Record<OnnxDtype, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };

type Field = readonly [field: number, value: FieldValue];

/** The name of the batch's size. */
const BATCH = "batch";

/** What protocol buffers hold at most: 2 GiB less one byte. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * The file's parts, one after the other; a weight's values are made when their turn comes.
 * Source: onnx.proto of ONNX 1.12, whose field numbers these are.
 *
 * @throws RangeError for a file of 2 GiB or more
 */
export function onnxFile(model: OnnxModel): Iterable<Uint8Array> {
  const weights = model.initializers.map((initializer) => ({ initializer, head: tensorHead(initializer) }));
  const front = writeMessage([
    ...model.nodes.map((node): Field => [1, nodeMessage(node)]),
    [2, model.name],
    ...model.inputs.map((port): Field => [11, portMessage(port)]),
    ...model.outputs.map((port): Field => [12, portMessage(port)]),
  ]);
  const graphBytes = weights.reduce((sum, { initializer, head }) => {
    const length = head.length + bytesOf(initializer);
    return sum + fieldHeader(5, length).length + length;
  }, front.length);
  const head = writeMessage([
    [1, IR_VERSION],
    [2, "saccade"],
    [3, model.producerVersion],
    [8, writeMessage([[2, OPSET]])],
    ...Object.entries(model.metadata).map(([key, value]): Field => [
      14,
      writeMessage([
        [1, key],
        [2, value],
      ]),
    ]),
  ]);
  const graphHead = fieldHeader(7, graphBytes);
  const bytes = head.length + graphHead.length + graphBytes;
  if (bytes > MOST_BYTES) {
    const size = (bytes / 2 ** 30).toFixed(2);
    throw new RangeError(`exportOnnx: a model must be below 2 GiB, which a file of ONNX's holds, got ${size} GiB`);
  }
  return (function* () {
    yield* [head, graphHead, front];
    for (const { initializer, head } of weights) {
      yield fieldHeader(5, head.length + bytesOf(initializer));
      yield head;
      yield initializer.bytes();
    }
  })();
}

/** A tensor's message up to its values, which are its last field. */
function tensorHead(initializer: Initializer): Uint8Array {
  const { name, dtype, shape } = initializer;
  const fields = writeMessage([...shape.map((size): Field => [1, size]), [2, DTYPES[dtype]], [8, name]]);
  return Buffer.concat([fields, fieldHeader(9, bytesOf(initializer))]);
}

const WIDTHS: Readonly<Record<OnnxDtype, number>> = { float32: 4, int32: 4, int64: 8, bool: 1 };

function bytesOf({ dtype, shape }: Initializer): number {
  return shape.reduce((product, size) => product * size, WIDTHS[dtype]);
}

function nodeMessage({ name, op, inputs, outputs, attributes }: OnnxNode): Uint8Array {
  return writeMessage([
    ...inputs.map((input): Field => [1, input]),
    ...outputs.map((output): Field => [2, output]),
    [3, name],
    [4, op],
    ...Object.entries(attributes).map(([key, attribute]): Field => [5, attributeMessage(key, attribute)]),
  ]);
}

function attributeMessage(name: string, attribute: Attribute): Uint8Array {
  const fields = (...rest: readonly Field[]) => writeMessage([[1, name], ...rest]);
  if ("float" in attribute) return fields([2, { float: attribute.float }], [20, 1]);
  if ("int" in attribute) return fields([3, attribute.int], [20, 2]);
  if ("text" in attribute) return fields([4, attribute.text], [20, 3]);
  return fields(...attribute.ints.map((value): Field => [8, value]), [20, 7]);
}

function portMessage({ name, shape }: Port): Uint8Array {
  const dimension = (size: Size): Uint8Array => {
    if (typeof size === "number") return writeMessage([[1, size]]);
    return writeMessage([[2, size.perImage === 1 ? BATCH : `${size.perImage}*${BATCH}`]]);
  };
  const dimensions = writeMessage(shape.map((size): Field => [1, dimension(size)]));
  const tensor = writeMessage([
    [1, DTYPES.float32],
    [2, dimensions],
  ]);
  return writeMessage([
    [1, name],
    [2, writeMessage([[1, tensor]])],
  ]);
}
