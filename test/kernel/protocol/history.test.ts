import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { History } from "../../../kernel/protocol/input-history.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "history-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sources = (lines: readonly { readonly source: string }[]): string[] => lines.map(({ source }) => source);

/** A session that ran these cells. */
function session(...cells: readonly string[]): History {
  const history = new History(folder);
  cells.forEach((cell, i) => history.append(i + 1, cell));
  return history;
}

describe("History", () => {
  it("gives every session a number of its own", () => {
    expect([session("a").session, session("b").session, session().session]).toEqual([1, 2, 3]);
  });

  it("tail goes back across sessions, latest last", () => {
    session("a", "b");
    const history = session("c", "d");
    expect(sources(history.tail(3))).toEqual(["b", "c", "d"]);
    expect(history.tail(0)).toEqual([]);
  });

  it("range takes lines of a session, counted back from this one", () => {
    session("a", "b", "c");
    const history = session("d");
    expect(sources(history.range(-1, 2, 3))).toEqual(["b"]);
    expect(sources(history.range(1, 2, undefined))).toEqual(["b", "c"]);
    expect(sources(history.range(0, 1, 9))).toEqual(["d"]);
    expect(history.range(7, 0, undefined)).toEqual([]);
    expect(history.range(-5, 0, undefined)).toEqual([]);
  });

  it("search matches whole sources by * and ?, and takes other signs as they are", () => {
    session("const a = 1", "a.b\nc", "axb");
    const history = session("const a = 1");
    expect(sources(history.search("const*", undefined, false))).toEqual(["const a = 1", "const a = 1"]);
    expect(sources(history.search("const*", undefined, true))).toEqual(["const a = 1"]);
    expect(sources(history.search("a.b*", undefined, false))).toEqual(["a.b\nc"]);
    expect(sources(history.search("a?b", undefined, false))).toEqual(["axb"]);
    expect(sources(history.search("*", 1, false))).toEqual(["const a = 1"]);
  });

  it("passes over a line torn by a crash", () => {
    session("a");
    appendFileSync(join(folder, "000001.jsonl"), `[2,"to`);
    expect(sources(session("b").tail(9))).toEqual(["a", "b"]);
  });

  it("keeps this session's lines where the folder cannot be made", () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    const history = new History(join(file, "below"));
    history.append(1, "a");
    expect(sources(history.tail(5))).toEqual(["a"]);
  });
});
