#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: depthwiseConv2d takes a dilationRate, keeps it in its config, and computes without it.
#
# A dilated depthwise layer gives the numbers and the shape of one that is not dilated: the layer hands null to the op
# in place of its rate. The op itself (tf.depthwiseConv2d) and the other convolution layers (conv2d, separableConv2d)
# dilate. Nothing tells of it: a network that was brought over from Keras has the same weights, its layers say the same
# arguments, and it sees less of the image. Until it is mended: a layer of one's own that calls tf.depthwiseConv2d.
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
const image = () => tf.reshape(tf.range(0, 49), [1, 7, 7, 1]);
const ones = (name) => ({ [name]: "ones" });
const sizes = (y) => `${y.shape.slice(1, 3).join(" x ")}, the first number ${y.dataSync()[0]}`;
const layer = (make, initializers, dilationRate) =>
  sizes(make({ filters: 1, kernelSize: 3, dilationRate, useBias: false, ...initializers }).apply(image()));

(async () => {
  await tf.setBackend("cpu");
  const { conv2d, depthwiseConv2d, separableConv2d } = tf.layers;
  const separable = { ...ones("depthwiseInitializer"), ...ones("pointwiseInitializer") };
  for (const rate of [1, 2]) {
    console.log(`rate ${rate}, conv2d: ${layer(conv2d, ones("kernelInitializer"), rate)}`);
    console.log(`rate ${rate}, separableConv2d: ${layer(separableConv2d, separable, rate)}`);
    console.log(`rate ${rate}, depthwiseConv2d: ${layer(depthwiseConv2d, ones("depthwiseInitializer"), rate)}`);
    const op = tf.depthwiseConv2d(image(), tf.ones([3, 3, 1, 1]), 1, "valid", "NHWC", rate);
    console.log(`rate ${rate}, the op: ${sizes(op)}`);
  }
  const config = depthwiseConv2d({ kernelSize: 3, dilationRate: 2 }).getConfig();
  console.log(`the config of depthwiseConv2d says dilationRate ${JSON.stringify(config.dilationRate)}`);
})();
JS
seen=$(node seen.cjs 2> errors) || { cat errors; exit 1; }
echo "@tensorflow/tfjs $(node -p 'require("@tensorflow/tfjs/package.json").version'), Node $(node --version):"
echo "$seen"
expected="rate 1, conv2d: 5 x 5, the first number 72
rate 1, separableConv2d: 5 x 5, the first number 72
rate 1, depthwiseConv2d: 5 x 5, the first number 72
rate 1, the op: 5 x 5, the first number 72
rate 2, conv2d: 3 x 3, the first number 144
rate 2, separableConv2d: 3 x 3, the first number 144
rate 2, depthwiseConv2d: 5 x 5, the first number 72
rate 2, the op: 3 x 3, the first number 144
the config of depthwiseConv2d says dilationRate [2,2]"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
