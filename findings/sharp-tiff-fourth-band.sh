#!/usr/bin/env bash
# sharp 0.35.5: the near-infrared of a TIFF is taken for transparency, and scaling weighs the colours by it.
#
# A TIFF of red, green, blue and one more band (near-infrared, a depth, a mask) says what the fourth is in ExtraSamples;
# 0 is "unspecified data", 1 and 2 are alpha. sharp takes 0 for alpha as well: metadata().hasAlpha is true, and resize,
# blur and the like multiply the colours by that band before they average and divide by it after. Where the band is
# dark the colours do not count: half a picture of (200, 100, 50) with 0 in the fourth band beside half of (20, 40, 60)
# with 200 in it has the mean (20, 40, 60). To call removeAlpha() before resize() does not help: sharp removes the
# channel last, whatever the order of the calls. The same colours as three bands have the mean (110, 70, 55). Reading
# without scaling gives all four bands as they are stored.
#
# Seen with sharp 0.35.5 (libvips 8.18.7, libtiff 4.7.2) on Node 20.20.2, Linux. The bytes are written here; how the
# means round may depend on the processor, so they are compared to within 6. Exit status 0 while it is so, 1 when it is
# otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --ignore-scripts --no-audit --no-fund --silent sharp@0.35.5
cat > read.cjs << 'JS'
const sharp = require("sharp");

const SHORT = 3;
const LONG = 4;
const bytesOf = { [SHORT]: 2, [LONG]: 4 };

const written = (type, values) => {
  const bytes = Buffer.alloc(Math.max(4, bytesOf[type] * values.length));
  values.forEach((value, at) => {
    if (type === SHORT) bytes.writeUInt16LE(value, 2 * at);
    else bytes.writeUInt32LE(value, 4 * at);
  });
  return bytes;
};

// one strip of 8 × 8 pixels, the left half of one kind and the right half of another
const tiff = (left, right, extraSamples) => {
  const pixels = Buffer.from(Array(8).fill([...Array(4).fill(left).flat(), ...Array(4).fill(right).flat()]).flat());
  const tags = [
    [256, SHORT, [8]], // ImageWidth
    [257, SHORT, [8]], // ImageLength
    [258, SHORT, Array(left.length).fill(8)], // BitsPerSample
    [259, SHORT, [1]], // Compression: none
    [262, SHORT, [2]], // PhotometricInterpretation: RGB
    [273, LONG, [0]], // StripOffsets, filled in below
    [277, SHORT, [left.length]], // SamplesPerPixel
    [278, SHORT, [8]], // RowsPerStrip
    [279, LONG, [pixels.length]], // StripByteCounts
    [284, SHORT, [1]], // PlanarConfiguration: contiguous
    ...(extraSamples.length === 0 ? [] : [[338, SHORT, extraSamples]]), // ExtraSamples
  ];
  const head = Buffer.alloc(8 + 2 + 12 * tags.length + 4);
  const long = [];
  let end = head.length;
  head.write("II*\0", "latin1");
  head.writeUInt32LE(8, 4);
  head.writeUInt16LE(tags.length, 8);
  tags.forEach(([tag, type, values], index) => {
    const at = 10 + 12 * index;
    const bytes = written(type, values);
    head.writeUInt16LE(tag, at);
    head.writeUInt16LE(type, at + 2);
    head.writeUInt32LE(values.length, at + 4);
    if (bytes.length === 4) return void bytes.copy(head, at + 8);
    head.writeUInt32LE(end, at + 8);
    long.push(bytes);
    end += bytes.length;
  });
  const offset = tags.findIndex(([tag]) => tag === 273);
  head.writeUInt32LE(end, 10 + 12 * offset + 8);
  return Buffer.concat([head, ...long, pixels]);
};

const near = (pixel, colour) => colour.every((value, at) => Math.abs(pixel[at] - value) <= 6);
const named = (pixel) => {
  if (near(pixel, [110, 70, 55])) return "the mean of both halves";
  return near(pixel, [20, 40, 60]) ? "the right half's colour alone" : `[${[...pixel]}]`;
};

(async () => {
  const three = tiff([200, 100, 50], [20, 40, 60], []);
  const four = tiff([200, 100, 50, 0], [20, 40, 60, 200], [0]);
  const { channels, hasAlpha } = await sharp(four).metadata();
  const stored = await sharp(four).raw().toBuffer();
  console.log(`four bands: channels ${channels}, hasAlpha ${hasAlpha}, first pixel ${[...stored.subarray(0, 4)]}`);
  console.log(`three bands, resized to 1 × 1: ${named(await sharp(three).resize(1, 1).raw().toBuffer())}`);
  console.log(`four bands, resized to 1 × 1: ${named(await sharp(four).resize(1, 1).raw().toBuffer())}`);
  console.log(`after removeAlpha(): ${named(await sharp(four).removeAlpha().resize(1, 1).raw().toBuffer())}`);
})();
JS
seen=$(node read.cjs)
echo "sharp $(node -p 'require("sharp").versions.sharp'), Node $(node --version):"
echo "$seen"
expected="four bands: channels 4, hasAlpha true, first pixel 200,100,50,0
three bands, resized to 1 × 1: the mean of both halves
four bands, resized to 1 × 1: the right half's colour alone
after removeAlpha(): the right half's colour alone"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
