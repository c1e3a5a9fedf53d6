#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: the layer resizing aligns corners, cropToAspectRatio crops nothing, and no model can hold it.
#
# Keras' Resizing samples at the centres of pixels, crops where crop_to_aspect_ratio says so, and is put at the front of
# a network. The layer of the same name here, with the same arguments,
# - by default takes the outermost pixels for the corners (the op's alignCorners), so that every number between differs;
# - with cropToAspectRatio squeezes the whole image all the same: the option only chooses the other grid (the op's
#   default, which is not that of Keras either);
# - says a shape without the batch and with the width as its channels, by which every call of a model that holds it
#   fails: in the layer itself, with an error about ranks. Called by itself it works, so a test of it alone passes.
# What does what Keras does: tf.image.resizeBilinear(images, size, false, true), in a layer of one's own or before the
# network. (centerCrop, its neighbour, says its shape right.)
#
# Seen with @tensorflow/tfjs 4.22.0, cpu backend, on Node 20.20.2, Linux. Exit status 0 while it is so, 1 when it is
# otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --ignore-scripts --no-audit --no-fund --silent @tensorflow/tfjs@4.22.0
cat > seen.cjs << 'JS'
const tf = require("@tensorflow/tfjs");
const numbers = (y) => Array.from(y.dataSync(), (value) => Number(value.toFixed(2))).join(" ");
const ramp = () => tf.reshape(tf.range(0, 8), [1, 1, 8, 1]);
const rows = () => tf.reshape(tf.range(0, 16), [1, 2, 8, 1]);
const tried = (call) => {
  try {
    return JSON.stringify(call().shape);
  } catch (error) {
    return error.message;
  }
};

(async () => {
  await tf.setBackend("cpu");
  const { centerCrop, resizing } = tf.layers;
  console.log(`0 to 7 on 4 pixels, at the centres: ${numbers(tf.image.resizeBilinear(ramp(), [1, 4], false, true))}`);
  console.log(`by the layer: ${numbers(resizing({ height: 1, width: 4 }).apply(ramp()))}`);
  const square = resizing({ height: 2, width: 2, cropToAspectRatio: true });
  console.log(`the middle of 2 x 8 pixels: 3 4 11 12; by the layer: ${numbers(square.apply(rows()))}`);
  const size = { height: 4, width: 5 };
  const images = tf.zeros([2, 8, 6, 3]);
  console.log(`the layer by itself: ${tried(() => resizing(size).apply(images))}`);
  const model = tf.sequential({ layers: [resizing({ ...size, inputShape: [8, 6, 3] })] });
  console.log(`a model of it says: ${JSON.stringify(model.outputShape)}, and called: ${tried(() => model.predict(images))}`);
  const crop = tf.sequential({ layers: [centerCrop({ ...size, inputShape: [8, 6, 3] })] });
  console.log(`a model of centerCrop says: ${JSON.stringify(crop.outputShape)}`);
})();
JS
seen=$(node seen.cjs 2> errors) || { cat errors; exit 1; }
echo "@tensorflow/tfjs $(node -p 'require("@tensorflow/tfjs/package.json").version'), Node $(node --version):"
echo "$seen"
expected="0 to 7 on 4 pixels, at the centres: 0.5 2.5 4.5 6.5
by the layer: 0 2.33 4.67 7
the middle of 2 x 8 pixels: 3 4 11 12; by the layer: 0 4 8 12
the layer by itself: [2,4,5,3]
a model of it says: [4,5,6], and called: Error in resizeBilinear: x must be rank 3 or 4, but got rank 1.
a model of centerCrop says: [null,4,5,3]"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
