#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: a dropout layer with a seed drops the same units at every step.
#
# tf.layers.dropout({ rate, seed }) starts its generator anew from the seed at each call, so the mask never changes:
# with batches of one row, the weights behind the dropped units never move in the whole training, and the others are
# trained as if they were all there is. In Keras the seed fixes the sequence of masks, and each step has another. The
# layer is given a seed to make a run repeatable; what it does is prune half the network.
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
const mask = (layer) => layer.apply(tf.ones([1, 200]), { training: true }).dataSync().join(" ");

const moved = async (seed) => {
  const dropout = tf.layers.dropout({ rate: 0.5, seed, inputShape: [200] });
  const dense = tf.layers.dense({ units: 1, useBias: false, kernelInitializer: "ones" });
  const model = tf.sequential({ layers: [dropout, dense] });
  model.compile({ optimizer: tf.train.sgd(1e-4), loss: "meanSquaredError" });
  await model.fit(tf.ones([1, 200]), tf.zeros([1, 1]), { epochs: 50, verbose: 0 });
  const still = dense.getWeights()[0].dataSync().filter((w) => w === 1).length;
  if (still === 0) return "all weights moved";
  return still > 70 && still < 130 ? "about half of the weights never moved" : `${still} weights never moved`;
};

(async () => {
  await tf.setBackend("cpu");
  const seeded = tf.layers.dropout({ rate: 0.5, seed: 7 });
  console.log(`with a seed, two calls have one mask: ${mask(seeded) === mask(seeded)}`);
  const unseeded = tf.layers.dropout({ rate: 0.5 });
  console.log(`without a seed: ${mask(unseeded) === mask(unseeded)}`);
  console.log(`50 steps with a seed: ${await moved(7)}`);
  console.log(`50 steps without a seed: ${await moved(undefined)}`);
})();
JS
seen=$(node seen.cjs 2> errors) || { cat errors; exit 1; }
echo "@tensorflow/tfjs $(node -p 'require("@tensorflow/tfjs/package.json").version'), Node $(node --version):"
echo "$seen"
expected="with a seed, two calls have one mask: true
without a seed: false
50 steps with a seed: about half of the weights never moved
50 steps without a seed: all weights moved"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
