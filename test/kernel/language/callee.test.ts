/** Which call's arguments a place stands in. */
import { describe, expect, it } from "vitest";
import { wordStart } from "../../../kernel/source/unfinished.js";
import { calleeAt } from "../../../kernel/source/callee.js";

/** The name that the call around the bar calls, with what stands before it on the line. */
function callee(marked: string): string | undefined {
  const at = calleeAt(marked.replace("|", ""), marked.indexOf("|"));
  if (at === undefined) return undefined;
  expect(wordStart(marked, at)).toBe(at);
  return /^#?[\p{ID_Continue}$]+/u.exec(marked.slice(at))?.[0];
}

describe("the call around a place", () => {
  it.each([
    // its arguments
    ["f(|", "f"],
    ["f(1, |", "f"],
    ["f(1, |)", "f"],
    ["f(| 1, 2);\ng(3);", "f"],
    ["😀;\nf(|", "f"],
    ['models.createModel("mynet", |', "createModel"],
    ["tf.zeros([2], |", "zeros"],
    ["tf.zeros([2, |", "zeros"],
    ["tf\n  .zeros([2])\n  .add(|", "add"],
    ["g(1); f(|", "f"],
    ["f(g(1), |", "f"],
    ["f(g(1, |", "g"],
    ["f(1 2 +* , |", "f"],
    // what stands in them
    ['f("a) b", |', "f"],
    ["f('it\\'s (', |", "f"],
    ['f("a |b', "f"],
    ["f(`a) ${g(1)} (`, |", "f"],
    ["f(`a ${g(1, |", "g"],
    ["f(`a ${1} b|", "f"],
    ["f(1, // g(\n  |", "f"],
    ["f(1, /* g( */ |", "f"],
    ["f(1, // a |note", "f"],
    ["f(/[)(]/, |", "f"],
    ["f(a / b, (c + |", "f"],
    ["f({ a: 1, b: [2, { c: |", "f"],
    ["f({ a: 1, ...g(2, |", "g"],
    ["f(...g(|", "g"],
    ["f((x) => |", "f"],
    ["f((x: number, y = 1) => {\n  const z = x;\n  |", "f"],
    ["f(async (|", "f"],
    ["f((x: number, y = g(|", "g"],
    ["f(function (a, |", "f"],
    ["f((x) => { return g(|", "g"],
    // what is called
    ["new Foo(1, |", "Foo"],
    ["new a.Foo(1, |", "Foo"],
    ["new Map<string, number>([[|", "Map"],
    ["f<number>(1, |", "f"],
    ["a?.b?.(1, |", "b"],
    ["a!.b!(1, |", "b"],
    ["(a.b)(1, |", "b"],
    ["f(1)(2, |", "f"],
    ["class A extends B { #p = 1; constructor() { super(1, |", "super"],
    ["class A { #p() {} m() { this.#p(1, |", "#p"],
    ["(() => 1)(|", undefined],
    // what stands around it
    ["const x = ok ? f(1, |", "f"],
    ["g(ok ? f(1, |", "f"],
    ["if (f(1, |", "f"],
    ["if (ok) f(1, |", "f"],
    ["for (const x of f(1, |", "f"],
    ["for (let i = 0; i < f(1, |", "f"],
    ["switch (x) {\n  case f(1, |", "f"],
    ["class A extends f(1, |", "f"],
    ["class A { x = f(1, |", "f"],
    ["@f(1, |", "f"],
    ["const o = { a, b: f(1, |", "f"],
    ["function* g() { yield f(1, |", "f"],
    ["const e = <div>{f(1, |", "f"],
    ["const = 3;\nf(1, |", "f"],
    ["import { f } from 'x'; export const y = await f(1, |", "f"],
    // none
    ["f(1)|", undefined],
    ["f(1);\n|", undefined],
    ["|f(1)", undefined],
    ["(1 + |", undefined],
    ["if (|", undefined],
    ["function f(a, |", undefined],
    ["const f = (a: number, |", undefined],
    ["// f(|", undefined],
    ["'f(|", undefined],
    ["", undefined],
  ])("of %j is %j", (marked, name) => expect(callee(marked)).toBe(name));
});
