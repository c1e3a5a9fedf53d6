#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: steps that a masking layer masks count in the loss and in pooling.
#
# masking and embedding({ maskZero: true }) tell the recurrent layers which time steps are padding, and an RNN holds
# its state there. The mask stops at that: fit and evaluate average the loss over the padded steps too, and
# globalAveragePooling1d averages over them, without a word. In Keras masked steps leave the loss and the pooling. A
# sequence of one step, padded to three, is predicted exactly here, and its padding is "wrong" by 3.
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
  const ones = { kernelInitializer: "ones", recurrentInitializer: "ones", activation: "linear", useBias: false };
  const masking = tf.layers.masking({ maskValue: 0, inputShape: [3, 1] });
  const model = tf.sequential({ layers: [masking, tf.layers.simpleRNN({ units: 1, returnSequences: true, ...ones })] });
  model.compile({ optimizer: tf.train.sgd(0), loss: "meanSquaredError" });
  const [x, y] = [tf.tensor3d([[[1], [0], [0]]]), tf.tensor3d([[[1], [4], [4]]])];
  console.log(`predicted: ${model.predict(x).dataSync().join(" ")}`);
  const { history } = await model.fit(x, y, { epochs: 1, verbose: 0 });
  console.log(`loss: evaluate ${model.evaluate(x, y).dataSync()[0]}, fit ${history.loss[0]}`);
  const embedding = tf.layers.embedding({ inputDim: 2, outputDim: 1, maskZero: true, inputLength: 3 });
  const pooled = tf.sequential({ layers: [embedding, tf.layers.globalAveragePooling1d({})] });
  embedding.setWeights([tf.tensor2d([[0], [9]])]);
  console.log(`mean of one 9 and two masked 0: ${pooled.predict(tf.tensor2d([[1, 0, 0]])).dataSync()[0]}`);
})();
JS
seen=$(node seen.cjs 2> errors) || { cat errors; exit 1; }
echo "@tensorflow/tfjs $(node -p 'require("@tensorflow/tfjs/package.json").version'), Node $(node --version):"
echo "$seen"
expected="predicted: 1 1 1
loss: evaluate 6, fit 6
mean of one 9 and two masked 0: 3"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
