import { describe, expect, test } from "vitest";
import { NdArray, readPickle } from "../../lib/datasets/pickle.js";

const bytes = (...parts: (string | readonly number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part))));

describe("readPickle", () => {
  test("reads what Python wrote", () => {
    // Python 3.11: pickle.dumps({"a": [1, 300, -5, None, True], "b": (2, "é".encode("latin1"))}, 2) has "é" as
    // a call of _codecs.encode; this is the same with a Python 2 string, as in CIFAR's files.
    const pickled = bytes(
      "\x80\x02}q\x00(U\x01aq\x01]q\x02(K\x01M,\x01J",
      [251, 255, 255, 255],
      "N\x88eU\x01bq\x03K\x02U\x01\xe9q\x04\x86q\x05u.",
    );
    expect(readPickle(pickled)).toEqual(
      new Map<string, unknown>([
        ["a", [1, 300, -5, null, true]],
        ["b", [2, "é"]],
      ]),
    );
  });

  test("reads a numpy array of bytes without copying it", () => {
    const pickled = bytes(
      "\x80\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R(K\x01K\x02K\x02\x86",
      "cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb",
      "\x89U\x04\x01\x02\x03\x04tb.",
    );
    expect(readPickle(pickled)).toEqual(new NdArray([2, 2], "u1", Buffer.from([1, 2, 3, 4])));
  });

  test.each([
    ["any other name", bytes("\x80\x02cos\nsystem\nU\x02ls\x85R."), "the name os system at byte"],
    ["a name put together from strings", bytes("\x80\x04\x8c\x02os\x8c\x06system\x93."), "a protocol above 2"],
    ["a call of what is no name", bytes("\x80\x02U\x01a)R."), "a call"],
    ["an instance", bytes("\x80\x02(ios\nsystem\n."), 'the instruction "i"'],
    ["a value cut off", bytes("\x80\x02U\x05ab"), "a value cut off"],
    ["an end without a value", bytes("\x80\x02."), "an empty stack"],
    [
      "an array of other numbers",
      bytes("cnumpy.core.multiarray\n_reconstruct\n)R(K\x01K\x01\x85cnumpy\ndtype\nU\x02O8\x85R\x89U\x01atb."),
      "an array other than uint8",
    ],
    ["no pickle", bytes("<html>"), 'the instruction "<"'],
    ["nothing", bytes(""), "a value cut off"],
  ])("refuses %s", (_name, pickled, message) => {
    expect(() => readPickle(pickled)).toThrow(SyntaxError);
    expect(() => readPickle(pickled)).toThrow(message);
  });
});
