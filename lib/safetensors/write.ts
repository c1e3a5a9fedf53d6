import {
  aList,
  aNatural,
  anObject,
  aText,
  checkArguments,
  checkFields,
  listOf,
  oneOf,
  tagOf,
  type Rule,
} from "../checks.js";
import { writeWhole } from "../files/write-whole.js";
import { DTYPE_BYTES, encode, holds, valuesEach, WRITTEN_DTYPES, type WrittenDtype } from "./dtypes.js";
import type { Safetensors } from "./read.js";

const texts: Rule = {
  what: "an object of texts",
  holds: (value) => anObject.holds(value) && Object.values(value as object).every(aText.holds),
};
const aMap: Rule = { what: "a Map of tensors by name", holds: (value) => tagOf(value) === "Map" };

/**
 * Writes a safetensors file: under a temporary name, flushed to the disk, then renamed. Whoever reads it finds the old
 * file or the new one, whenever the process or the machine stops.
 *
 * @throws TypeError where values do not fit their type or shape, RangeError for an unknown type; before anything is
 *   written
 */
export async function writeSafetensors(path: string, contents: Safetensors): Promise<void> {
  checkArguments("writeSafetensors", { path, contents }, { path: aText, contents: anObject });
  checkFields("writeSafetensors", "contents", contents, { metadata: texts, tensors: aMap });
  const { metadata, tensors } = contents;
  for (const [name, tensor] of tensors) {
    checkArguments("writeSafetensors", { name }, { name: aText });
    checkFields("writeSafetensors", name, tensor, {
      dtype: oneOf(WRITTEN_DTYPES),
      shape: listOf(aNatural),
      values: aList,
    });
  }
  const header: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  if (Object.keys(metadata).length > 0) header["__metadata__"] = metadata;
  const parts: Uint8Array[] = [];
  let at = 0;
  // The format wants data aligned to their type: the widest first.
  for (const [name, { dtype: type, shape, values }] of [...tensors].sort(
    ([, a], [, b]) => DTYPE_BYTES[b.dtype] - DTYPE_BYTES[a.dtype],
  )) {
    const dtype = type as WrittenDtype;
    const count = shape.reduce((product, size) => product * size, valuesEach(dtype));
    if (name === "__metadata__")
      throw new TypeError("writeSafetensors: a tensor's name must be free, got __metadata__");
    if (!holds(dtype, values) || values.length !== count) {
      throw new TypeError(
        `writeSafetensors: ${name} must hold ${count} numbers for ${dtype} [${shape.join(", ")}], got ` +
          `${values.length} in a ${values.constructor.name}`,
      );
    }
    const bytes = encode(dtype, values);
    header[name] = { dtype, shape, data_offsets: [at, (at += bytes.length)] };
    parts.push(bytes);
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([json, Buffer.alloc(-json.length & 7, " ")]); // data begin at a multiple of 8
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(padded.length));
  await writeWhole(path, [size, padded, ...parts]);
}
