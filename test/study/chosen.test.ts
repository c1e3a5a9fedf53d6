import { expect, it } from "vitest";
import { chosen } from "../../lib/study/chosen.js";

const known = ["cnn", "vitRows", "vitPatches"] as const;

it("chosen() takes all of them, or those named, in their own order", () => {
  expect(chosen("arms", "all", known)).toEqual(known);
  expect(chosen("arms", "vitPatches, cnn", known)).toEqual(["cnn", "vitPatches"]);
});

it("chosen() says which name was probably meant", () => {
  expect(() => chosen("arms", "cnn,vitPatch", known)).toThrow('or all, got "vitPatch"; did you mean vitPatches?');
});

it.each(["vit", "", "cnn,"])("chosen() lists the known names for %j", (asked) => {
  expect(() => chosen("arms", asked, known)).toThrow(
    "arms: a name must be one of cnn, vitRows, vitPatches (several joined by commas), or all, got ",
  );
});
