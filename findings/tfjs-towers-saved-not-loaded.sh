#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: a model of two towers can be saved, and what was saved cannot be loaded.
#
# Two inner models whose layers have one name (two copies of a saved network, the towers of a two-stream model) are
# joined to one model. It is built, trains, predicts, and is saved without a word: the names of layers must differ only
# within one model, and the towers are two. The saved weights are named by layer alone, without the tower, so loading
# refuses them: "Duplicate weight name". `strict: false` does not help. Nothing tells of it until the file is needed.
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
const tower = (name, layer) =>
  tf.sequential({ name, layers: [tf.layers.dense({ units: 2, inputShape: [3], name: layer })] });

const savedAndLoaded = async (left, right) => {
  const input = tf.input({ shape: [3] });
  const outputs = tf.layers.average().apply([left.apply(input), right.apply(input)]);
  const model = tf.model({ inputs: input, outputs });
  const file = kept();
  await model.save(file.handler);
  const said = async (options) => {
    try {
      const back = await file.load(options);
      const [was, is] = [model, back].map((m) => m.predict(tf.ones([1, 3])).dataSync().join(" "));
      return was === is ? "loads, predicts the same" : "loads, predicts otherwise";
    } catch (error) {
      return error.message;
    }
  };
  return `saved; ${await said({})}; not strict: ${await said({ strict: false })}`;
};

(async () => {
  await tf.setBackend("cpu");
  console.log(`layers of two names: ${await savedAndLoaded(tower("left", "fc1"), tower("right", "fc2"))}`);
  console.log(`layers of one name: ${await savedAndLoaded(tower("left", "fc"), tower("right", "fc"))}`);
})();
JS
seen=$(node seen.cjs 2> errors) || { cat errors; exit 1; }
echo "@tensorflow/tfjs $(node -p 'require("@tensorflow/tfjs/package.json").version'), Node $(node --version):"
echo "$seen"
expected="layers of two names: saved; loads, predicts the same; not strict: loads, predicts the same
layers of one name: saved; Duplicate weight name: fc/kernel; not strict: Duplicate weight name: fc/kernel"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
