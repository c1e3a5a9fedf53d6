import { spawn } from "node:child_process";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { registry } from "../../lib/models/index.js";

const LIBRARY = pathToFileURL(new URL("../../dist/lib/index.js", import.meta.url).pathname).href;

/** Sizes that make any model of the registry small, by the option's name; what is no size stays. */
const SMALL = `
  // A batch norm over two values alone would be as good as random.
  const SIDES = { airbench: 32, alexnet: 99, resnet: 64, vgg: 32 };
  const all = (value, size) => Array.isArray(value) ? value.map((each) => all(each, size)) : size;
  const small = ({ family, config }) => {
    const side = SIDES[family] ?? (config.patchSize ? 2 * config.patchSize : 16);
    const inputShape = [side, side, config.inputShape[2]];
    const plain = { inputShape, numClasses: 3, filters: 8, stages: 4, hidden: 8, blocks: 1, widths: 8 };
    const sizes = { ...plain, embedDim: 16, numHeads: 2, depth: 1, hiddenDim: 16, convFilters: 8, reduction: 2 };
    const sized = (name) =>
      name === "inputShape" || !(name in sizes) ? sizes[name] ?? config[name] : all(config[name], sizes[name]);
    return Object.fromEntries(Object.keys(config).map((name) => [name, sized(name)]));
  };`;

/** Prints, for each form of model, the losses of two steps of momentum and all its weights after them. */
const PROGRAM = `
  import { models, tf, train } from ${JSON.stringify(LIBRARY)};
  ${SMALL}
  const seen = new Set();
  const result = { backend: (await tf.ready(), tf.getBackend()), models: {}, same: [] };
  for (const [name, entry] of Object.entries(models.registry)) {
    const config = small(entry);
    const form = JSON.stringify([entry.family, config]);
    if (seen.has(form)) { result.same.push(name); continue; }
    seen.add(form);
    const model = models.createModel(name, config);
    const [height, width, channels] = config.inputShape;
    const images = Uint8Array.from({ length: 4 * height * width * channels }, (_, i) => (i * 2654435761) >>> 24);
    const provenance = { kind: "generated", label: "noise", archives: [] };
    const labelled = { labels: Int32Array.of(0, 1, 2, 1), classNames: ["a", "b", "c"] };
    const set = { name: "noise", split: "train", images, imageShape: config.inputShape, ...labelled, provenance };
    const before = tf.memory().numTensors;
    const optimizer = { name: "sgd", momentum: 0.9 };
    const options = { epochs: 1, batchSize: 2, lossEvery: 1, learningRate: 0.01, optimizer, progress: false };
    const { losses } = await train.fit(model, set, options);
    const leak = tf.memory().numTensors - before;
    const values = (weight) => Array.from(weight.read().dataSync(), (value) => Number(value.toPrecision(7)));
    const weights = model.weights.map((weight) => [weight.originalName, values(weight)]);
    result.models[name] = { losses: losses.map(({ loss }) => loss), leak, weights };
    model.dispose();
  }
  process.stdout.write(JSON.stringify(result));`;

interface Results {
  readonly backend: string;
  readonly same: readonly string[];
  readonly models: Readonly<
    Record<
      string,
      { readonly losses: number[]; readonly leak: number; readonly weights: [name: string, values: number[]][] }
    >
  >;
}

function run(backend: string): Promise<Results> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--input-type=module", "--eval", PROGRAM], {
      env: { ...process.env, SACCADE_BACKEND: backend },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    let errors = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    child.on("close", (code) =>
      code === 0 ? resolve(JSON.parse(output) as Results) : reject(new Error(`on ${backend}: ${errors.slice(-3000)}`)),
    );
  });
}

describe("two steps of training on WebAssembly are those of plain JavaScript", () => {
  let wasm: Results;
  let plain: Results;

  beforeAll(async () => {
    [wasm, plain] = await Promise.all([run("wasm"), run("cpu")]);
    console.log(
      `${Object.keys(wasm.models).length} forms of model trained on WebAssembly; of the same form when ` +
        `small: ${wasm.same.join(", ")}`,
    );
  });

  it("for every model of the registry, each on its backend", () => {
    expect([wasm.backend, plain.backend]).toEqual(["wasm", "cpu"]);
    expect([...Object.keys(wasm.models), ...wasm.same].sort()).toEqual(Object.keys(registry).sort());
    expect(Object.keys(wasm.models).length).toBeGreaterThan(20);
  });

  it("with the same losses, which are finite", () => {
    for (const [name, { losses }] of Object.entries(plain.models)) {
      expect(losses.length, name).toBe(2);
      losses.forEach((loss, step) => {
        expect(Number.isFinite(loss), `${name}, step ${step}`).toBe(true);
        expect(Math.abs(loss - wasm.models[name]!.losses[step]!), `${name}, loss of step ${step}`).toBeLessThan(
          2e-4 * Math.max(1, loss),
        ); // float32 in another order
      });
    }
  });

  it("with the same weights after them", () => {
    for (const [name, { weights }] of Object.entries(plain.models)) {
      weights.forEach(([weight, values], which) => {
        const worst = Math.max(
          ...values.map((value, i) => Math.abs(value - wasm.models[name]!.weights[which]![1][i]!)),
        );
        expect(worst / Math.max(1, ...values.map(Math.abs)), `${name}, ${weight}`).toBeLessThan(1e-4);
      });
    }
  });

  it("and leave no tensor behind", () => {
    expect(Object.entries(wasm.models).filter(([, { leak }]) => leak !== 0)).toEqual([]);
  });
});
