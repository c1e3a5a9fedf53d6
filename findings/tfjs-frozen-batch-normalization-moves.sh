#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: a frozen batchNormalization still normalizes by the batch and moves its statistics.
#
# With `layer.trainable = false` a batchNormalization layer keeps gamma and beta in fit, but it goes on normalizing by
# the mean and variance of each batch and goes on moving moving_mean and moving_variance. A pretrained backbone that is
# frozen as a whole is therefore changed by training the head. In Keras, since TensorFlow 2, a frozen batch
# normalization runs as in inference and its statistics stay. Here the moving mean starts at 0, the batch's mean is
# 101, the momentum 0.99.
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
  const normalization = tf.layers.batchNormalization({ inputShape: [1] });
  const model = tf.sequential({ layers: [normalization, tf.layers.dense({ units: 1 })] });
  normalization.trainable = false;
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  const x = tf.tensor2d([[100], [102]]);
  console.log(`trainable weights of the frozen layer: ${normalization.trainableWeights.length}`);
  const training = normalization.apply(x, { training: true }).dataSync();
  console.log(`its outputs in training: ${Array.from(training, (v) => v.toFixed(2)).join(" ")}`);
  await model.fit(x, tf.ones([2, 1]), { epochs: 1, verbose: 0 });
  const [gamma, beta, mean] = normalization.getWeights().map((w) => w.dataSync()[0]);
  // the call above moved the mean once as well: 1.01, then 1.01 * 0.99 + 1.01
  console.log(`after two batches: gamma ${gamma}, beta ${beta}, moving mean ${mean.toFixed(4)}`);
})();
JS
seen=$(node seen.cjs 2> errors) || { cat errors; exit 1; }
echo "@tensorflow/tfjs $(node -p 'require("@tensorflow/tfjs/package.json").version'), Node $(node --version):"
echo "$seen"
expected="trainable weights of the frozen layer: 0
its outputs in training: -1.00 1.00
after two batches: gamma 1, beta 0, moving mean 2.0099"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
