import { expect, test } from "vitest";
import { decodeImage } from "../../../lib/datasets/pipeline/decode.js";
import { pillowCases } from "../../fixtures/pictures.js";

test.each([...pillowCases])("decodeImage() gives Pillow's RGB: %s", async (name, { bytes, rgb, height, width }) => {
  const decoded = await decodeImage(bytes, name, 3);
  expect([decoded.height, decoded.width, decoded.channels]).toEqual([height, width, 3]);
  expect(Buffer.from(decoded.data).equals(rgb)).toBe(true);
});
