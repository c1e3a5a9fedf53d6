/** What the audit of the public functions does not ask for, each with the reason. */

/** Types whose objects the library makes: they are checked as a whole, by what is read of them. */
export const MADE: Readonly<Record<string, string>> = {
  ImageSet: "a dataset's; what is read of it is checked field by field",
  FileSet: "a dataset's; what is read of it is checked field by field",
  Random: "createRandom's",
  AttentionWeights: "attentionWeights'",
  ProfiledOp: "profile's",
  MainSpan: "profile's",
  LayerCosts: "layerCosts'",
  Gradients: "batchGradients'",
  Verdict: "judgeClaims'",
};

/** Places that need no rule. */
export const FREE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "datasets.createRandom": { "0": "made anew for each image of each epoch: its own check is the shorter" },
  "datasets.fromArrays": Object.fromEntries(
    ["data", "height", "width", "channels"].map((field) => [`0.images[].${field}`, "one of several forms of an image"]),
  ),
  "study.chosen": { "0": "the name that its errors begin with" },
};

/** Rooms of which not every argument has a rule yet: what a hand-written check holds it to is tested elsewhere. */
export const PENDING: readonly string[] = [...["train", "models", "safetensors"]];
