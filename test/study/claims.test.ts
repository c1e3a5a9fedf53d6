import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readClaims, type Claim } from "../../lib/study/claims.js";
import { assertClaims, judgeClaims } from "../../lib/study/judge-claims.js";

const claim = (overrides: Partial<Claim>): Claim => ({
  statement: "it learns",
  kind: "learned",
  sizes: ["quick"],
  conditions: [{ measure: "vit.accuracy", is: ">=", value: 0.3 }],
  basis: "3 seeds",
  ...overrides,
});
const holds = (conditions: Claim["conditions"], measures: Record<string, number>) =>
  judgeClaims([claim({ conditions })], "quick", { measures, data: "archive" })[0]!.holds;

describe("judgeClaims()", () => {
  it("compares a measure with a number", () => {
    expect(holds([{ measure: "a", is: "=", value: 3 }], { a: 3 })).toBe(true);
    expect(holds([{ measure: "a", is: "=", value: 3 }], { a: 4 })).toBe(false);
    expect(holds([{ measure: "a", is: ">=", value: 3 }], { a: 2.9 })).toBe(false);
    expect(holds([{ measure: "a", is: "<=", value: 3 }], { a: 3 })).toBe(true);
  });

  it("compares a measure with another by a margin, in either direction", () => {
    const more = [{ measure: "a", is: ">=", than: "b", margin: 0.1 }] as const;
    expect(holds(more, { a: 0.5, b: 0.3 })).toBe(true);
    expect(holds(more, { a: 0.5, b: 0.45 })).toBe(false);
    const less = [{ measure: "a", is: "<=", than: "b", margin: 0.1 }] as const;
    expect(holds(less, { a: 0.3, b: 0.5 })).toBe(true);
    expect(holds(less, { a: 0.45, b: 0.5 })).toBe(false);
  });

  it("holds only where every condition does", () => {
    const conditions = [
      { measure: "a", is: ">=", value: 1 },
      { measure: "b", is: ">=", value: 1 },
    ] as const;
    expect(holds(conditions, { a: 1, b: 1 })).toBe(true);
    expect(holds(conditions, { a: 1, b: 0 })).toBe(false);
  });

  it("fails a claim about what was not measured, or is no number", () => {
    expect(holds([{ measure: "a", is: "<=", value: 3 }], {})).toBe(false);
    expect(holds([{ measure: "a", is: "<=", value: 3 }], { a: NaN })).toBe(false);
    expect(holds([{ measure: "a", is: "<=", than: "b" }], { a: 1 })).toBe(false);
  });

  it("judges the claims of the size, and leaves learned ones out on generated images", () => {
    const claims = [claim({}), claim({ statement: "exact", kind: "exact" }), claim({ sizes: ["full"] })];
    const verdicts = judgeClaims(claims, "quick", { measures: { "vit.accuracy": 0.5 }, data: "generated" });
    expect(verdicts.map((verdict) => verdict.holds)).toEqual([undefined, true]);
  });

  it("does not judge a claim about a run that was left out on demand, and says which", () => {
    const about = (measure: string): Claim =>
      claim({
        conditions: [
          { measure, is: ">=", value: 0.3 },
          { measure: "vit.accuracy", is: ">=", than: "cnn.accuracy" },
        ],
      });
    const judge = (one: Claim, notRun: string[]) =>
      judgeClaims([one], "quick", { measures: { "vit.accuracy": 0.5 }, data: "archive", notRun })[0]!;
    expect(judge(about("vit.accuracy"), ["cnn"])).toMatchObject({
      holds: undefined,
      found: "not judged: cnn was not run",
    });
    expect(judge(about("cnnPlain.accuracy"), ["wide", "cnnPlain", "cnn"]).found).toBe(
      "not judged: cnnPlain, cnn were not run",
    );
    const paired = claim({ conditions: [{ measure: "vit.over.cnn.points", is: ">=", value: 1 }] });
    const evidence = { measures: { "vit.over.cnn.points": 2 }, data: "archive", notRun: ["cnn"] } as const;
    expect(judgeClaims([paired], "quick", evidence)[0]!.holds).toBe(true); // compared with a stored cnn
    expect(judge(about("vit.accuracy"), ["vi"]).holds).toBe(false);
    expect(judge(about("vit.accuracy"), []).holds).toBe(false);
  });

  it("names the measure that was probably meant", () => {
    const conditions: Claim["conditions"] = [{ measure: "all.vit.acuracy", is: ">=", than: "b" }];
    const evidence = { measures: { "all.vit.accuracy": 1 }, data: "archive" } as const;
    expect(judgeClaims([claim({ conditions })], "quick", evidence)[0]!.found).toBe(
      "all.vit.acuracy (not measured; did you mean all.vit.accuracy?) ≥ b (not measured)",
    );
  });

  it("refuses a size or evidence that is none, and lists what there is", () => {
    const evidence = { measures: {}, data: "archive" } as const;
    expect(() => judgeClaims([claim({})], "quik" as "quick", evidence)).toThrow(
      new RangeError("judgeClaims: size must be one of smoke, quick, full, got size='quik'; did you mean quick?"),
    );
    expect(() => judgeClaims([claim({})], "quick", { ...evidence, notrun: [] } as never)).toThrow(
      "judgeClaims: an option of evidence must be one of measures, data, notRun, got notrun; did you mean notRun?",
    );
    expect(() => judgeClaims([claim({})], "quick", { ...evidence, measures: { a: "1" } } as never)).toThrow(
      new TypeError(`judgeClaims: evidence.measures["a"] must be a number, got evidence.measures["a"]='1'`),
    );
  });

  it("says what was found", () => {
    const [verdict] = judgeClaims(
      [claim({ conditions: [{ measure: "a", is: ">=", than: "b", margin: 0.02 }] })],
      "quick",
      { measures: { a: 0.41234, b: 0.4 }, data: "archive" },
    );
    expect(verdict!.found).toBe("a 0.4123 ≥ b 0.4 + 0.02");
  });
});

it("assertClaims() throws the claims that do not hold, and lets pass what was not judged", () => {
  const verdict = { statement: "it learns", kind: "learned", found: "a 0.1 ≥ 0.3" } as const;
  expect(() =>
    assertClaims([
      { ...verdict, holds: true },
      { ...verdict, holds: undefined },
    ]),
  ).not.toThrow();
  expect(() => assertClaims([{ ...verdict, holds: false }])).toThrow("got 1 that does not:\n  it learns (a 0.1 ≥ 0.3)");
});

describe("readClaims()", () => {
  const read = (content: unknown) => {
    const path = join(mkdtempSync(join(tmpdir(), "saccade-claims-")), "claims.json");
    writeFileSync(path, JSON.stringify(content));
    return readClaims(path);
  };

  it("reads what it was given", () => {
    expect(read([claim({})])).toEqual([claim({})]);
  });

  it.each<[string, unknown]>([
    ["claims must be an array of one or more, each item { statement, kind, sizes, conditions, basis }, got", {}],
    ["claims must be an array of one or more, each item { statement, kind, sizes, conditions, basis }, got", []],
    ["claims[0].basis must be a text, not empty, got claims[0].basis=''", [claim({ basis: "" })]],
    [
      "claims[1].kind must be one of exact, mechanics, learned, got claims[1].kind='learnt'; did you mean learned?",
      [claim({}), claim({ kind: "learnt" as Claim["kind"] })],
    ],
    ["claims[0].sizes must be an array of one or more, each item one of smoke, quick, full", [claim({ sizes: [] })]],
    [
      "claims[0].sizes[0] must be one of smoke, quick, full, got claims[0].sizes[0]='smokey'; did you mean smoke?",
      [claim({ sizes: ["smokey" as "smoke"] })],
    ],
    [
      "an option of claims[0] must be one of statement, kind, sizes, conditions, basis, got size; did you mean sizes?",
      [{ ...claim({}), size: "quick" }],
    ],
    ["claims[0].conditions must be an array of one or more", [claim({ conditions: [] })]],
    [
      "claims[0].conditions[0].is must be one of =, >=, <=, got claims[0].conditions[0].is='>'",
      [claim({ conditions: [{ measure: "a", is: ">" as "=", value: 1 }] })],
    ],
    [
      "claims[0].conditions[0] must be { measure, is, value } or { measure, is, than, margin? }, got",
      [claim({ conditions: [{ measure: "a", is: "=" }] })],
    ],
    [
      "claims[0].conditions[0] must be { measure, is, value } or { measure, is, than, margin? }, got",
      [claim({ conditions: [{ measure: "a", is: "=", value: 1, than: "b" }] })],
    ],
  ])("names the claim and the field: %s", (error, content) => {
    expect(() => read(content)).toThrow(error);
  });

  it("names the file, too of what is no JSON", () => {
    const path = join(mkdtempSync(join(tmpdir(), "saccade-claims-")), "claims.json");
    writeFileSync(path, "[{");
    expect(() => readClaims(path)).toThrow(new SyntaxError(`readClaims: ${path}: claims must be JSON, got "[{"`));
    writeFileSync(path, "[3]");
    expect(() => readClaims(path)).toThrow(`readClaims: ${path}: claims[0] must be { statement, kind`);
  });
});
