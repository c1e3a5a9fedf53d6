/** The notebook that a new study begins as, and its claims: a whole study, small, to be changed into one's own. */
import type { Claim } from "../../study/claims.js";

/** As the kernel says it of itself: else JupyterLab writes it in as it opens the notebook, which is unsaved then. */
const LANGUAGE = {
  codemirror_mode: { name: "javascript", typescript: true },
  file_extension: ".ts",
  mimetype: "text/x-typescript",
  name: "typescript",
  nbconvert_exporter: "script",
  pygments_lexer: "typescript",
  version: "7.0.2",
};

interface Cell {
  readonly id: string;
  readonly source: string;
  /** A text of Markdown; otherwise it is code. */
  readonly text?: true;
  readonly tags?: readonly string[];
  /** Which of its figures, from 0, go into the picture of a stored run. */
  readonly picture?: readonly number[];
}

/** A notebook's file. @param name of the study: "my-study" */
export function studyNotebook(name: string): string {
  const cells = cellsOf(name).map(({ id, source, text, tags, picture }) => ({
    cell_type: text ? "markdown" : "code",
    ...(text ? {} : { execution_count: null }),
    id,
    metadata: { ...(tags && { tags }), ...(picture && { picture }) },
    ...(text ? {} : { outputs: [] }),
    source: source.split(/(?<=\n)/),
  }));
  const metadata = {
    kernelspec: { display_name: "TypeScript (Saccade)", language: "typescript", name: "saccade" },
    language_info: LANGUAGE,
  };
  return `${JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`;
}

/** Its claims.json. */
export function studyClaims(): string {
  return `${JSON.stringify(CLAIMS, null, 1)}\n`;
}

const ALL = ["smoke", "quick", "full"] as const;

const CLAIMS: readonly Claim[] = [
  {
    statement: "The network has 159,498 parameters",
    kind: "exact",
    sizes: ALL,
    conditions: [{ measure: "vit.parameters", is: "=", value: 159_498 }],
    basis: "counted from the layers' shapes, which the size does not change",
  },
  {
    statement: "It trains: steps are taken, and every loss is a finite number",
    kind: "mechanics",
    sizes: ALL,
    conditions: [
      { measure: "vit.steps", is: ">=", value: 4 },
      { measure: "vit.lossesNotFinite", is: "=", value: 0 },
    ],
    basis: "what the sizes set",
  },
  {
    statement: "It learns: more than twice as many test images right as by chance",
    kind: "learned",
    sizes: ["quick", "full"],
    conditions: [{ measure: "vit.accuracy", is: ">=", value: 0.2 }],
    basis: "ten classes, so a tenth is right by chance; replace this by the seeds that you ran, and their spread",
  },
];

function cellsOf(name: string): readonly Cell[] {
  return [
    {
      id: "title",
      text: true,
      source: `# ${titleOf(name)}

One question, answered with numbers. Here: does a small vision transformer learn from CIFAR-10's images? Ask your own.`,
    },
    {
      id: "parameters",
      tags: ["parameters"],
      source: `type Size = "smoke" | "quick" | "full";
let size: Size = "quick" as Size;
let seed = 0;
let learningRate = 1e-3;`,
    },
    {
      id: "check-size",
      tags: ["check"],
      source: `import { study } from "saccade";

study.checkSize(size);`,
    },
    {
      id: "sizes-note",
      text: true,
      source: `\`smoke\` shows in seconds that everything runs, \`quick\` takes a minute, \`full\` sees all images.
Where the archive cannot be had, drawn images take its place and say so; what was learned is not judged then.`,
    },
    {
      id: "config",
      source: `import { datasets, models, plots, show, study, train } from "saccade";

const sizes = {
  smoke: { trainImages: 200, testImages: 100, epochs: 1, batchSize: 50, lossEvery: 1 },
  quick: { trainImages: 10000, testImages: 2000, epochs: 2, batchSize: 100, lossEvery: 10 },
  full: { trainImages: 50000, testImages: 10000, epochs: 10, batchSize: 100, lossEvery: 50 },
};
const budget = sizes[size];
show({ size: size, seed: seed, learningRate: learningRate, budget: budget });`,
    },
    { id: "data-note", text: true, source: "## Data" },
    {
      id: "data",
      source: `const drawn = { trainImages: budget.trainImages, testImages: budget.testImages };
const cifar10 = await datasets.cifar10({ fallback: "generated", generated: drawn });
const trainSet = datasets.subset(cifar10.train, { count: budget.trainImages, seed: seed });
const testSet = datasets.subset(cifar10.test, { count: budget.testImages, seed: seed });
const source = \`\${cifar10.provenance.label}; size \${size}, seed \${seed}\`;
show(source);`,
    },
    { id: "model-note", text: true, source: "## Network" },
    {
      id: "model",
      source: `const model = models.createModel("small_vit", { seed: seed });
show(\`\${model.name}: \${model.countParams().toLocaleString("en")} parameters\`);`,
    },
    { id: "training-note", text: true, source: "## Training" },
    {
      id: "training",
      source: `const startedMs = Date.now();
const history = await train.fit(model, trainSet, {
  epochs: budget.epochs, batchSize: budget.batchSize, lossEvery: budget.lossEvery, learningRate: learningRate,
  seed: seed,
});
const evaluation = await train.evaluate(model, testSet);
const wallSeconds = (Date.now() - startedMs) / 1000;
const percent = (100 * evaluation.accuracy).toFixed(1);
show(\`\${percent} % of \${budget.testImages.toLocaleString("en")} test images right\`);`,
    },
    {
      id: "loss-curve",
      tags: ["figure"],
      picture: [0],
      source: `const perEpoch = datasets.batchCount(budget.trainImages, { batchSize: budget.batchSize });
show(plots.lines({
  title: \`Training loss on \${budget.trainImages.toLocaleString("en")} images\`,
  series: [{
    name: "small_vit",
    x: history.losses.map((at) => (at.epoch - 1) * perEpoch + at.batch),
    y: history.losses.map((at) => at.loss),
  }],
  xLabel: \`step (a batch of \${budget.batchSize} images)\`, yLabel: "cross-entropy", source: source,
}));`,
    },
    {
      id: "result-note",
      text: true,
      source: `## Result
Handed to whoever runs this notebook, with the predictions and what they were computed on.`,
    },
    {
      id: "result",
      source: `const result = study.report({
  study: "${name}",
  size: size,
  config: { seed: seed, learningRate: learningRate, budget: budget },
  measures: {
    "vit.accuracy": evaluation.accuracy,
    "vit.testLoss": evaluation.loss,
    "vit.parameters": model.countParams(),
    "vit.steps": history.steps,
    "vit.lossesNotFinite": history.losses.filter((at) => !Number.isFinite(at.loss)).length,
  },
  predictions: { vit: { set: testSet, seed: seed, classes: evaluation.predictions } },
  losses: { vit: history.losses },
  parts: [{ name: "vit", seconds: wallSeconds }],
});`,
    },
    {
      id: "claims-note",
      text: true,
      source: `## Claims
From \`results/${name}/claims.json\`. The run fails where one does not hold.`,
    },
    {
      id: "claims",
      source: `const claims = study.readClaims("results/${name}/claims.json");
const verdicts = study.judgeClaims(claims, size, { measures: result.measures, data: result.data.kind });
show(study.verdictTable(verdicts));
study.assertClaims(verdicts);`,
    },
  ];
}

/** "my-study" → "My study". */
function titleOf(name: string): string {
  const words = name.replaceAll("-", " ");
  return `${words[0]?.toUpperCase()}${words.slice(1)}`;
}
