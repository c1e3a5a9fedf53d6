#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: loss has the weights' penalties in it, val_loss and evaluate do not.
#
# With a kernelRegularizer the loss that model.fit reports is the data's loss plus the penalty; val_loss, on the very
# same data, and model.evaluate leave the penalty out. A gap between the two curves is then no sign of anything, and a
# model that overfits can show a val_loss below its loss. Keras adds the penalty in all three. The weight is 1 here and
# the learning rate 0: data's loss 1, penalty 5.
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
  const kernelRegularizer = tf.regularizers.l2({ l2: 5 });
  const dense = { units: 1, inputShape: [1], useBias: false, kernelInitializer: "ones", kernelRegularizer };
  const model = tf.sequential({ layers: [tf.layers.dense(dense)] });
  model.compile({ optimizer: tf.train.sgd(0), loss: "meanSquaredError" });
  const [x, y] = [tf.ones([2, 1]), tf.zeros([2, 1])];
  const { history } = await model.fit(x, y, { epochs: 1, verbose: 0, validationData: [x, y] });
  const evaluated = model.evaluate(x, y).dataSync()[0];
  console.log(`loss ${history.loss[0]}, val_loss ${history.val_loss[0]}, evaluate ${evaluated}`);
})();
JS
seen=$(node seen.cjs 2> errors) || { cat errors; exit 1; }
echo "@tensorflow/tfjs $(node -p 'require("@tensorflow/tfjs/package.json").version'), Node $(node --version):"
echo "$seen"
expected="loss 6, val_loss 1, evaluate 1"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
