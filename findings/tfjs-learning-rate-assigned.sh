#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: a learning rate that is assigned is heeded by Adam and not by SGD and momentum.
#
# A schedule in a callback sets `model.optimizer.learningRate`. Adam and Adamax, which have no method for it, step by
# the new rate. SGD and momentum keep a copy of the rate from the start and go on with that: the property reads 0.001,
# getConfig() (and so a saved model) says 0.001, and the step is that of 1. They have setLearningRate(), which the
# others lack. (TypeScript's declarations call the property protected; JavaScript does not.) The gradient is 1 here,
# the rate 1 at first and then 0.001.
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
  const optimizers = {
    SGD: tf.train.sgd(1),
    momentum: tf.train.momentum(1, 0),
    Adam: tf.train.adam(1),
    Adamax: tf.train.adamax(1),
  };
  for (const [name, optimizer] of Object.entries(optimizers)) {
    const weight = tf.variable(tf.scalar(0));
    optimizer.learningRate = 0.001;
    optimizer.minimize(() => weight.mul(1).asScalar());
    const step = (-weight.dataSync()[0]).toFixed(3);
    const says = optimizer.getConfig().learningRate;
    console.log(`${name}: getConfig says ${says}, step ${step}, setLearningRate ${typeof optimizer.setLearningRate}`);
  }
})();
JS
seen=$(node seen.cjs 2> errors) || { cat errors; exit 1; }
echo "@tensorflow/tfjs $(node -p 'require("@tensorflow/tfjs/package.json").version'), Node $(node --version):"
echo "$seen"
expected="SGD: getConfig says 0.001, step 1.000, setLearningRate function
momentum: getConfig says 0.001, step 1.000, setLearningRate function
Adam: getConfig says 0.001, step 0.001, setLearningRate undefined
Adamax: getConfig says 0.001, step 0.001, setLearningRate undefined"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
