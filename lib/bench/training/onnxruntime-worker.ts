/**
 * ONNX Runtime's package for Node in a process of its own, which runs the ONNX file of our network: `node
 * onnxruntime-worker.js FOLDER`, where npm has put it below FOLDER.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { peakBytes, serve, timed, timedEach } from "./contender-program.js";

/** The part of onnxruntime-node that is called here; it is no dependency, so its types are not at hand. */
interface OnnxRuntime {
  readonly env: { readonly versions: { readonly common: string; readonly node?: string } };
  readonly Tensor: new (type: "float32", data: Float32Array, shape: readonly number[]) => object;
  readonly InferenceSession: { create(file: string, options: object): Promise<Session> };
}

interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Readonly<Record<string, object>>): Promise<Readonly<Record<string, { readonly data: Float32Array }>>>;
}

/** What it is asked for; as the other peers, without what only a training needs. */
interface Request {
  readonly open?: {
    readonly file: string;
    /** [H, W, C] */
    readonly inputShape: readonly [number, number, number];
    readonly batch: number;
    readonly threads: number;
    /** Whether the machine does other work: threads wait passively then. */
    readonly busy: boolean;
  };
  readonly run?: number;
  readonly at?: number;
}

const onnx = load(process.argv[2]!);
const opened: (() => Promise<void>)[] = [];

/** Ends the program with one line that says why, where it is not there. */
function load(folder: string): OnnxRuntime {
  try {
    return createRequire(join(folder, "package.json"))("onnxruntime-node") as OnnxRuntime;
  } catch (error) {
    console.error((error as Error).message.split("\n")[0]);
    process.exit(1);
  }
}

async function answer({ open, run, at = -1 }: Request): Promise<object> {
  if (open) return await openFile(open);
  if (run !== undefined) return { ms: await timedEach(run, opened.at(at)!) };
  return { bytes: peakBytes() };
}

async function openFile({ file, inputShape, batch, threads, busy }: NonNullable<Request["open"]>): Promise<object> {
  const session = await onnx.InferenceSession.create(file, {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    ...(busy && { extra: { session: { intra_op: { allow_spinning: "0" } } } }),
  });
  const [height, width, channels] = inputShape;
  const pixels = Float32Array.from({ length: batch * height * width * channels }, (_, i) => Math.sin(i));
  const images = new onnx.Tensor("float32", pixels, [batch, channels, height, width]);
  const step = async (): Promise<void> => {
    const results = await session.run({ [session.inputNames[0]!]: images });
    results[session.outputNames[0]!]!.data.at(-1); // they lie in JavaScript's memory now
  };
  const firstMs = await timed(step);
  await step();
  opened.push(step);
  const { node, common } = onnx.env.versions;
  return { parameters: null, firstMs, version: `ONNX Runtime ${node ?? common}`, device: "CPU" };
}

void serve(answer);
