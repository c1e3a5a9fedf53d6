#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: a gradient that ends in an error leaves the tensors it saved behind, inside tf.tidy too.
#
# tf.tidy is known to free all that was made in it, also where an error leaves it. Not so what an op saved for its
# gradient: such a tensor is kept from tidy until the gradient is computed, and where the function throws, or its value
# does not depend on the input, nobody frees it. A loop that catches an error of a loss and goes on grows by every saved
# tensor of the forward pass, a batch's activations at a time. What helps: find out outside a gradient whether the
# function throws, or count tf.memory().numTensors around the catch.
#
# Seen with @tensorflow/tfjs 4.22.0 on its cpu backend, Node 20.20.2, Linux. Exit status 0 while it is so, 1 when it is
# otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --ignore-scripts --no-audit --no-fund --silent @tensorflow/tfjs@4.22.0
cat > leak.cjs << 'JS'
const tf = require("@tensorflow/tfjs");

/** Tensors that are there after five calls, each in a tidy, and were not before. */
function left(call) {
  const before = tf.memory().numTensors;
  for (let times = 0; times < 5; times++) {
    try {
      tf.tidy(call);
    } catch {
      // tidy passes the error on
    }
  }
  return tf.memory().numTensors - before;
}
(async () => {
  await tf.setBackend("cpu");
  const x = tf.ones([2, 3]);
  const fails = () => {
    throw new Error("of the loss's own");
  };
  console.log(`a gradient that is computed: ${left(() => void tf.grad((v) => tf.mean(tf.sigmoid(v)))(x))}`);
  console.log(`no gradient, an error: ${left(() => void (tf.sigmoid(x), fails()))}`);
  console.log(`a function that throws: ${left(() => void tf.grad((v) => (tf.sigmoid(v), fails()))(x))}`);
  console.log(`one of two ops, which throws: ${left(() => void tf.grad((v) => (tf.exp(tf.sigmoid(v)), fails()))(x))}`);
  const other = () => tf.mean(tf.sigmoid(tf.ones([2])));
  console.log(`a value that does not depend on x: ${left(() => void tf.grad(other)(x))}`);
})();
JS
seen=$(node leak.cjs 2> /dev/null | grep ': [0-9]*$')
echo "@tensorflow/tfjs $(node -p 'require("@tensorflow/tfjs/package.json").version'), Node $(node --version); tensors left by five calls:"
echo "$seen"
expected="a gradient that is computed: 0
no gradient, an error: 0
a function that throws: 5
one of two ops, which throws: 10
a value that does not depend on x: 10"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
