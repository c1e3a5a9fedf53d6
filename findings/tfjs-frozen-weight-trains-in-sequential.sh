#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: a single weight that was frozen in a tf.sequential trains all the same.
#
# `layer.weights[0].trainable = false` freezes one weight of a layer. In a functional model (tf.model) it stays frozen.
# A tf.sequential builds its inner model at each compile (and at its first fit or predict), and building it sets
# `trainable` on every weight of its layers, so the weight trains from then on, without a warning. Only what is frozen
# after compile, the order that one learns not to take, stays frozen.
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
const dense = () => tf.layers.dense({ name: "dense", units: 1, inputShape: [1], kernelInitializer: "ones" });
const functional = () => {
  const input = tf.input({ shape: [1] });
  return tf.model({ inputs: input, outputs: dense().apply(input) });
};

const trained = async (model, order = "freeze, compile") => {
  const freeze = () => (model.getLayer("dense").weights[0].trainable = false);
  const compile = () => model.compile({ optimizer: tf.train.sgd(0.25), loss: "meanSquaredError" });
  if (order === "freeze, compile") freeze();
  const before = model.trainableWeights.length;
  compile();
  if (order === "compile, freeze") freeze();
  await model.fit(tf.ones([1, 1]), tf.zeros([1, 1]), { epochs: 1, verbose: 0 });
  const values = model.getLayer("dense").weights.map((w) => `${w.originalName} ${w.read().dataSync()[0]}`);
  return `trainable weights ${before}, then ${model.trainableWeights.length}; after a step ${values.sort().join(", ")}`;
};

(async () => {
  await tf.setBackend("cpu");
  console.log(`tf.model: ${await trained(functional())}`);
  console.log(`tf.sequential: ${await trained(tf.sequential({ layers: [dense()] }))}`);
  const compiled = await trained(tf.sequential({ layers: [dense()] }), "compile, freeze");
  console.log(`tf.sequential, frozen after compile: ${compiled}`);
})();
JS
seen=$(node seen.cjs 2> errors) || { cat errors; exit 1; }
echo "@tensorflow/tfjs $(node -p 'require("@tensorflow/tfjs/package.json").version'), Node $(node --version):"
echo "$seen"
expected="tf.model: trainable weights 1, then 1; after a step dense/bias -0.5, dense/kernel 1
tf.sequential: trainable weights 1, then 2; after a step dense/bias -0.5, dense/kernel 0.5
tf.sequential, frozen after compile: trainable weights 2, then 1; after a step dense/bias -0.5, dense/kernel 1"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
