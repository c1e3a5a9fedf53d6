#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: a layer that is loaded is constructed with an argument more than its getConfig() gave.
#
# getConfig() and fromConfig() are to be each other's inverse, so a layer of one's own that refuses unknown arguments
# would catch a misspelt one. It works until a model with that layer is loaded: tfjs puts customObjects, an empty
# object, among the arguments of every layer that it makes from a file, and the constructor refuses it. What helps: let
# `customObjects` through.
#
# Seen with @tensorflow/tfjs 4.22.0 on Node 20.20.2, Linux. Exit status 0 while it is so, 1 when it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --ignore-scripts --no-audit --no-fund --silent @tensorflow/tfjs@4.22.0
cat > load.cjs << 'JS'
const tf = require("@tensorflow/tfjs");

const KNOWN = ["name", "trainable", "factor"];
let strict = false;
class Scale extends tf.layers.Layer {
  static className = "Scale";
  constructor(config) {
    super(config);
    const unknown = Object.keys(config).filter((name) => !KNOWN.includes(name));
    if (strict && unknown.length > 0) throw new Error(`Scale: unknown ${unknown}`);
    Scale.given = Object.keys(config).join(", ");
    this.factor = config.factor;
  }
  call(inputs) {
    return tf.mul(inputs[0] ?? inputs, this.factor);
  }
  getConfig() {
    return { ...super.getConfig(), factor: this.factor };
  }
}
tf.serialization.registerClass(Scale);

(async () => {
  await tf.setBackend("cpu");
  const scale = new Scale({ factor: 2 });
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] }), scale] });
  console.log(`seen: getConfig gives ${Object.keys(scale.getConfig()).join(", ")}`);
  Scale.fromConfig(Scale, scale.getConfig());
  console.log(`seen: fromConfig of that constructs with ${Scale.given}`);
  const json = { modelTopology: model.toJSON(null, false) };
  await tf.models.modelFromJSON(json);
  console.log(`seen: modelFromJSON constructs with ${Scale.given}`);
  strict = true;
  await tf.models.modelFromJSON(json).catch((error) => console.log(`seen: a strict layer: ${error.message}`));
})();
JS
seen=$(node load.cjs 2> /dev/null | sed -n 's/^seen: //p')
echo "@tensorflow/tfjs $(node -p 'require("@tensorflow/tfjs/package.json").version'), Node $(node --version):"
echo "$seen"
expected="getConfig gives name, trainable, factor
fromConfig of that constructs with name, trainable, factor
modelFromJSON constructs with name, trainable, factor, customObjects
a strict layer: Scale: unknown customObjects"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
