#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: the gradient of tf.max grows with the number of equal largest entries.
#
# Where several entries are the largest, tf.max (and tf.min, and with them the global max pooling layers) passes the
# whole gradient to each of them, so the parts sum to the number of ties; TensorFlow and PyTorch (amax) divide it among
# them. tf.maxPool of the same numbers passes it to one. Ties are common where inputs repeat (an even background under
# a convolution, repeated tokens): the weights behind one pooled value are then pulled as many times as hard.
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
(async () => {
  await tf.setBackend("cpu");
  const sum = (gradient) => `${gradient.dataSync().join(" ")}, sum ${gradient.sum().dataSync()[0]}`;
  const ties = tf.tensor1d([6, 6, 1, 6]);
  console.log(`tf.max: ${sum(tf.grad((x) => tf.max(x))(ties))}`);
  console.log(`tf.min of the negatives: ${sum(tf.grad((x) => tf.min(x))(ties.neg()))}`);
  const pool = tf.layers.globalMaxPooling1d();
  console.log(`globalMaxPooling1d: ${sum(tf.grad((x) => pool.apply(x).sum())(ties.reshape([1, 4, 1])))}`);
  const image = ties.reshape([1, 4, 1, 1]);
  console.log(`tf.maxPool: ${sum(tf.grad((x) => tf.maxPool(x, [4, 1], 1, "valid").sum())(image))}`);
})();
JS
seen=$(node seen.cjs 2> errors) || { cat errors; exit 1; }
echo "@tensorflow/tfjs $(node -p 'require("@tensorflow/tfjs/package.json").version'), Node $(node --version):"
echo "$seen"
expected="tf.max: 1 1 0 1, sum 3
tf.min of the negatives: 1 1 0 1, sum 3
globalMaxPooling1d: 1 1 0 1, sum 3
tf.maxPool: 1 0 0 0, sum 1"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
