/** What the audit of the public functions does not ask for, each with the reason. */

/** Types whose objects the library makes: they are checked as a whole, by what is read of them. */
export const MADE: Readonly<Record<string, string>> = {
  ImageSet: "a dataset's; what is read of it is checked field by field",
  FileSet: "a dataset's; what is read of it is checked field by field",
  Random: "createRandom's",
  PixelSet: "a dataset's; what is read of it is checked field by field",
  AttentionWeights: "attentionWeights'",
  FeatureMap: "featureMaps'",
  TorchSummary: "torchsummary's",
  Matrix: "embed's, pca's and umap's",
  ProfiledOp: "profile's",
  MainSpan: "profile's",
  MachinePeaks: "measurePeaks'",
  StepMean: "profile's",
  BatchGradients: "batchGradients'",
  Batch: "batches'",
  LossRecord: "a run's",
  Answered: "evaluate's, or ensemble's",
  ConfusionMatrix: "confusionMatrix's",
  Counted: "one of two forms of a result",
  Predicted: "evaluate's, or ensemble's",
  Scored: "evaluate's, or ensemble's",
  StoredClasses: "a study's stored predictions",
  Verdict: "judgeClaims'",
  ActiveRun: "startRun's",
  Space: "grid's and sample's; its configs are checked one by one",
  StopRule: "asha's",
  Place: "ray's",
};

/** Places that need no rule. */
export const FREE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "datasets.createRandom": { "0": "made anew for each image of each epoch: its own check is the shorter" },
  "datasets.fromArrays": Object.fromEntries(
    ["data", "height", "width", "channels"].map((field) => [`0.images[].${field}`, "one of several forms of an image"]),
  ),
  "train.createOptimizer": { "1.learningRate": "the argument learningRate is the one: one here is unknown" },
  "train.fit": {
    "2.optimizer.learningRate": "the option learningRate is the one: one here is unknown",
    "2.loss.name": "what a checkpoint keeps of a loss of one's own",
    "2.loss.sha256": "what a checkpoint keeps of a loss of one's own",
  },
  "train.profileStep": { "2.optimizer.learningRate": "the option learningRate is the one: one here is unknown" },
  "train.predict": Object.fromEntries(
    ["1", "1.data", "1.height", "1.width", "1.channels"].map((place) => [
      place,
      "a file, bytes or pixels: by its kind",
    ]),
  ),
  "train.terminalProgress": { "1": "any text: it is printed" },
  "study.chosen": { "0": "the name that its errors begin with" },
};
