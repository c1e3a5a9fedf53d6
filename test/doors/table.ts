import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { analysis, backend, datasets, layers, models, plots, safetensors, study, tf, train } from "../../lib/index.js";
import { door, type Door, type Kind } from "./doors.js";

const { ops } = backend;
const { images, labels, imageShape, classNames, provenance } = datasets.generated({
  trainImages: 8,
  testImages: 2,
  imageShape: [16, 16, 3],
}).train;
const set: datasets.ImageSet = { name: "few", split: "train", images, labels, imageShape, classNames, provenance };
const files: datasets.FileSet = {
  name: "few",
  split: "train",
  files: ["none.png"],
  labels: Int32Array.of(0),
  imageShape,
  classNames,
  provenance,
};
const folder = (): string => mkdtempSync(join(tmpdir(), "saccade-doors-"));
const raster = { data: new Uint8Array(12), height: 2, width: 2, channels: 3 };
const tiny = (): tf.LayersModel =>
  models.createModel("transformer", {
    inputShape: [16, 16, 3],
    patchSize: 8,
    embedDim: 8,
    depth: 1,
    numHeads: 2,
    hiddenDim: 8,
  });
const vector = (): tf.Tensor => tf.ones([3]);
const matrix = (): tf.Tensor => tf.ones([2, 3]);
const batch = (): tf.Tensor => tf.ones([1, 4, 4, 3]);
const variables = (): tf.Variable[] => [tf.variable(vector())];
const adam = () => ({
  variable: tf.variable(vector()),
  firstMoment: tf.variable(vector()),
  secondMoment: tf.variable(vector()),
  gradient: vector(),
});
const settings = () => ({ learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step: tf.scalar(1) });
const weights = {
  layer: "a",
  kind: "pixels",
  shape: [1, 1, 4, 1],
  values: Float32Array.of(1, 1, 1, 1),
  grid: { queries: [2, 2], keys: [1, 1] },
};
const profile = { startedAtMs: 0, spans: [], ops: [] };
const gradients = () => ({ images: 1, loss: 0, gradients: { a: vector() } });
const claims: study.Claim[] = [
  { statement: "s", kind: "exact", sizes: ["smoke"], conditions: [{ measure: "a", is: "=", value: 1 }], basis: "b" },
];

const SOURCE: Record<string, Kind> = {
  "0": "options",
  "0.source": "choice",
  "0.fallback": "choice",
  "0.generated": "object",
  "0.generated.trainImages": "count",
  "0.signal": "signal",
};
const BATCHES: Record<string, Kind> = {
  "0": "set",
  "0.labels": "list",
  "1": "options",
  "1.batchSize": "count",
  "1.seed": "integer",
  "1.shuffle": "flag",
  "1.mean": "number",
  "1.std": "positive",
  "1.augment": "object",
  "1.augment.cropPadding": "natural",
  "1.augment.horizontalFlip": "flag",
  "1.augment.randAugment": "object",
  "1.mixup": "positive",
  "1.cutmix": "positive",
  "1.dropRemainder": "flag",
};
const few = { source: "generated", generated: { trainImages: 2, testImages: 2 } };

export const DATASETS: Record<string, Door> = {
  cifar10: door("cifar10", datasets.cifar10, () => [few], { ...SOURCE, "0.layout": "choice" }),
  cifar100: door("cifar100", datasets.cifar100, () => [few], { ...SOURCE, "0.labels": "choice", "0.layout": "choice" }),
  fashionMnist: door("fashionMnist", datasets.fashionMnist, () => [few], SOURCE),
  mnist: door("mnist", datasets.mnist, () => [few], SOURCE),
  imagenette: door("imagenette", datasets.imagenette, () => [few], {
    ...SOURCE,
    "0.size": "choice",
    "0.side": "count",
  }),
  imagenetteFiles: door("imagenetteFiles", datasets.imagenetteFiles, () => [{}], {
    "0": "options",
    "0.size": "choice",
    "0.side": "count",
    "0.signal": "signal",
  }),
  generated: door("generated", datasets.generated, () => [{ trainImages: 1, testImages: 1 }], {
    "0": "options",
    "0.trainImages": "count",
    "0.testImages": "count",
    "0.seed": "integer",
    "0.classes": "count",
    "0.imageShape": "optionalList",
  }),
  imageFolder: door("imageFolder", datasets.imageFolder, () => ["none"], {
    "0": "path",
    "1": "options",
    "1.side": "count",
    "1.channels": "count",
    "1.followLinks": "flag",
    "1.split": "choice",
    "1.name": "text",
  }),
  loadImages: door("loadImages", datasets.loadImages, () => [files], {
    "0": "set",
    "1": "options",
    "1.signal": "signal",
    "1.progress": "function",
  }),
  decodeImage: door("decodeImage", datasets.decodeImage, () => [Uint8Array.of(1), "a.png", 3], {
    "0": "list",
    "1": "text",
    "2": "count",
  }),
  batches: door("batches", datasets.batches, () => [set, { batchSize: 2 }], {
    ...BATCHES,
    "1.epoch": "natural",
    "1.startBatch": "natural",
  }),
  pipeline: door("pipeline", datasets.pipeline, () => [set, { batchSize: 2 }], {
    ...BATCHES,
    "1.workers": "count",
    "1.prefetch": "count",
  }),
  batchCount: door("batchCount", datasets.batchCount, () => [5, { batchSize: 2 }], {
    "0": "natural",
    "1": "object",
    "1.batchSize": "count",
    "1.dropRemainder": "flag",
  }),
  augmentImage: door("augmentImage", datasets.augmentImage, () => [raster, {}, datasets.createRandom(0)], {
    "0": "object",
    "0.data": "list",
    "0.height": "count",
    "1": "object",
    "1.cutout": "natural",
    "2": "object",
  }),
  applyPolicyOp: door("applyPolicyOp", datasets.applyPolicyOp, () => [raster, ["Invert", 1, null]], {
    "0": "object",
    "0.width": "count",
    "1": "list",
    "1.0": "choice",
    "2": "choice",
  }),
  split: door("split", datasets.split, () => [set, { count: 2 }], {
    "0": "set",
    "1": "object",
    "1.count": "count",
    "1.seed": "integer",
    "1.stratified": "flag",
  }),
  subset: door("subset", datasets.subset, () => [set, { count: 2 }], {
    "0": "set",
    "1": "object",
    "1.count": "count",
    "1.classes": "optionalList",
    "1.seed": "integer",
    "1.stratified": "flag",
  }),
  withClasses: door("withClasses", datasets.withClasses, () => [set, set.classNames], { "0": "set", "1": "texts" }),
  channelStatistics: door("channelStatistics", datasets.channelStatistics, () => [set], { "0": "set" }),
  createRandom: door("createRandom", datasets.createRandom, () => [0], { "0": "integer" }),
  permutation: door("permutation", datasets.permutation, () => [3, datasets.createRandom(0)], {
    "0": "natural",
    "1": "object",
  }),
};

const OPTIMIZER: Record<string, Kind> = {
  "0": "list",
  "1": "options",
  "1.learningRate": "positive",
  "1.weightDecay": "positive",
};

const run = { epochs: 1, batchSize: 4, progress: false, optimizer: { name: "adam" }, schedule: { name: "onecycle" } };

export const TRAIN: Record<string, Door> = {
  adam: door("adam", train.adam, () => [variables()], {
    ...OPTIMIZER,
    "1.beta1": "positive",
    "1.beta2": "positive",
    "1.epsilon": "positive",
  }),
  adamW: door("adamW", train.adamW, () => [variables()], {
    ...OPTIMIZER,
    "1.beta1": "positive",
    "1.beta2": "positive",
    "1.epsilon": "positive",
  }),
  sgd: door("sgd", train.sgd, () => [variables()], { ...OPTIMIZER, "1.momentum": "positive" }),
  rmsprop: door("rmsprop", train.rmsprop, () => [variables()], { ...OPTIMIZER, "1.momentum": "positive" }),
  createOptimizer: door("createOptimizer", train.createOptimizer, () => [variables(), { name: "adam" }, 0.1], {
    "0": "list",
    "1": "object",
    "1.name": "choice",
    "1.beta1": "positive",
    "2": "positive",
  }),
  fit: door("fit", train.fit, () => [tiny(), set, run], {
    "0": "model",
    "1": "set",
    "2": "options",
    "2.epochs": "count",
    "2.batchSize": "count",
    "2.learningRate": "positive",
    "2.optimizer": "object",
    "2.optimizer.name": "choice",
    "2.optimizer.beta1": "positive",
    "2.schedule": "object",
    "2.schedule.gamma": "positive",
    "2.schedule.cycleMomentum": "flag",
    "2.seed": "integer",
    "2.mean": "number",
    "2.std": "positive",
    "2.augment": "object",
    "2.mixup": "positive",
    "2.labelSmoothing": "positive",
    "2.lossEvery": "natural",
    "2.signal": "signal",
    "2.resume": "flag",
    "2.checkpoint": "object",
    "2.shuffle": "flag",
    "2.dropRemainder": "flag",
    "2.checkFinite": "flag",
    "2.progress": "choice",
    "2.callbacks": "object",
  }),
  evaluate: door("evaluate", train.evaluate, () => [tiny(), set], {
    "0": "model",
    "1": "set",
    "2": "options",
    "2.batchSize": "count",
    "2.mean": "number",
    "2.std": "positive",
    "2.signal": "signal",
  }),
  loadCheckpoint: door("loadCheckpoint", train.loadCheckpoint, () => [tiny(), "none"], { "0": "model", "1": "path" }),
  crossEntropy: door("crossEntropy", train.crossEntropy, () => [matrix(), tf.tensor1d([0, 1], "int32")], {
    "0": "tensor",
    "1": "tensor",
    "2": "options",
    "2.labelSmoothing": "positive",
  }),
  softmaxCrossEntropy: door(
    "softmaxCrossEntropy",
    train.softmaxCrossEntropy,
    () => [matrix(), tf.tensor1d([0, 1], "int32")],
    { "0": "tensor", "1": "tensor", "2": "positive" },
  ),
  accuracyPerClass: door("accuracyPerClass", train.accuracyPerClass, () => [[0, 1], [true, false], 2], {
    "0": "list",
    "1": "list",
    "2": "count",
  }),
  calibrationError: door("calibrationError", train.calibrationError, () => [[0.5, 1], [true, false], 2], {
    "0": "list",
    "1": "list",
    "2": "count",
  }),
  checkSchedule: door("checkSchedule", train.checkSchedule, () => [{}], {
    "0": "options",
    "0.name": "choice",
    "0.gamma": "positive",
    "0.cycleMomentum": "flag",
    "0.milestones": "optionalList",
  }),
  learningRateAt: door("learningRateAt", train.learningRateAt, () => [{}, 0.1, 0, 10], {
    "0": "options",
    "0.name": "choice",
    "0.cycleMomentum": "flag",
    "1": "number",
    "2": "natural",
    "3": "count",
  }),
  batchGradients: door(
    "batchGradients",
    train.batchGradients,
    () => [tiny(), { images: tf.ones([2, 16, 16, 3]), labels: tf.zeros([2], "int32") }],
    {
      "0": "model",
      "1": "object",
      "1.images": "tensor",
      "2": "options",
      "2.seed": "integer",
      "2.labelSmoothing": "positive",
    },
  ),
  splitBatch: door(
    "splitBatch",
    train.splitBatch,
    () => [{ images: tf.ones([2, 16, 16, 3]), labels: tf.zeros([2], "int32") }, 2],
    { "0": "object", "1": "count" },
  ),
  averageGradients: door("averageGradients", train.averageGradients, () => [[gradients()]], {
    "0": "list",
    "0.0": "object",
  }),
  gradientDistance: door("gradientDistance", train.gradientDistance, () => [gradients(), gradients()], {
    "0": "object",
    "1": "object",
    "1.gradients": "object",
  }),
  momentumAt: door("momentumAt", train.momentumAt, () => [{}, 0, 10], {
    "0": "options",
    "0.name": "choice",
    "1": "natural",
    "2": "count",
  }),
  modelUse: door("modelUse", train.modelUse, () => [tiny()], { "0": "model" }),
  setModelUse: door("setModelUse", train.setModelUse, () => [tiny(), { classNames: [], mean: 0, std: 1 }], {
    "0": "model",
    "1": "object",
    "1.classNames": "texts",
    "1.mean": "number",
    "1.std": "positive",
  }),
  predict: door("predict", train.predict, () => [tiny(), raster, { mean: 0.5, std: 0.5 }], {
    "0": "model",
    "1": "list",
    "2": "options",
    "2.top": "count",
    "2.mean": "number",
    "2.std": "positive",
    "2.classNames": "texts",
  }),
  terminalProgress: door("terminalProgress", train.terminalProgress, () => [process.stderr], { "0": "object" }),
};

const CONFIG: Record<string, Kind> = {
  "0": "object",
  "0.inputShape": "list",
  "0.numClasses": "count",
  "0.seed": "integer",
};

export const MODELS: Record<string, Door> = {
  alexnet: door("alexnet", models.alexnet, () => [models.modelConfig("alexnet")], CONFIG),
  cnnSelfAttention: door(
    "cnnSelfAttention",
    models.cnnSelfAttention,
    () => [models.modelConfig("cnn_self_attention")],
    CONFIG,
  ),
  compactTransformer: door(
    "compactTransformer",
    models.compactTransformer,
    () => [models.modelConfig("cct_2_3x2_32")],
    { ...CONFIG, "0.depth": "count", "0.tokenizer": "choice" },
  ),
  plainCnn: door("plainCnn", models.plainCnn, () => [models.modelConfig("mynet")], {
    ...CONFIG,
    "0.filters": "list",
    "0.padding": "choice",
  }),
  resnet: door("resnet", models.resnet, () => [models.modelConfig("resnet34")], { ...CONFIG, "0.blocks": "list" }),
  transformer: door("transformer", models.transformer, () => [models.modelConfig("transformer")], {
    ...CONFIG,
    "0.depth": "count",
    "0.patchForm": "choice",
  }),
  vgg: door("vgg", models.vgg, () => [models.modelConfig("vgg16")], CONFIG),
  vit: door("vit", models.vit, () => [models.modelConfig("vit_b16")], {
    ...CONFIG,
    "0.depth": "count",
    "0.patchSize": "count",
  }),
  freeze: door("freeze", models.freeze, () => [tiny(), "*"], { "0": "model", "1": "path" }),
  unfreeze: door("unfreeze", models.unfreeze, () => [tiny(), "*"], { "0": "model", "1": "text" }),
  frozenWeights: door("frozenWeights", models.frozenWeights, () => [tiny()], { "0": "model" }),
  allWeights: door("allWeights", models.allWeights, () => [tiny()], { "0": "model" }),
  plainModel: door("plainModel", models.plainModel, () => [tiny()], { "0": "model" }),
  loadWeights: door("loadWeights", models.loadWeights, () => [tiny(), "none"], {
    "0": "model",
    "1": "path",
    "2": "options",
    "2.strict": "flag",
    "2.head": "choice",
    "2.entry": "text",
  }),
  saveWeights: door("saveWeights", models.saveWeights, () => [tiny(), join(folder(), "a")], {
    "0": "model",
    "1": "path",
    "2": "options",
    "2.dtype": "choice",
    "2.classNames": "texts",
  }),
  saveLayersModel: door("saveLayersModel", models.saveLayersModel, () => [tiny(), folder()], {
    "0": "model",
    "1": "path",
  }),
  publishedWeights: door("publishedWeights", models.publishedWeights, () => ["timm/resnet18.tv_in1k", {}], {
    "0": "choice",
    "1": "options",
    "1.sha256": "text",
  }),
  pretrained: door("pretrained", models.pretrained, () => ["timm/resnet18.tv_in1k", {}, {}], {
    "0": "choice",
    "1": "options",
    "1.numClasses": "count",
    "2": "options",
  }),
  resamplePositions: door(
    "resamplePositions",
    models.resamplePositions,
    () => [new Float32Array(4), 4, 1, { height: 2, width: 2, prefix: 0 }],
    { "0": "list", "1": "count", "2": "count", "3": "object", "3.height": "count", "4": "optionalList" },
  ),
  createModel: door("createModel", models.createModel, () => ["transformer", {}], {
    "0": "choice",
    "1": "options",
    "1.numClasses": "count",
    "1.depth": "count",
    "1.patchForm": "choice",
    "1.inputShape": "optionalList",
    "1.seed": "integer",
  }),
  modelConfig: door("modelConfig", models.modelConfig, () => ["transformer", {}], {
    "0": "choice",
    "1": "options",
  }),
  outline: door("outline", models.outline, () => ["transformer", {}, () => 1], {
    "0": "choice",
    "1": "options",
    "1.depth": "count",
    "2": "function",
  }),
};

const LABELS: Record<string, Kind> = { "0": "object", "0.title": "path", "0.xLabel": "path", "0.source": "text" };
const pixels = { title: "t", images: new Uint8Array(12), imageShape: [2, 2, 3] };

export const PLOTS: Record<string, Door> = {
  lines: door(
    "lines",
    plots.lines,
    () => [{ title: "t", xLabel: "x", yLabel: "y", series: [{ name: "a", y: [1, 2] }] }],
    { ...LABELS, "0.series": "list", "0.series.0": "object", "0.series.0.y": "list", "0.logY": "flag" },
  ),
  bars: door(
    "bars",
    plots.bars,
    () => [{ title: "t", xLabel: "x", yLabel: "y", categories: ["a"], series: [{ name: "a", values: [1] }] }],
    {
      "0": "object",
      "0.title": "path",
      "0.categories": "list",
      "0.series": "list",
      "0.series.0": "object",
      "0.series.0.values": "list",
      "0.source": "text",
    },
  ),
  scatter: door(
    "scatter",
    plots.scatter,
    () => [{ title: "t", xLabel: "x", yLabel: "y", series: [{ name: "a", x: [1], y: [1] }] }],
    { ...LABELS, "0.series": "list", "0.series.0": "object", "0.series.0.x": "list", "0.logX": "flag" },
  ),
  histogram: door(
    "histogram",
    plots.histogram,
    () => [{ title: "t", xLabel: "x", series: [{ name: "a", values: [1, 2] }] }],
    { ...LABELS, "0.series": "list", "0.series.0": "object", "0.series.0.values": "list", "0.bins": "count" },
  ),
  heatmap: door(
    "heatmap",
    plots.heatmap,
    () => [{ title: "t", valueLabel: "v", xLabel: "x", yLabel: "y", values: [[1, 2]] }],
    { ...LABELS, "0.values": "list", "0.columnNames": "texts", "0.valueRange": "optionalList", "0.diverging": "flag" },
  ),
  contour: door(
    "contour",
    plots.contour,
    () => [
      {
        title: "t",
        x: [1, 2],
        y: [1, 2],
        values: [
          [1, 2],
          [3, 4],
        ],
        valueLabel: "v",
        xLabel: "x",
        yLabel: "y",
      },
    ],
    { ...LABELS, "0.x": "list", "0.y": "list", "0.values": "list", "0.bands": "count", "0.logX": "flag" },
  ),
  parallelCoordinates: door(
    "parallelCoordinates",
    plots.parallelCoordinates,
    () => [
      {
        title: "t",
        axes: [
          { label: "a", values: [1, 2] },
          { label: "b", values: [1, 2] },
        ],
      },
    ],
    {
      "0": "object",
      "0.title": "path",
      "0.axes": "list",
      "0.axes.0": "object",
      "0.axes.0.values": "list",
      "0.source": "text",
    },
  ),
  confusionMatrix: door(
    "confusionMatrix",
    plots.confusionMatrix,
    () => [
      {
        title: "t",
        counts: [
          [1, 0],
          [0, 1],
        ],
        classNames: ["a", "b"],
      },
    ],
    { "0": "object", "0.title": "path", "0.counts": "list", "0.classNames": "texts", "0.normalize": "choice" },
  ),
  imageGrid: door("imageGrid", plots.imageGrid, () => [pixels], {
    "0": "object",
    "0.title": "path",
    "0.images": "list",
    "0.imageShape": "list",
    "0.captions": "texts",
    "0.columns": "count",
  }),
  attentionOverlay: door(
    "attentionOverlay",
    plots.attentionOverlay,
    () => [{ ...pixels, maps: [1], mapShape: [1, 1] }],
    {
      "0": "object",
      "0.title": "path",
      "0.images": "list",
      "0.maps": "list",
      "0.mapShape": "list",
      "0.scale": "choice",
      "0.captions": "texts",
    },
  ),
};

export const ANALYSIS: Record<string, Door> = {
  attentionLayers: door("attentionLayers", analysis.attentionLayers, () => [tiny()], { "0": "model" }),
  attentionWeights: door("attentionWeights", analysis.attentionWeights, () => [tiny(), tf.ones([1, 16, 16, 3])], {
    "0": "model",
    "1": "tensor",
    "2": "texts",
  }),
  attentionMap: door("attentionMap", analysis.attentionMap, () => [weights, 0], {
    "0": "object",
    "1": "natural",
    "2": "options",
  }),
  attentionSpread: door("attentionSpread", analysis.attentionSpread, () => [weights], { "0": "object" }),
  confusionMatrix: door("confusionMatrix", analysis.confusionMatrix, () => [[0, 1], [0, 1], 2], {
    "0": "list",
    "1": "list",
    "2": "count",
  }),
  summary: door("summary", analysis.summary, () => [tiny()], { "0": "model" }),
  torchsummary: door("torchsummary", analysis.torchsummary, () => [tiny(), "transformer"], {
    "0": "model",
    "1": "path",
  }),
  countMacs: door("countMacs", analysis.countMacs, () => [tiny()], { "0": "model" }),
  profile: door(
    "profile",
    analysis.profile,
    () => [backend.compile((x: tf.Tensor) => tf.square(x)), () => [vector()]],
    { "0": "function", "1": "function", "2": "options", "2.warmupSteps": "count", "2.after": "function" },
  ),
  layerCosts: door("layerCosts", analysis.layerCosts, () => [profile], { "0": "object" }),
  toTraceEvents: door("toTraceEvents", analysis.toTraceEvents, () => [profile], { "0": "object" }),
  toXSpace: door("toXSpace", analysis.toXSpace, () => [profile], { "0": "object" }),
  writeXPlane: door("writeXPlane", analysis.writeXPlane, () => [profile, folder(), "run"], {
    "0": "object",
    "1": "path",
    "2": "path",
  }),
};

export const BACKEND: Record<string, Door> = {
  compile: door("compile", backend.compile, () => [() => tf.scalar(1)], {
    "0": "function",
    "1": "options",
    "1.seed": "integer",
    "1.maxPrograms": "count",
    "1.xla": "flag",
    "1.debug": "flag",
  }),
  applyAdam: door("applyAdam", backend.applyAdam, () => [[adam()], settings()], {
    "0": "list",
    "0.0": "object",
    "0.0.gradient": "tensor",
    "1": "object",
    "1.beta1": "positive",
    "1.epsilon": "positive",
    "1.step": "tensor",
  }),
  applyMomentum: door(
    "applyMomentum",
    backend.applyMomentum,
    () => [
      [{ variable: tf.variable(vector()), momentum: tf.variable(vector()), gradient: vector() }],
      { learningRate: 0.1, decay: 0.9 },
    ],
    { "0": "list", "0.0": "object", "0.0.momentum": "tensor", "1": "object", "1.decay": "positive" },
  ),
  keepInPlace: door("keepInPlace", backend.keepInPlace, () => [variables()], { "0": "list" }),
};

export const OPS: Record<string, Door> = {
  attention: door("attention", ops.attention, () => [matrix(), matrix(), matrix()], {
    "0": "tensor",
    "1": "tensor",
    "2": "tensor",
    "3": "options",
    "3.scale": "number",
  }),
  batchNormTraining: door("batchNormTraining", ops.batchNormTraining, () => [batch(), vector(), vector(), 1e-5], {
    "0": "tensor",
    "1": "tensor",
    "2": "tensor",
    "3": "positive",
  }),
  biasAdd: door("biasAdd", ops.biasAdd, () => [matrix(), vector()], { "0": "tensor", "1": "tensor" }),
  clipByGlobalNorm: door("clipByGlobalNorm", ops.clipByGlobalNorm, () => [[vector()], 1], {
    "0": "list",
    "1": "positive",
  }),
  conv2d: door("conv2d", ops.conv2d, () => [batch(), tf.ones([3, 3, 3, 2]), undefined, 1, "same"], {
    "0": "tensor",
    "1": "tensor",
    "3": "count",
    "4": "padding",
  }),
  dense: door("dense", ops.dense, () => [matrix(), tf.ones([3, 2])], { "0": "tensor", "1": "tensor" }),
  dropPath: door("dropPath", ops.dropPath, () => [matrix(), 0.5], { "0": "tensor", "1": "positive" }),
  dropout: door("dropout", ops.dropout, () => [matrix(), 0.5], { "0": "tensor", "1": "positive" }),
  gelu: door("gelu", ops.gelu, () => [matrix()], { "0": "tensor", "1": "choice" }),
  globalNorm: door("globalNorm", ops.globalNorm, () => [[vector()]], { "0": "list" }),
  layerNorm: door("layerNorm", ops.layerNorm, () => [matrix(), vector(), vector(), 1e-5], {
    "0": "tensor",
    "1": "tensor",
    "2": "tensor",
    "3": "positive",
  }),
  permutation: door("permutation", ops.permutation, () => [3], { "0": "count" }),
  localResponseNorm: door("localResponseNorm", ops.localResponseNorm, () => [batch(), { size: 3 }], {
    "0": "tensor",
    "1": "object",
    "1.size": "count",
  }),
  softmaxCrossEntropy: TRAIN["softmaxCrossEntropy"]!,
};

const uniform = (): layers.Initializer => layers.torchUniform(8, 1);
const attention = (names: readonly string[]): object => Object.fromEntries(names.map((name) => [name, uniform()]));
const QKV = ["qkvKernelInitializer", "qkvBiasInitializer", "outKernelInitializer", "outBiasInitializer"];
const PROJECTION = [
  "projectionKernelInitializer",
  "projectionBiasInitializer",
  "outKernelInitializer",
  "outBiasInitializer",
];
/** A layer's class, called by `new`. Its errors go by the class's name. */
const layer = (
  name: string,
  Class: new (args: never) => unknown,
  valid: () => object,
  args: Readonly<Record<string, Kind>>,
): Door =>
  door(
    name,
    (value: never) => new Class(value),
    () => [valid()],
    { "0": "object", "0.name": "text", "0.trainable": "flag", ...args },
  );
const initializers = (names: readonly string[]): Record<string, Kind> =>
  Object.fromEntries(names.map((name) => [`0.${name}`, "path"]));

export const LAYERS: Record<string, Door> = {
  calculateGain: door("calculateGain", layers.calculateGain, () => ["relu"], { "0": "choice", "1": "number" }),
  createInitializer: door("createInitializer", layers.createInitializer, () => ["xavier_normal", 1], {
    "0": "choice",
    "1": "integer",
    "2": "options",
    "2.gain": "positive",
  }),
  seedFor: door("seedFor", layers.seedFor, () => [1, "a"], { "0": "integer", "1": "path" }),
  torchUniform: door("torchUniform", layers.torchUniform, () => [1, 1], { "0": "count", "1": "integer" }),
  withoutWeights: door("withoutWeights", layers.withoutWeights, () => [() => 1], { "0": "function" }),
  AdaptiveAveragePool: layer("AdaptiveAveragePool", layers.AdaptiveAveragePool, () => ({ size: 2 }), {
    "0.size": "count",
  }),
  BatchNorm: layer("BatchNorm", layers.BatchNorm, () => ({}), { "0.epsilon": "positive", "0.momentum": "positive" }),
  Conv2d: layer("Conv2d", layers.Conv2d, () => ({ filters: 2, kernelSize: 3, kernelInitializer: uniform() }), {
    "0.filters": "count",
    "0.kernelSize": "count",
    "0.strides": "count",
    "0.padding": "padding",
    "0.activation": "choice",
    "0.useBias": "flag",
    "0.kernelInitializer": "path",
  }),
  Dropout: layer("Dropout", layers.Dropout, () => ({ rate: 0.5 }), { "0.rate": "positive" }),
  DropPath: layer("DropPath", layers.DropPath, () => ({ rate: 0.5 }), { "0.rate": "positive" }),
  Gelu: layer("Gelu", layers.Gelu, () => ({}), { "0.form": "choice" }),
  Linear: layer("Linear", layers.Linear, () => ({ units: 2, kernelInitializer: uniform() }), {
    "0.units": "count",
    "0.useBias": "flag",
    "0.kernelInitializer": "path",
  }),
  LayerNorm: layer("LayerNorm", layers.LayerNorm, () => ({}), { "0.epsilon": "positive" }),
  LocalResponseNorm: layer("LocalResponseNorm", layers.LocalResponseNorm, () => ({}), {
    "0.size": "count",
    "0.alpha": "positive",
    "0.beta": "positive",
    "0.k": "positive",
  }),
  MultiHeadSelfAttention: layer(
    "MultiHeadSelfAttention",
    layers.MultiHeadSelfAttention,
    () => ({ numHeads: 2, ...attention(QKV) }),
    { "0.numHeads": "count", "0.useQkvBias": "flag", "0.attnDropRate": "positive", ...initializers(QKV) },
  ),
  SpatialSelfAttention: layer(
    "SpatialSelfAttention",
    layers.SpatialSelfAttention,
    () => ({ ...attention(PROJECTION) }),
    { "0.reduction": "count", ...initializers(PROJECTION) },
  ),
  ClassToken: layer("ClassToken", layers.ClassToken, () => ({ initializer: uniform() }), { "0.initializer": "path" }),
  PositionalEmbedding: layer("PositionalEmbedding", layers.PositionalEmbedding, () => ({ initializer: uniform() }), {
    "0.initializer": "path",
  }),
  SelectToken: layer("SelectToken", layers.SelectToken, () => ({}), { "0.index": "natural" }),
  ImageRows: layer("ImageRows", layers.ImageRows, () => ({ rowLength: 4 }), { "0.rowLength": "count" }),
  Patches: layer("Patches", layers.Patches, () => ({ patchSize: 4 }), { "0.patchSize": "count" }),
  SequencePooling: layer("SequencePooling", layers.SequencePooling, () => ({ kernelInitializer: uniform() }), {
    "0.kernelInitializer": "path",
  }),
  SinusoidalEmbedding: layer("SinusoidalEmbedding", layers.SinusoidalEmbedding, () => ({}), {}),
};

const stored = () => ({
  metadata: { a: "b" },
  tensors: new Map([["w", { dtype: "F32", shape: [1], values: Float32Array.of(1) }]]),
});
const one = (changes: object): object => ({
  ...stored(),
  tensors: new Map([["w", { ...stored().tensors.get("w"), ...changes }]]),
});

export const SAFETENSORS: Record<string, Door> = {
  decode: door("decode", safetensors.decode, () => ["F32", new ArrayBuffer(4)], { "0": "choice", "1": "path" }),
  readSafetensors: door("readSafetensors", safetensors.readSafetensors, () => ["none"], { "0": "path" }),
  writeSafetensors: door("writeSafetensors", safetensors.writeSafetensors, () => [join(folder(), "a"), stored()], {
    "0": "path",
    "1": "object",
    "1.metadata": "object",
    "1.tensors": "list",
  }),
  "writeSafetensors, a tensor": door(
    "writeSafetensors",
    (change: object) => safetensors.writeSafetensors(join(folder(), "a"), one(change) as safetensors.Safetensors),
    () => [{}],
    { "0.dtype": "choice", "0.shape": "list", "0.values": "list" },
  ),
};

export const STUDY: Record<string, Door> = {
  checkpoints: door("checkpoints", study.checkpoints, () => ["study", {}], { "0": "path", "1": "object" }),
  chosen: door(
    "chosen",
    (asked: string, known: readonly string[]) => study.chosen("chosen", asked, known),
    () => ["a", ["a"]],
    { "0": "path", "1": "list" },
  ),
  checkSize: door("size", study.checkSize, () => ["smoke"], { "0": "choice" }),
  readClaims: door("readClaims", study.readClaims, () => ["none"], { "0": "path" }),
  judgeClaims: door(
    "judgeClaims",
    study.judgeClaims,
    () => [claims, "smoke", { measures: { a: 1 }, data: "archive" }],
    { "0": "list", "1": "choice", "2": "object", "2.measures": "object", "2.data": "choice" },
  ),
  assertClaims: door("assertClaims", study.assertClaims, () => [[]], { "0": "list" }),
  verdictTable: door("verdictTable", study.verdictTable, () => [[]], { "0": "list" }),
  report: door(
    "report",
    study.report,
    () => [
      {
        study: "s",
        size: "smoke",
        config: {},
        measures: { a: 1 },
        predictions: { a: { set, seed: 0, classes: labels } },
        parts: [],
      },
    ],
    { "0": "object", "0.study": "path", "0.size": "choice", "0.measures": "object", "0.predictions": "object" },
  ),
  storedResult: door("storedResult", study.storedResult, () => ["none"], { "0": "path" }),
  storedResults: door("storedResults", study.storedResults, () => ["none", "smoke"], { "0": "path", "1": "choice" }),
  table: door("table", study.table, () => [["a"], [[1]]], { "0": "list", "1": "list", "1.0": "list", "2": "text" }),
};
