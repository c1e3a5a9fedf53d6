import { expect, test } from "vitest";
import { duplicates, fromArrays } from "../../lib/datasets/index.js";

/** Images of one pixel a row: 2 × 1 pixels of one channel. */
const setOf = (rows: readonly (readonly number[])[], labels: readonly number[]) =>
  fromArrays({
    images: Uint8Array.from(rows.flat()),
    labels: Int32Array.from(labels),
    imageShape: [2, 1, 1],
    classNames: ["cat", "dog"],
  });

const first = setOf([[1, 2], [3, 4], [1, 2], [5, 6]], [0, 0, 1, 1]); // prettier-ignore
const second = setOf([[2, 1], [5, 6], [1, 2]], [0, 0, 0]); // prettier-ignore

test("duplicates() finds the images that two sets share, with their classes", () => {
  expect(duplicates(first, second)).toEqual([
    { first: 0, second: 2, firstClass: "cat", secondClass: "cat" },
    { first: 2, second: 2, firstClass: "dog", secondClass: "cat" },
    { first: 3, second: 1, firstClass: "dog", secondClass: "cat" },
  ]);
});

test("duplicates() of one set names each pair once, and no image with itself", () => {
  expect(duplicates(first)).toEqual([{ first: 0, second: 2, firstClass: "cat", secondClass: "dog" }]);
  expect(duplicates(first, first)).toEqual(duplicates(first));
  expect(duplicates(second)).toEqual([]);
});

test("duplicates() reads a set whose bytes begin within a buffer", () => {
  const bytes = Uint8Array.of(9, 9, 1, 2);
  expect(duplicates({ ...second, images: bytes.subarray(2), labels: Int32Array.of(1) }, first)).toEqual([
    { first: 0, second: 0, firstClass: "dog", secondClass: "cat" },
    { first: 0, second: 2, firstClass: "dog", secondClass: "dog" },
  ]);
});

test("duplicates() refuses sets of images of different shapes", () => {
  const other = { ...second, imageShape: [1, 2, 1] as const };
  expect(() => duplicates(first, other)).toThrow(
    "duplicates: both sets must have images of one shape, got [2, 1, 1] and [1, 2, 1]",
  );
});
