import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  analysis,
  backend,
  datasets,
  layers,
  models,
  plots,
  safetensors,
  study,
  tf,
  tracking,
  sweeps,
  train,
} from "../../lib/index.js";
import { residual, ROOFLINE, spansOf, STEPS } from "../plots/browser/profile-figures.js";
import { door, type Door } from "./doors.js";

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
  models.createModel("small_vit", {
    inputShape: [16, 16, 3],
    patchSize: 8,
    embedDim: 8,
    depth: 1,
    numHeads: 2,
    hiddenDim: 8,
  });
const cnn = (): tf.LayersModel =>
  models.createModel("mynet", { inputShape: [16, 16, 3], filters: [4], poolAfter: [1] });
const few16 = { images: images.subarray(0, 2 * 16 * 16 * 3), imageShape, mean: 0.5, std: [0.5, 0.5, 0.5] };
const featureMap = { layer: "conv1", use: 0, shape: [1, 1, 2, 1], values: Float32Array.of(0, 1) };
const rows = { shape: [4, 3], values: Float32Array.of(0, 1, 2, 1, 0, 5, 3, 3, 1, 4, 2, 2) };
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
const tokenWeights = { layer: "a", kind: "tokens", shape: [1, 1, 1, 1], values: Float32Array.of(1) };
const profile = { startedAtMs: 0, spans: [], ops: [], stepUs: 1 };
const rate = { best: 1, median: 1, worst: 1, runs: 1 };
const peaks = {
  processor: "p",
  device: "CPU",
  threads: 1,
  library: "l",
  measuredAt: "1970-01-01T00:00:00.000Z",
  compute: [{ dtype: "float32", size: 1, gflopsPerSecond: rate }],
  memory: { bytes: 1, gbPerSecond: rate },
  notMeasured: [],
};
const gradients = () => ({ images: 1, loss: 0, gradients: { a: vector() } });
const claims: study.Claim[] = [
  { statement: "s", kind: "exact", sizes: ["smoke"], conditions: [{ measure: "a", is: "=", value: 1 }], basis: "b" },
];

const few = { source: "generated", generated: { trainImages: 2, testImages: 2 } };

const DATASETS: Record<string, Door> = {
  cifar10: door("cifar10", datasets.cifar10, () => [few]),
  cifar100: door("cifar100", datasets.cifar100, () => [few]),
  fashionMnist: door("fashionMnist", datasets.fashionMnist, () => [few]),
  mnist: door("mnist", datasets.mnist, () => [few]),
  imagenette: door("imagenette", datasets.imagenette, () => [few]),
  imagenetteFiles: door("imagenetteFiles", datasets.imagenetteFiles, () => [{ signal: AbortSignal.abort() }]),
  generated: door("generated", datasets.generated, () => [{ trainImages: 1, testImages: 1 }]),
  imageFolder: door("imageFolder", datasets.imageFolder, () => ["none"]),
  loadImages: door("loadImages", datasets.loadImages, () => [files]),
  decodeImage: door("decodeImage", datasets.decodeImage, () => [Uint8Array.of(1), "a.png", 3]),
  batches: door("batches", datasets.batches, () => [set, { batchSize: 2 }]),
  pipeline: door("pipeline", datasets.pipeline, () => [set, { batchSize: 2 }]),
  batchCount: door("batchCount", datasets.batchCount, () => [5, { batchSize: 2 }]),
  augmentImage: door("augmentImage", datasets.augmentImage, () => [raster, {}, datasets.createRandom(0)]),
  applyPolicyOp: door("applyPolicyOp", datasets.applyPolicyOp, () => [raster, ["Invert", 1, null]]),
  split: door("split", datasets.split, () => [set, { count: 2 }]),
  resize: door("resize", datasets.resize, () => [set, { side: 2 }]),
  subset: door("subset", datasets.subset, () => [set, { count: 2 }]),
  fromArrays: door("fromArrays", datasets.fromArrays, () => [
    { images: Uint8Array.of(1, 2), labels: [0, 1], imageShape: [1, 1, 1] },
  ]),
  choose: door("choose", datasets.choose, () => [set, [0]]),
  imageAt: door("imageAt", datasets.imageAt, () => [set, 0]),
  imageTensor: door("imageTensor", datasets.imageTensor, () => [set, 0]),
  withClasses: door("withClasses", datasets.withClasses, () => [set, set.classNames]),
  duplicates: door("duplicates", datasets.duplicates, () => [set]),
  channelStatistics: door("channelStatistics", datasets.channelStatistics, () => [set]),
  createRandom: door("createRandom", datasets.createRandom, () => [0]),
  permutation: door("permutation", datasets.permutation, () => [3, datasets.createRandom(0)]),
};

const run = (): train.FitOptions => ({
  epochs: 1,
  batchSize: 4,
  progress: { step() {}, mark() {}, measured() {}, end() {} },
  optimizer: { name: "adam" },
  schedule: { name: "onecycle" },
  checkpoint: { folder: folder() },
  log: [tracking.jsonLines(folder())],
});

const TRACKING: Record<string, Door> = {
  jsonLines: door("jsonLines", tracking.jsonLines, () => [folder()]),
  mlflow: door("mlflow", tracking.mlflow, () => [{ uri: "http://127.0.0.1:1", experiment: "a" }]),
  metricHistory: door("metricHistory", tracking.metricHistory, () => [
    { scalars: [{ step: 1, time: "", values: { loss: 1 } }] },
    "loss",
  ]),
  liveCurves: door("liveCurves", tracking.liveCurves, () => [{ title: "a", values: ["*"], totalSteps: 3 }]),
  loggedImages: door("loggedImages", tracking.loggedImages, () => [
    "a",
    { images: Uint8Array.of(1, 2), imageShape: [1, 1, 1] },
    { count: 1 },
  ]),
  sendRun: door("sendRun", tracking.sendRun, () => ["none", tracking.jsonLines(folder())]),
  readRun: door("readRun", tracking.readRun, () => ["none"]),
  readRuns: door("readRuns", tracking.readRuns, () => ["none"]),
  tensorboard: door("tensorboard", tracking.tensorboard, () => [{ folder: folder() }]),
  startRun: door("startRun", tracking.startRun, () => [{ log: [tracking.jsonLines(folder())] }]),
};

const TRAIN: Record<string, Door> = {
  adam: door("adam", train.adam, () => [variables()]),
  adamW: door("adamW", train.adamW, () => [variables()]),
  sgd: door("sgd", train.sgd, () => [variables()]),
  rmsprop: door("rmsprop", train.rmsprop, () => [variables()]),
  createOptimizer: door("createOptimizer", train.createOptimizer, () => [variables(), { name: "adam" }, 0.1]),
  fit: door("fit", train.fit, () => [tiny(), set, { ...run(), parameterGroups: [{ weights: "head" }] }]),
  evaluate: door("evaluate", train.evaluate, () => [tiny(), set, { mean: 0.5, std: 0.5 }]),
  profileStep: door("profileStep", train.profileStep, () => [
    tiny(),
    set,
    { batchSize: 4, warmupSteps: 1, optimizer: { name: "adam" } },
  ]),
  loadCheckpoint: door("loadCheckpoint", train.loadCheckpoint, () => [tiny(), "none"]),
  crossEntropy: door("crossEntropy", train.crossEntropy, () => [matrix(), tf.tensor1d([0, 1], "int32")]),
  softmaxCrossEntropy: door("softmaxCrossEntropy", train.softmaxCrossEntropy, () => [
    matrix(),
    tf.tensor1d([0, 1], "int32"),
  ]),
  accuracyPerClass: door("accuracyPerClass", train.accuracyPerClass, () => [[0, 1], [true, false], 2]),
  calibrationError: door("calibrationError", train.calibrationError, () => [[0.5, 1], [true, false], 2]),
  checkSchedule: door("checkSchedule", train.checkSchedule, () => [{}]),
  learningRateAt: door("learningRateAt", train.learningRateAt, () => [{}, 0.1, 0, 10]),
  batchGradients: door("batchGradients", train.batchGradients, () => [
    tiny(),
    { images: tf.ones([2, 16, 16, 3]), labels: tf.zeros([2], "int32") },
  ]),
  splitBatch: door("splitBatch", train.splitBatch, () => [
    { images: tf.ones([2, 16, 16, 3]), labels: tf.zeros([2], "int32") },
    2,
  ]),
  averageGradients: door("averageGradients", train.averageGradients, () => [[gradients()]]),
  gradientDistance: door("gradientDistance", train.gradientDistance, () => [gradients(), gradients()]),
  momentumAt: door("momentumAt", train.momentumAt, () => [{}, 0, 10]),
  cluster: door("cluster", train.cluster, () => []),
  modelUse: door("modelUse", train.modelUse, () => [tiny()]),
  setModelUse: door("setModelUse", train.setModelUse, () => [tiny(), { classNames: [], mean: 0, std: 1 }]),
  predict: door("predict", train.predict, () => [tiny(), raster, { mean: 0.5, std: 0.5 }]),
  whiten: door("whiten", train.whiten, () => [
    models.createModel("airbench94", { inputShape: [16, 16, 3], widths: [2] }),
    set,
    { mean: 0.5, std: 0.5, count: 2 },
  ]),
  terminalProgress: door("terminalProgress", train.terminalProgress, () => [process.stderr]),
};

/** What builds a model: of any size, as its weights take no memory here. */
const builder = (name: string, build: (config: never) => tf.LayersModel, config: object): Door =>
  door(
    name,
    (given: never) => layers.withoutWeights(() => build(given)),
    () => [config],
  );

/** How a file is fetched: not at all. */
const fetching = {
  attempts: 1,
  backoffMs: 0,
  progress: { update: () => 1, note: () => 1, end: () => 1 },
  signal: AbortSignal.abort(),
  env: {},
};

const MODELS: Record<string, Door> = {
  alexnet: builder("alexnet", models.alexnet, models.modelConfig("alexnet_lrn")),
  cnnSelfAttention: builder("cnnSelfAttention", models.cnnSelfAttention, models.modelConfig("cnn_self_attention")),
  compactTransformer: builder("compactTransformer", models.compactTransformer, models.modelConfig("cct_2_3x2_32")),
  airbench: builder("airbench", models.airbench, models.modelConfig("airbench94")),
  plainCnn: builder("plainCnn", models.plainCnn, models.modelConfig("mynet")),
  resnet: builder("resnet", models.resnet, models.modelConfig("resnet34_bias")),
  smallVit: builder("smallVit", models.smallVit, models.modelConfig("small_vit")),
  vgg: builder("vgg", models.vgg, models.modelConfig("vgg16_dropout_first")),
  vit: builder("vit", models.vit, models.modelConfig("vit_b16")),
  listModels: door("listModels", models.listModels, () => ["vit*"]),
  registerModel: door("registerModel", models.registerModel, () => [
    { name: "tiny_door", build: () => tiny(), config: {}, replace: true },
  ]),
  initialize: door("initialize", models.initialize, () => [tiny(), "orthogonal", { gain: 2, seed: 1 }]),
  freeze: door("freeze", models.freeze, () => [tiny(), "*"]),
  unfreeze: door("unfreeze", models.unfreeze, () => [tiny(), "*"]),
  frozenWeights: door("frozenWeights", models.frozenWeights, () => [tiny()]),
  allWeights: door("allWeights", models.allWeights, () => [tiny()]),
  plainModel: door("plainModel", models.plainModel, () => [tiny()]),
  loadWeights: door("loadWeights", models.loadWeights, () => [tiny(), "none"]),
  readWeights: door("readWeights", models.readWeights, () => ["none"]),
  saveWeights: door("saveWeights", models.saveWeights, () => [tiny(), join(folder(), "a")]),
  saveLayersModel: door("saveLayersModel", models.saveLayersModel, () => [tiny(), folder()]),
  exportOnnx: door("exportOnnx", models.exportOnnx, () => [
    tiny(),
    join(folder(), "a.onnx"),
    { layout: "NHWC", classNames: Array.from({ length: 10 }, (_, i) => `class ${i}`) },
  ]),
  publishedWeights: door("publishedWeights", models.publishedWeights, () => [
    "timm/resnet18.tv_in1k",
    { sha256: "0".repeat(64), ...fetching },
  ]),
  pretrained: door("pretrained", models.pretrained, () => [
    "timm/resnet18.tv_in1k",
    {},
    { sha256: "0".repeat(64), ...fetching },
  ]),
  resamplePositions: door("resamplePositions", models.resamplePositions, () => [
    new Float32Array(4),
    4,
    1,
    { height: 2, width: 2, prefix: 0 },
  ]),
  createModel: door("createModel", models.createModel, () => ["small_vit", {}]),
  modelConfig: door("modelConfig", models.modelConfig, () => ["small_vit", {}]),
  outline: door("outline", models.outline, () => ["small_vit", {}, () => 1]),
};

const pixels = { title: "t", images: new Uint8Array(12), imageShape: [2, 2, 3] };

const PLOTS: Record<string, Door> = {
  lines: door("lines", plots.lines, () => [
    { title: "t", xLabel: "x", yLabel: "y", series: [{ name: "a", y: [1, 2] }] },
  ]),
  bars: door("bars", plots.bars, () => [
    {
      title: "t",
      xLabel: "x",
      yLabel: "y",
      categories: ["a"],
      series: [{ name: "a", values: [1] }],
      reference: { value: 1, label: "r" },
    },
  ]),
  scatter: door("scatter", plots.scatter, () => [
    { title: "t", xLabel: "x", yLabel: "y", series: [{ name: "a", x: [1], y: [1] }] },
  ]),
  paretoFront: door("paretoFront", plots.paretoFront, () => [
    { title: "t", xLabel: "x", yLabel: "y", series: [{ name: "a", x: [1], y: [1] }] },
  ]),
  paretoIndices: door("paretoIndices", plots.paretoIndices, () => [[[1], [1]]]),
  reliabilityDiagram: door("reliabilityDiagram", plots.reliabilityDiagram, () => [
    { title: "t", bins: [{ from: 0, to: 1, count: 1, confidence: 1, accuracy: 1 }] },
  ]),
  activations: door("activations", plots.activations, () => [
    { title: "t", functions: [{ name: "a", values: [1, 2], derivatives: [1, 1] }, "relu"], range: [-1, 1] },
  ]),
  histogram: door("histogram", plots.histogram, () => [
    { title: "t", xLabel: "x", series: [{ name: "a", values: [1, 2] }] },
  ]),
  heatmap: door("heatmap", plots.heatmap, () => [
    { title: "t", valueLabel: "v", xLabel: "x", yLabel: "y", values: [[1, 2]] },
  ]),
  contour: door("contour", plots.contour, () => [
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
  ]),
  parallelCoordinates: door("parallelCoordinates", plots.parallelCoordinates, () => [
    {
      title: "t",
      axes: [
        { label: "a", values: [1, 2] },
        { label: "b", values: [1, 2] },
      ],
    },
  ]),
  confusionMatrix: door("confusionMatrix", plots.confusionMatrix, () => [
    {
      title: "t",
      counts: [
        [1, 0],
        [0, 1],
      ],
      classNames: ["a", "b"],
    },
  ]),
  confusionGrid: door("confusionGrid", plots.confusionGrid, () => [
    { ...pixels, labels: [0], predictions: [1], confidences: [1], classNames: ["a", "b"] },
  ]),
  roofline: door("roofline", plots.roofline, () => [{ title: "t", roofline: ROOFLINE }]),
  stepTimeBreakdown: door("stepTimeBreakdown", plots.stepTimeBreakdown, () => [{ title: "t", profiles: STEPS }]),
  stepTimeDifference: door("stepTimeDifference", plots.stepTimeDifference, () => [
    { title: "t", before: STEPS[0], after: STEPS[1] },
  ]),
  opTimeline: door("opTimeline", plots.opTimeline, () => [{ title: "t", spans: spansOf(2), categories: ["a"] }]),
  architecture: door("architecture", plots.architecture, () => [
    { title: "t", models: [{ name: "m", layers: residual(2) }] },
  ]),
  imageGrid: door("imageGrid", plots.imageGrid, () => [pixels]),
  attentionOverlay: door("attentionOverlay", plots.attentionOverlay, () => [
    { ...pixels, maps: [1], mapShape: [1, 1] },
  ]),
};

const tinyCnn = (): tf.LayersModel => models.plainCnn({ inputShape: [16, 16, 3], numClasses: 10, filters: [2] });
/** That was undone, so that its layer is over. */
const pruningStep = {
  ...{ layer: "conv1", unit: 0, norm: 1, kept: false, left: 2 },
  ...{ before: 1, after: 0, retrained: 0, drop: 1 },
};

const ANALYSIS: Record<string, Door> = {
  attentionLayers: door("attentionLayers", analysis.attentionLayers, () => [tiny()]),
  attentionWeights: door("attentionWeights", analysis.attentionWeights, () => [tiny(), few16]),
  attentionMap: door("attentionMap", analysis.attentionMap, () => [
    weights,
    0,
    { head: 0, from: "mean", form: "patches", patchSize: 4, imageShape: [8, 8, 3] },
  ]),
  attentionMaps: door("attentionMaps", analysis.attentionMaps, () => [
    weights,
    { head: 0, from: "mean", form: "patches", patchSize: 4, imageShape: [8, 8, 3] },
  ]),
  attentionSpread: door("attentionSpread", analysis.attentionSpread, () => [weights]),
  attentionRollout: door("attentionRollout", analysis.attentionRollout, () => [[tokenWeights], { fusion: "mean" }]),
  attentionDistance: door("attentionDistance", analysis.attentionDistance, () => [[weights]]),
  positionalEmbeddings: door("positionalEmbeddings", analysis.positionalEmbeddings, () => [tiny()]),
  cosineSimilarity: door("cosineSimilarity", analysis.cosineSimilarity, () => [rows]),
  gridOfGrids: door("gridOfGrids", analysis.gridOfGrids, () => [[[1]], { rows: 1, columns: 1, numPrefixTokens: 0 }]),
  featureMaps: door("featureMaps", analysis.featureMaps, () => [cnn(), few16, { layers: ["conv1"] }]),
  channelImages: door("channelImages", analysis.channelImages, () => [featureMap]),
  channelRows: door("channelRows", analysis.channelRows, () => [featureMap]),
  filters: door("filters", analysis.filters, () => [cnn()]),
  embed: door("embed", analysis.embed, () => [cnn(), few16]),
  pca: door("pca", analysis.pca, () => [rows]),
  umap: door("umap", analysis.umap, () => [rows, { neighbors: 2, epochs: 2 }]),
  classPoints: door("classPoints", analysis.classPoints, () => [rows, [0, 1, 1, 0]]),
  cka: door("cka", analysis.cka, () => [rows, rows]),
  ckaMatrix: door("ckaMatrix", analysis.ckaMatrix, () => {
    const model = cnn();
    return [model, model, few16, { layers: ["conv1"], otherLayers: ["head"] }];
  }),
  unitActivity: door("unitActivity", analysis.unitActivity, () => [cnn(), few16]),
  gradientNorms: door("gradientNorms", analysis.gradientNorms, () => [cnn(), few16, [0, 1]]),
  normSeries: door("normSeries", analysis.normSeries, () => [[{ norms: { conv1: 1 } }]]),
  gradCam: door("gradCam", analysis.gradCam, () => [
    tiny(),
    few16,
    { classes: [0, 1], tokens: { form: "patches", patchSize: 8, imageShape: [16, 16, 3] } },
  ]),
  upsampledMaps: door("upsampledMaps", analysis.upsampledMaps, () => [
    { maps: Float32Array.of(0, 1), mapShape: [1, 2] },
    [2, 4],
  ]),
  confusionMatrix: door("confusionMatrix", analysis.confusionMatrix, () => [[0, 1], [0, 1], 2]),
  accuracyInterval: door("accuracyInterval", analysis.accuracyInterval, () => [{ right: 1, total: 2 }]),
  accuracyPerClass: TRAIN["accuracyPerClass"]!,
  calibration: door("calibration", analysis.calibration, () => [
    {
      labels: [0, 1],
      logits: [
        [1, 0],
        [1, 0],
      ],
    },
  ]),
  calibrationError: TRAIN["calibrationError"]!,
  ensemble: door("ensemble", analysis.ensemble, () => [
    [
      {
        labels: [0, 1],
        logits: [
          [1, 0],
          [1, 0],
        ],
      },
    ],
  ]),
  mcnemar: door("mcnemar", analysis.mcnemar, () => [
    [0, 1],
    [0, 1],
    [1, 1],
  ]),
  mostConfused: door("mostConfused", analysis.mostConfused, () => [
    [
      [1, 2],
      [0, 1],
    ],
  ]),
  overSeeds: door("overSeeds", analysis.overSeeds, () => [[1, 2]]),
  perClassIntervals: door("perClassIntervals", analysis.perClassIntervals, () => [
    [
      [1, 2],
      [0, 1],
    ],
  ]),
  summary: door("summary", analysis.summary, () => [tiny()]),
  torchsummary: door("torchsummary", analysis.torchsummary, () => [tiny(), "small_vit"]),
  torchsummaryText: door("torchsummaryText", analysis.torchsummaryText, () => [
    analysis.torchsummary(tiny(), "small_vit")!,
  ]),
  countMacs: door("countMacs", analysis.countMacs, () => [tiny()]),
  rankUnits: door("rankUnits", analysis.rankUnits, () => [tiny(), "block1/dense1"]),
  prunableLayers: door("prunableLayers", analysis.prunableLayers, () => [tiny()]),
  prune: door("prune", analysis.prune, () => [tiny(), {}]),
  maskUnits: door("maskUnits", analysis.maskUnits, () => [tiny(), {}]),
  pruneStepwise: door("pruneStepwise", analysis.pruneStepwise, () => [
    tinyCnn(),
    {
      measure: () => 1,
      layers: ["conv1"],
      maxSteps: { conv1: 1 },
      resume: [pruningStep],
      callbacks: { step() {} },
      progress: { working() {}, step() {}, end() {} },
    },
  ]),
  convolutionsAsGemm: door("convolutionsAsGemm", analysis.convolutionsAsGemm, () => [tinyCnn()]),
  compareCost: door("compareCost", analysis.compareCost, () => [
    { cnn: tinyCnn() },
    tf.ones([1, 16, 16, 3]),
    { rounds: 1, warmupRounds: 1, signal: AbortSignal.abort() },
  ]),
  cloneModel: door("cloneModel", analysis.cloneModel, () => [tiny(), { seed: 1 }]),
  receptiveFields: door("receptiveFields", analysis.receptiveFields, () => [tiny()]),
  countFlops: door("countFlops", analysis.countFlops, () => [tiny(), "operations"]),
  profile: door("profile", analysis.profile, () => [backend.compile((x: tf.Tensor) => tf.square(x)), () => [vector()]]),
  measurePeaks: door("measurePeaks", analysis.measurePeaks, () => [{ runs: 1, size: 8, bytes: 64 }]),
  roofline: door("roofline", analysis.roofline, () => [profile, peaks]),
  architecture: door("architecture", analysis.architecture, () => [tiny()]),
  timeline: door("timeline", analysis.timeline, () => [profile]),
  utilization: door("utilization", analysis.utilization, () => [
    { ...profile, mean: { steps: 1, stepUs: 1, stdUs: 0, breakdown: {}, cpuUs: 1, cores: 1 } },
  ]),
  layerCosts: door("layerCosts", analysis.layerCosts, () => [profile]),
  toTraceEvents: door("toTraceEvents", analysis.toTraceEvents, () => [profile]),
  toXSpace: door("toXSpace", analysis.toXSpace, () => [profile]),
  writeXPlane: door("writeXPlane", analysis.writeXPlane, () => [profile, folder(), "run"]),
};

const BACKEND: Record<string, Door> = {
  compile: door("compile", backend.compile, () => [() => tf.scalar(1)]),
  applyAdam: door("applyAdam", backend.applyAdam, () => [[adam()], settings()]),
  applyMomentum: door("applyMomentum", backend.applyMomentum, () => [
    [{ variable: tf.variable(vector()), momentum: tf.variable(vector()), gradient: vector() }],
    { learningRate: 0.1, decay: 0.9 },
  ]),
  keepInPlace: door("keepInPlace", backend.keepInPlace, () => [variables()]),
};

const OPS: Record<string, Door> = {
  attention: door("attention", ops.attention, () => [matrix(), matrix(), matrix()]),
  batchNormTraining: door("batchNormTraining", ops.batchNormTraining, () => [batch(), vector(), vector(), 1e-5]),
  biasAdd: door("biasAdd", ops.biasAdd, () => [matrix(), vector()]),
  clipByGlobalNorm: door("clipByGlobalNorm", ops.clipByGlobalNorm, () => [[vector()], 1]),
  conv2d: door("conv2d", ops.conv2d, () => [batch(), tf.ones([3, 3, 3, 2]), undefined, 1, "same"]),
  dense: door("dense", ops.dense, () => [matrix(), tf.ones([3, 2])]),
  dropPath: door("dropPath", ops.dropPath, () => [matrix(), 0.5]),
  dropout: door("dropout", ops.dropout, () => [matrix(), 0.5]),
  gelu: door("gelu", ops.gelu, () => [matrix()]),
  globalNorm: door("globalNorm", ops.globalNorm, () => [[vector()]]),
  layerNorm: door("layerNorm", ops.layerNorm, () => [matrix(), vector(), vector(), 1e-5]),
  permutation: door("permutation", ops.permutation, () => [3]),
  localResponseNorm: door("localResponseNorm", ops.localResponseNorm, () => [batch(), { size: 3 }]),
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
const layer = (name: string, Class: new (args: never) => unknown, valid: () => object): Door =>
  door(
    name,
    (value: never) => new Class(value),
    () => [valid()],
  );

const LAYERS: Record<string, Door> = {
  calculateGain: door("calculateGain", layers.calculateGain, () => ["relu"]),
  createInitializer: door("createInitializer", layers.createInitializer, () => ["xavier_normal", 1]),
  seedFor: door("seedFor", layers.seedFor, () => [1, "a"]),
  torchUniform: door("torchUniform", layers.torchUniform, () => [1, 1]),
  withoutWeights: door("withoutWeights", layers.withoutWeights, () => [() => 1]),
  AdaptiveAveragePool: layer("AdaptiveAveragePool", layers.AdaptiveAveragePool, () => ({ size: 2 })),
  BatchNorm: layer("BatchNorm", layers.BatchNorm, () => ({})),
  Conv2d: layer("Conv2d", layers.Conv2d, () => ({ filters: 2, kernelSize: 3, kernelInitializer: uniform() })),
  UnfoldConv2d: layer("UnfoldConv2d", layers.UnfoldConv2d, () => ({
    filters: 2,
    kernelSize: 3,
    kernelInitializer: uniform(),
  })),
  Dropout: layer("Dropout", layers.Dropout, () => ({ rate: 0.5 })),
  DropPath: layer("DropPath", layers.DropPath, () => ({ rate: 0.5 })),
  Gelu: layer("Gelu", layers.Gelu, () => ({})),
  Linear: layer("Linear", layers.Linear, () => ({ units: 2, kernelInitializer: uniform() })),
  LayerNorm: layer("LayerNorm", layers.LayerNorm, () => ({})),
  LocalResponseNorm: layer("LocalResponseNorm", layers.LocalResponseNorm, () => ({})),
  MultiHeadSelfAttention: layer("MultiHeadSelfAttention", layers.MultiHeadSelfAttention, () => ({
    numHeads: 2,
    ...attention(QKV),
  })),
  SpatialSelfAttention: layer("SpatialSelfAttention", layers.SpatialSelfAttention, () => ({
    ...attention(PROJECTION),
  })),
  ClassToken: layer("ClassToken", layers.ClassToken, () => ({ initializer: uniform() })),
  PositionalEmbedding: layer("PositionalEmbedding", layers.PositionalEmbedding, () => ({ initializer: uniform() })),
  SelectToken: layer("SelectToken", layers.SelectToken, () => ({})),
  ImageRows: layer("ImageRows", layers.ImageRows, () => ({ rowLength: 4 })),
  Patches: layer("Patches", layers.Patches, () => ({ patchSize: 4 })),
  SequencePooling: layer("SequencePooling", layers.SequencePooling, () => ({ kernelInitializer: uniform() })),
  SinusoidalEmbedding: layer("SinusoidalEmbedding", layers.SinusoidalEmbedding, () => ({})),
};

const stored = () => ({
  metadata: { a: "b" },
  tensors: new Map([["w", { dtype: "F32", shape: [1], values: Float32Array.of(1) }]]),
});
const one = (changes: object): object => ({
  ...stored(),
  tensors: new Map([["w", { ...stored().tensors.get("w"), ...changes }]]),
});

const SAFETENSORS: Record<string, Door> = {
  decode: door("decode", safetensors.decode, () => ["F32", new ArrayBuffer(4)]),
  readSafetensors: door("readSafetensors", safetensors.readSafetensors, () => ["none"]),
  writeSafetensors: door("writeSafetensors", safetensors.writeSafetensors, () => [join(folder(), "a"), stored()]),
  "writeSafetensors, a tensor": door(
    "writeSafetensors",
    (change: object) => safetensors.writeSafetensors(join(folder(), "a"), one(change) as safetensors.Safetensors),
    () => [{}],
    { names: ["tensor"], places: ["0.dtype", "0.shape", "0.values"], optional: [] },
  ),
};

const verdict = { statement: "s", kind: "exact", holds: true, found: "f" };

const STUDY: Record<string, Door> = {
  checkpoints: door("checkpoints", study.checkpoints, () => ["study", {}]),
  begin: door("begin", study.begin, () => ["study", { size: "smoke" }]),
  chosen: door("chosen", study.chosen, () => ["chosen", "a", ["a"]]),
  checkSize: door("size", study.checkSize, () => ["smoke"]),
  readClaims: door("readClaims", study.readClaims, () => ["none"]),
  judgeClaims: door("judgeClaims", study.judgeClaims, () => [
    claims,
    "smoke",
    { measures: { a: 1 }, data: "archive", notRun: ["b"] },
  ]),
  assertClaims: door("assertClaims", study.assertClaims, () => [[verdict]]),
  verdictTable: door("verdictTable", study.verdictTable, () => [[verdict]]),
  report: door("report", study.report, () => [
    {
      study: "s",
      size: "smoke",
      config: {},
      measures: { a: 1 },
      predictions: { a: { set, seed: 0, classes: labels } },
      parts: [{ name: "a", seconds: 1 }],
      losses: { a: [{ epoch: 1, batch: 1, loss: 1 }] },
      notRun: ["b"],
    },
  ]),
  storedResult: door("storedResult", study.storedResult, () => ["none"]),
  partialResults: door("partialResults", study.partialResults, () => ["none"]),
  storedResults: door("storedResults", study.storedResults, () => ["none", "smoke"]),
  table: door("table", study.table, () => [["a"], [[1]]]),
};

const sweep = (): sweeps.SweepOptions => ({
  name: "doors",
  trial: () => 1,
  space: [{ a: 1 }],
  setup: () => 1,
  metric: "value",
  mode: "max",
  earlyStopping: sweeps.asha({ metric: "value", max: 1 }),
  until: () => true,
  processes: 1,
  threads: 1,
  pin: false,
  folder: folder(),
  resume: true,
  retryFailed: false,
  on: null,
  signal: AbortSignal.abort(),
  progress: false,
});

const SWEEPS: Record<string, Door> = {
  asha: door("asha", sweeps.asha, () => [{ metric: "a", mode: "max", max: 9, reductionFactor: 3, grace: 1 }]),
  choice: door("choice", sweeps.choice, () => [[1, 2]]),
  grid: door("grid", sweeps.grid, () => [{ a: [1] }]),
  integer: door("integer", sweeps.integer, () => [1, 2]),
  logUniform: door("logUniform", sweeps.logUniform, () => [1, 2]),
  read: door("read", sweeps.read, () => ["none", { metric: "a", mode: "max" }]),
  run: door("run", sweeps.run, () => [sweep()]),
  ray: door("ray", sweeps.ray, () => [
    { address: "http://127.0.0.1:9", cpus: 1, gpus: 0, trials: 1, node: "node", pollMs: 9 },
  ]),
  sample: door("sample", sweeps.sample, () => [{ a: sweeps.choice([1]) }, { count: 1, seed: 1 }]),
  uniform: door("uniform", sweeps.uniform, () => [1, 2]),
};

/** Each room of the library with its public functions and what they are called with. */
export const ROOMS: readonly (readonly [name: string, room: object, doors: Readonly<Record<string, Door>>])[] = [
  ["datasets", datasets, DATASETS],
  ["train", train, TRAIN],
  ["models", models, MODELS],
  ["plots", plots, PLOTS],
  ["analysis", analysis, ANALYSIS],
  ["backend", backend, BACKEND],
  ["backend.ops", backend.ops, OPS],
  ["layers", layers, LAYERS],
  ["study", study, STUDY],
  ["safetensors", safetensors, SAFETENSORS],
  ["tracking", tracking, TRACKING],
  ["sweeps", sweeps, SWEEPS],
];
