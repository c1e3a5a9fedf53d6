#!/usr/bin/env bash
# sharp 0.35.5: a TIFF in YCbCr has its colours read right when its chroma is subsampled, and wrong when it is not.
#
# A baseline TIFF may hold its pixels as YCbCr, uncompressed (PhotometricInterpretation 6); YCbCrSubSampling says how
# many pixels share one chroma. With 2,1 and 2,2 sharp turns the pixels into RGB. With 1,1, the plainest case and what
# Pillow's image.convert("YCbCr").save("x.tif") writes, it hands Y, Cb and Cr out as if they were red, green and blue:
# pure red comes out as the blue (76, 85, 255), metadata().space says "srgb", and no warning is given. So it is with LZW
# too. Pillow sees red in the same bytes.
#
# Seen with sharp 0.35.5 (libvips 8.18.7, libtiff 4.7.2) on Node 20.20.2, Linux, against Pillow 13.0.0. The bytes are
# written here, so that nothing but sharp is needed; no step depends on the processor. Exit status 0 while it is so, 1
# when it is otherwise.
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
const RATIONAL = 5;
const bytesOf = { [SHORT]: 2, [LONG]: 4, [RATIONAL]: 8 };

const written = (type, values) => {
  const bytes = Buffer.alloc(Math.max(4, bytesOf[type] * values.length));
  values.forEach((value, at) => {
    if (type === SHORT) return bytes.writeUInt16LE(value, 2 * at);
    if (type === LONG) return bytes.writeUInt32LE(value, 4 * at);
    bytes.writeUInt32LE(value, 8 * at);
    return bytes.writeUInt32LE(1, 8 * at + 4);
  });
  return bytes;
};

// one strip of 4 × 4 pixels in YCbCr, [across, down] pixels to each chroma
const tiff = ([across, down]) => {
  const red = { luma: 76, chroma: [85, 255] }; // (255, 0, 0) after ITU-R BT.601, rounded
  const unit = [...Array(across * down).fill(red.luma), ...red.chroma];
  const pixels = Buffer.from(Array(16 / (across * down)).fill(unit).flat());
  const tags = [
    [256, SHORT, [4]], // ImageWidth
    [257, SHORT, [4]], // ImageLength
    [258, SHORT, [8, 8, 8]], // BitsPerSample
    [259, SHORT, [1]], // Compression: none
    [262, SHORT, [6]], // PhotometricInterpretation: YCbCr
    [273, LONG, [0]], // StripOffsets, filled in below
    [277, SHORT, [3]], // SamplesPerPixel
    [278, SHORT, [4]], // RowsPerStrip
    [279, LONG, [pixels.length]], // StripByteCounts
    [284, SHORT, [1]], // PlanarConfiguration: contiguous
    [530, SHORT, [across, down]], // YCbCrSubSampling
    [532, RATIONAL, [0, 255, 128, 255, 128, 255]], // ReferenceBlackWhite: full range
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

(async () => {
  for (const subsampling of [[2, 2], [2, 1], [1, 1]]) {
    const image = sharp(tiff(subsampling));
    const { space } = await image.metadata();
    const [r, g, b] = await image.removeAlpha().raw().toBuffer();
    const colour = r > 250 && g < 5 && b < 5 ? "red" : `(${r}, ${g}, ${b})`;
    console.log(`red in YCbCr, subsampled ${subsampling}: ${colour}, space ${space}`);
  }
})();
JS
seen=$(node read.cjs)
echo "sharp $(node -p 'require("sharp").versions.sharp'), Node $(node --version):"
echo "$seen"
expected="red in YCbCr, subsampled 2,2: red, space srgb
red in YCbCr, subsampled 2,1: red, space srgb
red in YCbCr, subsampled 1,1: (76, 85, 255), space srgb"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
