/** MLflow's REST API 2.0 over HTTP: one call, its credentials, and what of an error may go away. */
import { openAsBlob } from "node:fs";

/** The server has refused: to ask again would not help. */
export class RefusedError extends Error {
  /** By which it is told from other errors. */
  override readonly name = "RefusedError";
}

/** The server is away or busy: to ask again later may help. */
export class AwayError extends Error {
  /** By which it is told from other errors. */
  override readonly name = "AwayError";

  /** @param afterMs when to ask again, where the server says so */
  constructor(
    message: string,
    readonly afterMs?: number,
  ) {
    super(message);
  }
}

/** What a server answers within. */
const ANSWER_MS = 10_000;
/** What a file takes at most. */
const UPLOAD_MS = 3_600_000;

/** A server of MLflow. */
export interface MlflowApi {
  /** Its address without credentials. */
  readonly uri: string;
  /** `api/2.0/mlflow/…`; GET without a body, else POST. @throws RefusedError or AwayError */
  call<Answer>(path: string, body?: object): Promise<Answer>;
  /** Stores a file through the server's artifact proxy. @throws RefusedError or AwayError */
  upload(path: string, content: Uint8Array | { readonly path: string }): Promise<void>;
}

/** @param uri "http://127.0.0.1:5000", with a path before `/api` and a user's name and password, where it has some */
export function mlflowApi(uri: string, env: NodeJS.ProcessEnv = process.env): MlflowApi {
  const url = new URL(uri);
  const authorization = authorizationOf(url, env);
  url.username = url.password = "";
  const base = url.href.replace(/\/+$/, "");
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
  return {
    uri: base,
    async call(path, body) {
      const request: RequestInit =
        body === undefined
          ? { headers }
          : { method: "POST", headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(body) };
      const text = await answered(base, `${base}/api/2.0/mlflow/${path}`, request, ANSWER_MS);
      try {
        return JSON.parse(text) as never;
      } catch {
        throw new RefusedError(`${base} is no MLflow server: its answer is no JSON`);
      }
    },
    async upload(path, content) {
      const name = path.split("/").map(encodeURIComponent).join("/");
      const body = content instanceof Uint8Array ? new Uint8Array(content) : await openAsBlob(content.path);
      const request = { method: "PUT", headers: { ...headers, "content-type": "application/octet-stream" }, body };
      await answered(base, `${base}/api/2.0/mlflow-artifacts/artifacts/${name}`, request, UPLOAD_MS);
    },
  };
}

/** By MLflow's own variables, or the address. */
function authorizationOf(url: URL, env: NodeJS.ProcessEnv): string | undefined {
  const { MLFLOW_TRACKING_TOKEN: token, MLFLOW_TRACKING_USERNAME: user, MLFLOW_TRACKING_PASSWORD: password } = env;
  const basic = (name: string, word: string): string => `Basic ${Buffer.from(`${name}:${word}`).toString("base64")}`;
  if (url.username !== "") return basic(decodeURIComponent(url.username), decodeURIComponent(url.password));
  if (user) return basic(user, password ?? "");
  return token ? `Bearer ${token}` : undefined;
}

async function answered(base: string, url: string, request: RequestInit, timeoutMs: number): Promise<string> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { ...request, signal: AbortSignal.timeout(timeoutMs) });
    text = await response.text();
  } catch (error) {
    throw new AwayError(`${base} does not answer (${whyOf(error)})`);
  }
  if (response.ok) return text;
  const { status } = response;
  const said = `${base} answered ${status}${saidIn(text)}`;
  if (status === 408 || status === 429 || status >= 500) {
    const seconds = Number(response.headers.get("retry-after") ?? NaN);
    throw Number.isFinite(seconds) ? new AwayError(said, 1000 * seconds) : new AwayError(said);
  }
  if (status === 401 || status === 403)
    throw new RefusedError(`${said}; MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or _TOKEN, let one in`);
  throw new RefusedError(said);
}

/** "connect ECONNREFUSED 127.0.0.1:5000", where fetch itself says no more than "fetch failed". */
function whyOf(error: unknown): string {
  const { name, cause, message } = error as Error;
  if (name === "TimeoutError") return `no answer within ${ANSWER_MS / 1000} s`;
  const { code, message: deeper } = (cause ?? {}) as NodeJS.ErrnoException;
  return deeper || code || message;
}

/** " RESOURCE_DOES_NOT_EXIST: Could not find …" of an error in MLflow's form. */
function saidIn(text: string): string {
  try {
    const { error_code: code = "", message = "" } = JSON.parse(text) as Record<string, string>;
    return ` ${code}: ${message.slice(0, 300)}`;
  } catch {
    return "";
  }
}
