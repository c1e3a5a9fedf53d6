import { expect, it } from "vitest";
import { checkSize } from "../../lib/study/index.js";

it("checkSize() takes the three sizes, and lists them for another", () => {
  for (const size of ["smoke", "quick", "full"] as const) expect(checkSize(size)).toBeUndefined();
  const message = "size: size must be one of smoke, quick, full, got size='smokey'; did you mean smoke?";
  expect(() => checkSize("smokey" as "smoke")).toThrow(new RangeError(message));
  expect(() => checkSize(undefined as never)).toThrow(TypeError);
});
