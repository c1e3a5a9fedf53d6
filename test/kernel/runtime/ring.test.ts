import { describe, expect, it } from "vitest";
import { Kind, makeRing, RingReader, RingWriter } from "../../../kernel/both/ring.js";

function pair(): { writer: RingWriter; reader: RingReader; wakes: () => number } {
  const memory = makeRing();
  let woken = 0;
  return { writer: new RingWriter(memory, () => void woken++), reader: new RingReader(memory), wakes: () => woken };
}

function all(reader: RingReader): [number, string][] {
  const records: [number, string][] = [];
  reader.drain((kind, text) => records.push([kind, text]) > 0);
  return records;
}

describe("the ring", () => {
  it("hands out records in order, whole and once", () => {
    const { writer, reader } = pair();
    writer.write(Kind.stdout, "a");
    writer.write(Kind.stderr, "é😀");
    expect(all(reader)).toEqual([
      [Kind.stdout, "a"],
      [Kind.stderr, "é😀"],
    ]);
    expect(all(reader)).toEqual([]);
  });

  it("wakes the reader once until it has looked", () => {
    const { writer, reader, wakes } = pair();
    writer.write(Kind.stdout, "a");
    writer.write(Kind.stdout, "b");
    expect(wakes()).toBe(1);
    all(reader);
    writer.write(Kind.stdout, "c");
    expect(wakes()).toBe(2);
  });

  it("leaves the record that is refused, and what follows, for the next time", () => {
    const { writer, reader } = pair();
    for (const text of ["a", "b", "c"]) writer.write(Kind.stdout, text);
    const seen: string[] = [];
    reader.drain((_, text) => text !== "b" && seen.push(text) > 0);
    expect(seen).toEqual(["a"]);
    expect(all(reader).map(([, text]) => text)).toEqual(["b", "c"]);
  });

  it("goes round many times without tearing a record", () => {
    const { writer, reader } = pair();
    for (let i = 0; i < 200; i++) {
      const text = `${i}`.padEnd(61_001 + 7 * i, "é");
      writer.write(Kind.stdout, text);
      expect(
        all(reader)
          .map(([, part]) => part)
          .join(""),
      ).toBe(text);
    }
  });

  it("cuts a long text into pieces, never inside a code point", () => {
    const { writer, reader } = pair();
    const text = `x${"😀".repeat(400_000)}`;
    writer.write(Kind.stdout, text);
    const pieces = all(reader).map(([, piece]) => piece);
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join("")).toBe(text);
  });
});
