#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: weights taken before a layer is unfrozen go back into the wrong layers.
#
# model.getWeights() and setWeights() do not follow the layers: the weights that train come first, the others after
# them, so the order depends on what is frozen at the moment. The usual steps of fine-tuning (keep the best weights
# while the first layers are frozen, unfreeze, put the best weights back) swap two kernels of one shape without a word,
# and the model answers with other numbers. The same holds between a frozen and an unfrozen copy. Keras goes by the
# layers. Saving and loading goes by name and is right.
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
const kept = () => {
  let artifacts;
  const handler = tf.io.withSaveHandler(async (saved) => {
    artifacts = saved;
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
  });
  return { handler, load: (options) => tf.loadLayersModel(tf.io.fromMemory(artifacts), options) };
};
const x = tf.tensor2d([[1, 1]]);
const says = (model) => model.predict(x).dataSync().join(" ");

(async () => {
  await tf.setBackend("cpu");
  const dense = (name, rest) => tf.layers.dense({ name, units: 2, useBias: false, ...rest });
  const model = tf.sequential({ layers: [dense("first", { inputShape: [2] }), dense("second")] });
  model.setWeights([tf.tensor2d([[1, 2], [3, 4]]), tf.tensor2d([[10, 0], [0, 100]])]);
  console.log(`unfrozen: ${model.weights.map((w) => w.name).join(" ")}: ${says(model)}`);
  model.layers[0].trainable = false;
  console.log(`first layer frozen: ${model.weights.map((w) => w.name).join(" ")}: ${says(model)}`);
  const best = model.getWeights().map((w) => w.clone());
  const file = kept();
  await model.save(file.handler);
  console.log(`saved and loaded: ${says(await file.load())}`);
  model.setWeights(best);
  console.log(`its own weights put back, still frozen: ${says(model)}`);
  model.layers[0].trainable = true;
  model.setWeights(best);
  console.log(`its own weights put back, unfrozen: ${says(model)}`);
})();
JS
seen=$(node seen.cjs 2> errors) || { cat errors; exit 1; }
echo "@tensorflow/tfjs $(node -p 'require("@tensorflow/tfjs/package.json").version'), Node $(node --version):"
echo "$seen"
expected="unfrozen: first/kernel second/kernel: 40 600
first layer frozen: second/kernel first/kernel: 40 600
saved and loaded: 40 600
its own weights put back, still frozen: 40 600
its own weights put back, unfrozen: 310 420"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
