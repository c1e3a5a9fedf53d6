#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: a separableConv2d forgets its depthMultiplier when it is saved, and does not load again.
#
# Its getConfig() has every other argument. A model with depthMultiplier 2 trains, predicts and is saved; what was saved
# builds a layer of multiplier 1, whose kernel has another shape, and loading ends in an error about shapes, of which no
# retraining helps. A copy by fromConfig(getConfig()) is silently the smaller layer. A depthwiseConv2d keeps the
# argument. Until it is mended: a subclass whose getConfig adds it, or the number put into the saved topology by hand.
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
const shapes = (layer) => layer.getWeights().map(({ shape }) => `[${shape}]`).join(" ");

const savedAndLoaded = async (layer, mend) => {
  const model = tf.sequential({ layers: [layer] });
  let artifacts;
  await model.save(
    tf.io.withSaveHandler(async (saved) => {
      artifacts = saved;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
    }),
  );
  const topology = JSON.parse(JSON.stringify(artifacts.modelTopology));
  if (mend) topology.config.layers[0].config.depth_multiplier = 2;
  try {
    const back = await tf.loadLayersModel(tf.io.fromMemory({ ...artifacts, modelTopology: topology }));
    return `loads with ${shapes(back)}`;
  } catch (error) {
    return `does not load: ${error.message}`;
  }
};

(async () => {
  await tf.setBackend("cpu");
  const make = (kind, depthMultiplier) =>
    tf.layers[kind]({ filters: 4, kernelSize: 3, depthMultiplier, useBias: false, inputShape: [5, 5, 3], name: "a" });
  for (const [kind, multiplier] of [["depthwiseConv2d", 2], ["separableConv2d", 1], ["separableConv2d", 2]]) {
    const layer = make(kind, multiplier);
    const said = await savedAndLoaded(layer);
    const config = layer.getConfig().depthMultiplier;
    console.log(`${kind}, multiplier ${multiplier}, in the config ${config}, ${shapes(layer)}: ${said}`);
  }
  console.log(`put into the topology by hand: ${await savedAndLoaded(make("separableConv2d", 2), true)}`);
})();
JS
seen=$(node seen.cjs 2> errors) || { cat errors; exit 1; }
echo "@tensorflow/tfjs $(node -p 'require("@tensorflow/tfjs/package.json").version'), Node $(node --version):"
echo "$seen"
expected="depthwiseConv2d, multiplier 2, in the config 2, [3,3,3,2]: loads with [3,3,3,2]
separableConv2d, multiplier 1, in the config undefined, [3,3,3,1] [1,1,3,4]: loads with [3,3,3,1] [1,1,3,4]
separableConv2d, multiplier 2, in the config undefined, [3,3,3,2] [1,1,6,4]: does not load: Shape mismatch: [3,3,3,1] \
vs. [3,3,3,2]
put into the topology by hand: loads with [3,3,3,2] [1,1,6,4]"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
