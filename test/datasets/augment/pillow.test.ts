import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as affine from "../../../lib/datasets/augment/affine.js";
import * as enhance from "../../../lib/datasets/augment/enhance.js";
import { hue } from "../../../lib/datasets/augment/hue.js";
import type { Raster } from "../../../lib/datasets/augment/raster.js";
import * as resizing from "../../../lib/datasets/augment/resize.js";
import * as tone from "../../../lib/datasets/augment/tone.js";

interface Stored {
  readonly height: number;
  readonly width: number;
  readonly bytes: string;
}
interface Fixture {
  readonly pillow: string;
  readonly images: Readonly<Record<string, Stored & { readonly channels: number }>>;
  readonly cases: readonly (Stored & {
    readonly op: string;
    readonly image: string;
    readonly args: readonly unknown[];
  })[];
}

const fixture = JSON.parse(readFileSync(new URL("../../fixtures/pillow/ops.json", import.meta.url), "utf8")) as Fixture;
const OPS = { ...tone, ...enhance, ...affine, ...resizing, hue } as unknown as Readonly<
  Record<string, (image: Raster, ...args: readonly unknown[]) => Raster>
>;

const raster = (name: string): Raster => {
  const { height, width, channels, bytes } = fixture.images[name]!;
  return { height, width, channels, data: new Uint8Array(Buffer.from(bytes, "base64")) };
};

describe(`equal to Pillow ${fixture.pillow} to the pixel`, () => {
  test.each(
    fixture.cases.map(
      (one) => [`${one.op}(${one.args.map((arg) => JSON.stringify(arg)).join(", ")}) of ${one.image}`, one] as const,
    ),
  )("%s", (_title, one) => {
    const image = raster(one.image);
    const result = OPS[one.op]!(image, ...one.args);
    expect([result.height, result.width]).toEqual([one.height, one.width]);
    expect(Array.from(result.data)).toEqual(Array.from(Buffer.from(one.bytes, "base64")));
    expect(image).toEqual(raster(one.image));
  });
});
