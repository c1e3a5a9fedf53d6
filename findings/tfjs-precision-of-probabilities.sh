#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: the metric precision of a sigmoid's outputs is 0, however good they are.
#
# compile({ metrics: ["accuracy", "precision"] }) with a sigmoid output: accuracy puts the threshold at 0.5, precision
# none at all. It counts as positive only an output that is 1 exactly, so a classifier that is right on every row with
# 0.95 has precision 0, and it leaps to 1 once float32 rounds the outputs to 1. A softmax has the same, and
# tf.metrics.recall. Keras' Precision has the threshold 0.5.
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
  const dense = tf.layers.dense({ units: 1, inputShape: [1], activation: "sigmoid" });
  const model = tf.sequential({ layers: [dense] });
  const metrics = ["accuracy", "precision", tf.metrics.recall];
  model.compile({ optimizer: "sgd", loss: "binaryCrossentropy", metrics });
  const [x, y] = [tf.tensor2d([[1], [1], [-1], [-1]]), tf.tensor2d([[1], [1], [0], [0]])];
  for (const slope of [3, 5, 40]) {
    model.setWeights([tf.tensor2d([[slope]]), tf.zeros([1])]);
    const [, accuracy, precision, recall] = model.evaluate(x, y).map((t) => t.dataSync()[0]);
    const positive = model.predict(x).dataSync()[0].toFixed(3);
    console.log(`positives at ${positive}: accuracy ${accuracy}, precision ${precision}, recall ${recall}`);
  }
})();
JS
seen=$(node seen.cjs 2> errors) || { cat errors; exit 1; }
echo "@tensorflow/tfjs $(node -p 'require("@tensorflow/tfjs/package.json").version'), Node $(node --version):"
echo "$seen"
expected="positives at 0.953: accuracy 1, precision 0, recall 0
positives at 0.993: accuracy 1, precision 0, recall 0
positives at 1.000: accuracy 1, precision 1, recall 1"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
