import { AttributeType, type OpAttribute } from "../attributes.js";
import { DType } from "../tensorflow-dtypes.js";

const types = (name: string, value: number | readonly number[]): OpAttribute => ({
  name,
  type: AttributeType.TYPE,
  value,
});

/**
 * The attributes of a call of a function that XLA compiles as a whole.
 *
 * @param inputs the dtypes of its arguments
 * @param outputs how many it has, all float32
 */
export function xlaCall(name: string, inputs: readonly number[], outputs: number): OpAttribute[] {
  return [
    types("Tin", inputs),
    types("Tout", Array<number>(outputs).fill(DType.FLOAT)),
    { name: "f", type: AttributeType.FUNCTION, value: name },
    { name: "_XlaMustCompile", type: AttributeType.BOOL, value: true },
  ];
}

/** The attributes of EnsureShape for float32 of a shape: a call's shapes are not known to the graph. */
export function floatsOf(shape: readonly number[]): OpAttribute[] {
  return [types("T", DType.FLOAT), { name: "shape", type: AttributeType.SHAPE, value: shape }];
}
