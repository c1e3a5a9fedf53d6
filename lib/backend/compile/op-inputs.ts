import type { CApi, Pointer } from "../c-api.js";
import type { OpAttribute } from "../attributes.js";
import type { Status } from "../status.js";
import { fieldsOf } from "./protobuf-fields.js";

/** One declared input of an op: a single tensor, or a list whose length an attribute gives. */
interface DeclaredInput {
  /** The attribute that counts the list, or that lists its types; undefined for a single tensor. */
  readonly lengthAttribute?: string;
  /** Attributes that TensorFlow takes from the input itself: its dtype, a list's length. */
  readonly inferred: readonly string[];
}

/** Knows how the inputs of TensorFlow's ops are grouped; a graph wants lists to be named as lists. */
export class OpInputs {
  readonly #c: CApi;
  readonly #graph: Pointer;
  readonly #status: Status;
  readonly #declared = new Map<string, readonly DeclaredInput[]>();

  constructor(c: CApi, graph: Pointer, status: Status) {
    this.#c = c;
    this.#graph = graph;
    this.#status = status;
  }

  /**
   * Splits an op's flat inputs into what it declares: a single input stays one, a list becomes an array.
   *
   * @throws TypeError when their number does not fit the op
   */
  group<Input>(op: string, attributes: readonly OpAttribute[], inputs: readonly Input[]): (Input | Input[])[] {
    const declared = this.#find(op);
    const singles = declared.filter(({ lengthAttribute }) => lengthAttribute === undefined).length;
    let at = 0;
    const groups = declared.map(({ lengthAttribute }) => {
      if (lengthAttribute === undefined) return inputs[at++] as Input;
      const given = attributes.find(({ name }) => name === lengthAttribute)?.value;
      // A length that is not given is all that the single inputs leave.
      const length = typeof given === "number" ? given : Array.isArray(given) ? given.length : inputs.length - singles;
      return inputs.slice(at, (at += length));
    });
    if (at !== inputs.length) throw new TypeError(`${op}: takes ${at} inputs, got ${inputs.length}`);
    return groups;
  }

  /**
   * The attributes that the inputs do not settle. tfjs-node gives the others too, and not always right: its Mean of
   * int32 casts to float32 and says int32, which eager ops forgive.
   */
  withoutInferred(op: string, attributes: readonly OpAttribute[]): OpAttribute[] {
    const inferred = new Set(this.#find(op).flatMap((input) => input.inferred));
    return attributes.filter(({ name }) => !inferred.has(name));
  }

  #find(op: string): readonly DeclaredInput[] {
    const known = this.#declared.get(op);
    if (known) return known;
    const buffer: Pointer = this.#c.TF_NewBuffer();
    try {
      this.#c.TF_GraphGetOpDef(this.#graph, op, buffer, this.#status.pointer);
      this.#status.check(op);
      const declared = [...fieldsOf(this.#c.readBuffer(buffer))]
        .filter(({ number }) => number === OP_INPUT_ARG)
        .map(({ bytes }) => toDeclaredInput(bytes));
      this.#declared.set(op, declared);
      return declared;
    } finally {
      this.#c.TF_DeleteBuffer(buffer);
    }
  }
}

// Field numbers of tensorflow/core/framework/op_def.proto.
const OP_INPUT_ARG = 2;
const ARG_TYPE_ATTR = 4;
const ARG_NUMBER_ATTR = 5;
const ARG_TYPE_LIST_ATTR = 6;

function toDeclaredInput(argument: Uint8Array): DeclaredInput {
  const fields = [...fieldsOf(argument)];
  const named = (...numbers: number[]) =>
    fields.filter(({ number }) => numbers.includes(number)).map(({ bytes }) => Buffer.from(bytes).toString());
  const [lengthAttribute] = named(ARG_NUMBER_ATTR, ARG_TYPE_LIST_ATTR);
  const inferred = named(ARG_TYPE_ATTR, ARG_NUMBER_ATTR, ARG_TYPE_LIST_ATTR);
  return lengthAttribute === undefined ? { inferred } : { inferred, lengthAttribute };
}
