#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: weights kept with getWeights() go on training.
#
# Early stopping by hand: `best = model.getWeights()` at the best epoch, more epochs, `model.setWeights(best)`. The
# tensors are the model's own variables, not copies, so the kept weights are those of the last step and putting them
# back does nothing; no error, no warning. layer.getWeights() is the same. In Keras get_weights() gives copies. Here
# `w.clone()` of each, taken at once, is a copy that stays. The weight goes from 1 to 0.5 in the first step and to 0.25
# in the second.
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
  const dense = tf.layers.dense({ units: 1, inputShape: [1], useBias: false, kernelInitializer: "ones" });
  const model = tf.sequential({ layers: [dense] });
  model.compile({ optimizer: tf.train.sgd(0.25), loss: "meanSquaredError" });
  const step = () => model.fit(tf.ones([1, 1]), tf.zeros([1, 1]), { epochs: 1, verbose: 0 });
  const predicted = () => model.predict(tf.ones([1, 1])).dataSync()[0];
  await step();
  const best = model.getWeights();
  const cloned = model.getWeights().map((w) => w.clone());
  console.log(`after a step: predicts ${predicted()}, kept ${best[0].dataSync()[0]}`);
  await step();
  console.log(`after another: predicts ${predicted()}, kept ${best[0].dataSync()[0]}`);
  model.setWeights(best);
  console.log(`the kept weights put back: predicts ${predicted()}`);
  model.setWeights(cloned);
  console.log(`the cloned weights put back: predicts ${predicted()}`);
})();
JS
seen=$(node seen.cjs 2> errors) || { cat errors; exit 1; }
echo "@tensorflow/tfjs $(node -p 'require("@tensorflow/tfjs/package.json").version'), Node $(node --version):"
echo "$seen"
expected="after a step: predicts 0.5, kept 0.5
after another: predicts 0.25, kept 0.25
the kept weights put back: predicts 0.25
the cloned weights put back: predicts 0.5"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
