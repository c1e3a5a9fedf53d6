import { expect, test } from "vitest";
import { createRandom } from "../../../lib/datasets/random.js";
import { decodeImage, ImageError } from "../../../lib/datasets/pipeline/decode.js";
import { pillowCases } from "../../fixtures/pictures.js";

test.each([...pillowCases])("decodeImage() gives Pillow's RGB: %s", async (name, { bytes, rgb, height, width }) => {
  const decoded = await decodeImage(bytes, name, 3);
  expect([decoded.height, decoded.width, decoded.channels]).toEqual([height, width, 3]);
  expect(Buffer.from(decoded.data).equals(rgb)).toBe(true);
});

const ours = [...pillowCases].filter(([name]) => /^(TIFF|BMP|P[BGP]M)/.test(name));
test("decodeImage() reads or refuses by name whatever changed or cut bytes make of these", async () => {
  const random = createRandom(5);
  const kinds = new Set<string>();
  for (const [name, { bytes: whole }] of ours) {
    for (let round = 0; round < 40; round++) {
      const end = round % 4 === 0 ? random.integer(whole.length) : whole.length;
      const bytes = Buffer.from(whole.subarray(0, end));
      for (let change = random.integer(4); change >= 0 && end > 0; change--) {
        bytes[random.integer(Math.min(end, round % 2 === 0 ? 80 : end))] = random.integer(256);
      }
      const read = await decodeImage(bytes, name, 3).catch((error: unknown) => error);
      if (read instanceof Error) {
        expect(read).toBeInstanceOf(ImageError);
        expect(read.message).toContain(`(${name})`);
      } else expect((read as { data: Uint8Array }).data.length).toBeGreaterThan(0);
      kinds.add(read instanceof Error ? "refused" : "read");
    }
  }
  expect([...kinds].sort()).toEqual(["read", "refused"]);
});
