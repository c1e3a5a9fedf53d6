#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: fit steps a layer that two inner models share twice.
#
# A layer that is shared by two inner models is listed in trainableWeights once for each of them, and model.fit hands
# that list to the optimizer, which updates each entry: the shared weight moves by twice the learning rate times its
# gradient, with Adam too. Its parameters are counted twice as well. The same layer applied twice in one model, without
# inner models, moves once, and so does optimizer.minimize without a list of variables. The whole gradient of the
# shared weight is 8 here, and the rate 1/64, so a step is 0.125.
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
const shared = (inner) => {
  const layer = tf.layers.dense({ units: 1, useBias: false, kernelInitializer: "ones" });
  const input = tf.input({ shape: [1] });
  const branch = (name) => {
    if (!inner) return layer.apply(input);
    const own = tf.input({ shape: [1] });
    return tf.model({ inputs: own, outputs: layer.apply(own), name }).apply(input);
  };
  return tf.model({ inputs: input, outputs: tf.layers.add().apply([branch("left"), branch("right")]) });
};
const x = tf.ones([1, 1]);
const y = tf.zeros([1, 1]);
const weight = (model) => model.trainableWeights[0].read().dataSync()[0];

const fitted = async (model, optimizer) => {
  model.compile({ optimizer, loss: "meanSquaredError" });
  await model.fit(x, y, { epochs: 1, verbose: 0 });
  return 1 - weight(model);
};
const minimized = (model, optimizer) => {
  optimizer.minimize(() => tf.losses.meanSquaredError(y, model.predict(x)));
  return 1 - weight(model);
};

(async () => {
  await tf.setBackend("cpu");
  for (const inner of [false, true]) {
    console.log(inner ? "shared by two inner models:" : "applied twice in one model:");
    const model = shared(inner);
    console.log(`  trainable weights ${model.trainableWeights.length}, parameters ${model.countParams()}`);
    console.log(`  minimize, SGD: step ${minimized(shared(inner), tf.train.sgd(1 / 64))}`);
    console.log(`  fit, SGD: step ${await fitted(shared(inner), tf.train.sgd(1 / 64))}`);
    console.log(`  fit, Adam of rate 0.1: step ${(await fitted(shared(inner), tf.train.adam(0.1))).toFixed(3)}`);
  }
})();
JS
seen=$(node seen.cjs 2> errors) || { cat errors; exit 1; }
echo "@tensorflow/tfjs $(node -p 'require("@tensorflow/tfjs/package.json").version'), Node $(node --version):"
echo "$seen"
expected="applied twice in one model:
  trainable weights 1, parameters 1
  minimize, SGD: step 0.125
  fit, SGD: step 0.125
  fit, Adam of rate 0.1: step 0.100
shared by two inner models:
  trainable weights 2, parameters 2
  minimize, SGD: step 0.125
  fit, SGD: step 0.25
  fit, Adam of rate 0.1: step 0.200"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
