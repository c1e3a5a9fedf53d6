import { aFlag, aText, aTitle, checkOptions, notNegative, optional, recordOf, type Rule } from "../../checks.js";
import { pngOf } from "../png-of.js";
import type { RunLog } from "../run-log.js";
import { mlflowApi } from "./mlflow-api.js";
import { MlflowSender } from "./mlflow-sender.js";

/** What {@link mlflow} takes. */
export interface MlflowOptions {
  /**
   * The tracking server, "http://127.0.0.1:5000". Default the variable `MLFLOW_TRACKING_URI`. Credentials are those of
   * `MLFLOW_TRACKING_USERNAME` and `MLFLOW_TRACKING_PASSWORD`, or `MLFLOW_TRACKING_TOKEN`.
   */
  readonly uri?: string;
  /** The experiment, made where there is none. Default the variable `MLFLOW_EXPERIMENT_NAME`, else "Default". */
  readonly experiment?: string;
  /** Further tags of the runs: `{ "mlflow.parentRunId": id }`. Default {}. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Whether `fit` stores the trained weights, as the artifact model/model.safetensors. Default true. */
  readonly model?: boolean;
  /** How long a run waits at its end for a server that is away, 0 or more; a stopped one 5 at most. Default 30. */
  readonly waitSeconds?: number;
}

const aServer: Rule = {
  what: 'a tracking server\'s address, "http://127.0.0.1:5000" (mlflow server starts one)',
  kindFits: (value) => typeof value === "string",
  holds: (value) => typeof value === "string" && /^https?:/i.test(value) && URL.canParse(value),
};

/**
 * Records runs on an MLflow tracking server over its REST API 2.0: config, data and model as parameters, numbers as
 * metrics, files and the trained weights as artifacts, the command, git commit, machine and versions as tags. A run
 * that goes on is the same run there. What is sent never holds the training up, and waits for a server that is away;
 * what has not reached it by the run's end stays in the run's record, and `sendRun` sends it.
 *
 * The server keeps every number that was ever sent: of a run that went on, those after its checkpoint from both parts.
 * It has no infinity, and keeps the largest number for it.
 *
 * @throws RangeError for an unknown option, one out of range, or no address; TypeError for one of another kind
 * @example await train.fit(model, set, { log: [tracking.mlflow({ experiment: "cifar-10" })] })
 */
export function mlflow(options: MlflowOptions = {}): RunLog {
  const given = { ...options };
  checkOptions(
    "mlflow",
    options,
    {
      uri: optional(aServer),
      experiment: optional(aTitle),
      tags: optional(recordOf(aText)),
      model: optional(aFlag),
      waitSeconds: optional(notNegative),
    },
    [],
    { trackingUri: "uri", experimentName: "experiment", url: "uri" },
  );
  const uri = given.uri ?? process.env.MLFLOW_TRACKING_URI;
  if (uri === undefined || !aServer.holds(uri))
    throw new RangeError(`mlflow: uri, or MLFLOW_TRACKING_URI, must be ${aServer.what}, got ${uri ?? "neither"}`);
  const { tags = {}, model = true, waitSeconds = 30 } = given;
  const experiment = given.experiment ?? (process.env.MLFLOW_EXPERIMENT_NAME || "Default");
  const api = mlflowApi(uri);
  return {
    name: "mlflow",
    takesModels: model,
    address: { uri: api.uri, experiment },
    start(run) {
      const sender = new MlflowSender({ api, experiment, tags, waitMs: 1000 * waitSeconds }, run);
      return {
        scalars: (entry) => sender.scalars(entry),
        images({ step, images }) {
          for (const [name, image] of Object.entries(images))
            sender.upload({ name: `images/${name}-${step}.png`, bytes: pngOf(image) });
        },
        artifact: (entry) => sender.upload(entry),
        config: (entry) => sender.config(entry),
        end: (entry) => sender.end(entry),
      };
    },
  };
}
