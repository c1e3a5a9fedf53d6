#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: predict disposes of what a layer's call returns, a tensor that the layer keeps included.
#
# A layer of one's own that returns a tensor which it holds (a table of positions, a mask, a cached result) works in
# apply and in training, and once in predict: evaluating a model, tfjs frees each layer's output as soon as the last
# layer that takes it has run, whoever else holds it. tf.keep does not help, as the tensor is disposed of by name. The
# first predict is right, so that a test of one call sees nothing; the second one fails, and names neither the layer nor
# the tensor. What a layer hands through from its inputs is cloned, what it returns of its own is not: return tf.clone
# of it.
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
const table = tf.keep(tf.tensor2d([[1, 2]]));
class Table extends tf.layers.Layer {
  static className = "Table";
  call() {
    return table;
  }
  computeOutputShape() {
    return [1, 2];
  }
}
(async () => {
  await tf.setBackend("cpu");
  const input = tf.input({ shape: [2] });
  const position = new Table().apply(input);
  const model = tf.model({ inputs: input, outputs: tf.layers.add().apply([input, position]) });
  const run = (name, call) => {
    try {
      console.log(`${name}: ${tf.tidy(() => call().dataSync().join(" "))}`);
    } catch (error) {
      console.log(`${name}: ${error.message}`);
    }
  };
  const x = tf.tensor2d([[10, 20]]);
  run("in training", () => model.apply(x, { training: true }));
  run("in training again", () => model.apply(x, { training: true }));
  run("predict", () => model.predict(x));
  run("predict again", () => model.predict(x));
})();
JS
seen=$(node seen.cjs 2> errors) || { cat errors; exit 1; }
echo "@tensorflow/tfjs $(node -p 'require("@tensorflow/tfjs/package.json").version'), Node $(node --version):"
echo "$seen"
expected="in training: 11 22
in training again: 11 22
predict: 11 22
predict again: Cannot read properties of undefined (reading 'backend')"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
