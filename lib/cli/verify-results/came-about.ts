/** Whether a stored result says how it came about, and lies where the command that it names would have put it. */
import { parseOptions } from "../studies/studies-options.js";
import type { Stored } from "./stored-runs.js";

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
const isNumber = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);
const isList = (value: unknown): boolean => Array.isArray(value) && value.length > 0;

/** What every result carries, by the path to it. */
const FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  study: isText,
  size: isText,
  kernel: isText,
  command: isText,
  backend: isText,
  "config.seed": isNumber,
  "versions.node": isText,
  "versions.tfjs": isText,
  "versions.saccade": isText,
  "machine.platform": isText,
  "machine.cpu": isText,
  "machine.cores": isNumber,
  "machine.memoryBytes": isNumber,
  "data.kind": isText,
  "data.label": isText,
  "data.archives": Array.isArray,
  date: (value) => isText(value) && !Number.isNaN(Date.parse(value as string)),
  commit: (value) => /^[0-9a-f]{7,40}(-dirty)?$/.test(String(value)),
  notebook: (value) => /^[0-9a-f]{64}$/.test(String(value)),
  wallSeconds: (value) => isNumber(value) && (value as number) > 0,
  parts: isList,
  claims: isList,
};

const COMMAND = /^(?:npm run studies --|npx saccade studies) (\S+) (.*)$/;

/** @returns what is missing or does not fit, one line each */
export function cameAbout({ name, result }: Stored): string[] {
  const missing = Object.entries(FIELDS)
    .filter(([path, holds]) => !holds(at(result, path)))
    .map(([path]) => `${path} is missing, or not as the runner writes it`);
  const [, study, rest] = COMMAND.exec(result.command ?? "") ?? [];
  if (study === undefined || rest === undefined)
    return [...missing, `the command is not the runner's: ${result.command}`];
  return [...missing, ...misplaced(name, study, rest.split(" "), result)];
}

function misplaced(
  name: string,
  study: string,
  options: readonly string[],
  { config, kernel }: Stored["result"],
): string[] {
  const problems: string[] = [];
  try {
    const { runName, store } = parseOptions([study, ...options], { studies: [study], kernels: [kernel] });
    if (!store || name !== `${study}/${runName}`)
      problems.push(`its command would store it as ${store ? `${study}/${runName}` : "nothing"}`);
  } catch (error) {
    problems.push((error as Error).message);
  }
  const seed = /^seed=(\d+)$/.exec(options.find((option) => option.startsWith("seed=")) ?? "")?.[1];
  if (seed !== undefined && config?.["seed"] !== Number(seed))
    problems.push(`its command sets seed=${seed}, its config says ${String(config?.["seed"])}`);
  return problems;
}

function at(result: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], result);
}
