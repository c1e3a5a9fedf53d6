/** A small server that answers as MLflow's REST API does, and misbehaves as it is told. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";

/** How the next call is answered: a status, never, or by a connection that is cut. */
type Mood = number | "hang" | "cut";

interface SeenMetric {
  readonly key: string;
  readonly value: number | string;
  readonly timestamp: number;
  readonly step: number;
}

interface SeenRun {
  readonly id: string;
  status: string;
  readonly metrics: SeenMetric[];
  /** Those that are there: what is sent twice is there once. */
  readonly seen: Set<string>;
  readonly params: Map<string, string>;
  readonly tags: Map<string, string>;
  readonly artifacts: Map<string, Buffer>;
}

export interface FakeMlflow {
  readonly uri: string;
  readonly runs: SeenRun[];
  /** Answers of the next calls, in order; then it serves. */
  readonly moods: Mood[];
  /** Every call's path, and how many metrics, parameters and tags came with it. */
  readonly calls: { readonly path: string; readonly items: readonly number[]; readonly authorization?: string }[];
  readonly experiments: Map<string, { readonly id: string; stage: "active" | "deleted" }>;
  /** Refuses connections until it is opened again, at the same address. */
  shut(): Promise<void>;
  open(): Promise<void>;
}

type Body = Record<string, never> & {
  readonly name: string;
  readonly run_id: string;
  readonly status: string;
  readonly filter: string;
  readonly metrics?: SeenMetric[];
  readonly params?: { key: string; value: string }[];
  readonly tags?: { key: string; value: string }[];
};

class Answer extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(code);
  }
}

export async function fakeMlflow(): Promise<FakeMlflow> {
  const fake: FakeMlflow = {
    uri: "",
    runs: [],
    moods: [],
    calls: [],
    experiments: new Map(),
    shut: () => new Promise((resolve) => (server.close(() => resolve()), server.closeAllConnections())),
    open: async () => void (await once(server.listen(port, "127.0.0.1"), "listening")),
  };
  const server = createServer((request, response) => void serve(fake, request, response));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return Object.assign(fake, { uri: `http://127.0.0.1:${port}` });
}

async function serve(fake: FakeMlflow, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const { pathname, searchParams } = new URL(request.url!, "http://here");
  const path = pathname.replace(/^.*\/api\/2\.0\//, "");
  const isFile = request.method === "PUT";
  const body = (isFile || bytes.length === 0 ? {} : JSON.parse(bytes.toString())) as Body;
  const items = [body.metrics, body.params, body.tags].map((list) => list?.length ?? 0);
  const { authorization } = request.headers;
  fake.calls.push({ path, items, ...(authorization !== undefined && { authorization }) });
  const mood = fake.moods.shift();
  if (mood === "hang") return;
  if (mood === "cut") return void request.socket.destroy();
  try {
    if (mood !== undefined && mood !== 200) throw new Answer(mood, "AS_TOLD");
    const answer = isFile ? store(fake, path, bytes) : answerTo(fake, path, body, searchParams);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  } catch (error) {
    const { status, code } = error as Answer;
    response
      .writeHead(status ?? 500, status === 429 ? { "retry-after": "0" } : {})
      .end(JSON.stringify({ error_code: code, message: String(error) }));
  }
}

function store(fake: FakeMlflow, path: string, bytes: Buffer): object {
  const [, id, name] = /^mlflow-artifacts\/artifacts\/1\/(\w+)\/artifacts\/(.+)$/.exec(path)!;
  runOf(fake, id!).artifacts.set(decodeURIComponent(name!), bytes);
  return {};
}

function runOf({ runs }: FakeMlflow, id: string): SeenRun {
  const found = runs.find((run) => run.id === id);
  if (!found) throw new Answer(404, "RESOURCE_DOES_NOT_EXIST");
  return found;
}

const told = ({ id, params }: SeenRun) => ({
  info: { run_id: id, artifact_uri: `mlflow-artifacts:/1/${id}/artifacts` },
  data: { params: [...params].map(([key, value]) => ({ key, value })) },
});

function answerTo(fake: FakeMlflow, path: string, body: Body, query: URLSearchParams): object {
  if (path === "mlflow/experiments/get-by-name") {
    const found = fake.experiments.get(query.get("experiment_name")!);
    if (!found) throw new Answer(404, "RESOURCE_DOES_NOT_EXIST");
    return { experiment: { experiment_id: found.id, lifecycle_stage: found.stage } };
  }
  if (path === "mlflow/experiments/create") {
    if (fake.experiments.has(body.name)) throw new Answer(400, "RESOURCE_ALREADY_EXISTS");
    fake.experiments.set(body.name, { id: "1", stage: "active" });
    return { experiment_id: "1" };
  }
  if (path === "mlflow/runs/search") {
    const [, tag, value] = /^tags\.`(.*)` = '(.*)'$/.exec(body.filter)!;
    return { runs: fake.runs.filter(({ tags }) => tags.get(tag!) === value).map(told) };
  }
  if (path === "mlflow/runs/create") {
    const tags = new Map((body.tags ?? []).map(({ key, value }) => [key, value]));
    const made = {
      metrics: [],
      seen: new Set<string>(),
      params: new Map<string, string>(),
      artifacts: new Map<string, Buffer>(),
    };
    fake.runs.push({ id: `r${fake.runs.length}`, status: "RUNNING", tags, ...made });
    return { run: told(fake.runs.at(-1)!) };
  }
  const run = runOf(fake, body.run_id);
  if (path === "mlflow/runs/update") run.status = body.status;
  else if (path === "mlflow/runs/log-batch") logBatch(run, body);
  else throw new Answer(404, "NOT_FOUND");
  return {};
}

function logBatch(run: SeenRun, { metrics = [], params = [], tags = [] }: Body): void {
  if (metrics.length > 1000 || params.length > 100 || tags.length > 100)
    throw new Answer(400, "INVALID_PARAMETER_VALUE");
  if ([...metrics, ...params, ...tags].some(({ key }) => !/^[\p{L}\p{N}_\-. :/]{1,250}$/u.test(key)))
    throw new Answer(400, "INVALID_PARAMETER_VALUE");
  for (const { key, value } of params) {
    if ((run.params.get(key) ?? value) !== value) throw new Answer(400, "INVALID_PARAMETER_VALUE");
    run.params.set(key, value);
  }
  for (const { key, value } of tags) run.tags.set(key, value);
  for (const metric of metrics) {
    const text = JSON.stringify(metric);
    if (!run.seen.has(text)) run.metrics.push(metric);
    run.seen.add(text);
  }
}
