#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: tf.tidy and tf.dispose look for tensors in every number of a typed array that they are given.
#
# Both take what holds tensors, in arrays and objects at any depth. A Float32Array is an object to them too: of one with
# a million numbers, a million are read by name ("0", "1", …), boxed into a set of what was seen, and found to be no
# tensor; once more where a function that returns it is tidied within another. `tf.tidy(() => x.dataSync())`, which is
# how one reads a result without a leak, so costs far more than the computation: writing a network of 11 million weights
# to a file took ten times as long as it does without. What helps: give back a function that gives the array, or assign
# it to a variable outside.
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
let reads = 0;
const values = new Proxy(new Float32Array(1_000_000), {
  get(array, key) {
    if (typeof key === "string" && /^\d+$/.test(key)) reads += 1;
    return Reflect.get(array, key);
  },
});
const count = (what, call) => {
  reads = 0;
  call();
  console.log(`${what}: ${reads} numbers read`);
};

(async () => {
  await tf.setBackend("cpu");
  count("tf.tidy(() => values)", () => tf.tidy(() => values));
  count("tf.tidy(() => ({ name, values }))", () => tf.tidy(() => ({ name: "kernel", values })));
  count("one tidy within another", () => tf.tidy(() => tf.tidy(() => values)));
  count("tf.dispose({ values })", () => tf.dispose({ values }));
  count("tf.tidy(() => () => values)", () => tf.tidy(() => () => values));
})();
JS
seen=$(node seen.cjs 2> errors) || { cat errors; exit 1; }
echo "@tensorflow/tfjs $(node -p 'require("@tensorflow/tfjs/package.json").version'), Node $(node --version):"
echo "$seen"
expected="tf.tidy(() => values): 1000000 numbers read
tf.tidy(() => ({ name, values })): 1000000 numbers read
one tidy within another: 2000000 numbers read
tf.dispose({ values }): 1000000 numbers read
tf.tidy(() => () => values): 0 numbers read"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
