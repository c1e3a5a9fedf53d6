#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: the seed 0 is taken for none by half of the random functions.
#
# A seed of 0 is the one most often chosen. tf.randomNormal, truncatedNormal, randomGamma and multinomial, and the
# initializers that draw from them (heNormal, orthogonal, ...), take it for no seed and draw other numbers each time;
# randomUniform, dropout and glorotUniform heed it. Every other number works in all of them, so a run with seed 0 is
# repeatable in part and one with seed 1 in full.
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
const draws = {
  randomNormal: (seed) => tf.randomNormal([20], 0, 1, "float32", seed),
  truncatedNormal: (seed) => tf.truncatedNormal([20], 0, 1, "float32", seed),
  randomGamma: (seed) => tf.randomGamma([20], 1, 1, "float32", seed),
  multinomial: (seed) => tf.multinomial(tf.ones([1, 50]), 50, seed),
  heNormal: (seed) => tf.initializers.heNormal({ seed }).apply([5, 5]),
  orthogonal: (seed) => tf.initializers.orthogonal({ seed }).apply([5, 5]),
  randomUniform: (seed) => tf.randomUniform([20], 0, 1, "float32", seed),
  dropout: (seed) => tf.dropout(tf.ones([200]), 0.5, null, seed),
  glorotUniform: (seed) => tf.initializers.glorotUniform({ seed }).apply([5, 5]),
};

(async () => {
  await tf.setBackend("cpu");
  for (const [name, draw] of Object.entries(draws)) {
    const [zero, one] = [0, 1].map((seed) => {
      const [first, second] = [draw(seed), draw(seed)].map((t) => t.dataSync().join(" "));
      return first === second ? "same" : "other";
    });
    console.log(`${name}, drawn twice: seed 0 ${zero} numbers, seed 1 ${one} numbers`);
  }
})();
JS
seen=$(node seen.cjs 2> errors) || { cat errors; exit 1; }
echo "@tensorflow/tfjs $(node -p 'require("@tensorflow/tfjs/package.json").version'), Node $(node --version):"
echo "$seen"
expected="randomNormal, drawn twice: seed 0 other numbers, seed 1 same numbers
truncatedNormal, drawn twice: seed 0 other numbers, seed 1 same numbers
randomGamma, drawn twice: seed 0 other numbers, seed 1 same numbers
multinomial, drawn twice: seed 0 other numbers, seed 1 same numbers
heNormal, drawn twice: seed 0 other numbers, seed 1 same numbers
orthogonal, drawn twice: seed 0 other numbers, seed 1 same numbers
randomUniform, drawn twice: seed 0 same numbers, seed 1 same numbers
dropout, drawn twice: seed 0 same numbers, seed 1 same numbers
glorotUniform, drawn twice: seed 0 same numbers, seed 1 same numbers"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
