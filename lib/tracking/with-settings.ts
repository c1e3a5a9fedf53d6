import type { ConfigEntry, RunStart } from "./run-log.js";

/** The run with what it was told of itself later, each field over what was there. */
export function withSettings<Run extends Pick<RunStart, "config" | "data" | "model">>(
  run: Run,
  { config, data, model }: ConfigEntry,
): Run {
  return {
    ...run,
    config: { ...run.config, ...config },
    data: { ...run.data, ...data },
    model: { ...run.model, ...model },
  };
}
