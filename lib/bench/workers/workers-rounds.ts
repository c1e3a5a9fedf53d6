/** Rounds of the bench of workers: every contender takes its turn in each, so that the machine's moods fall on all. */
import { freePorts } from "../../client/process.js";
import type { CaseMetric, Samples } from "../bench-case.js";
import { takeTurns } from "../training/rounds.js";
import { randomKills } from "./kills.js";
import { sizeOf } from "./network-sizes.js";
import { startTeam, type Team, type TeamPlaces } from "./teams.js";
import {
  ALONE,
  APART,
  AVERAGING,
  BANDWIDTH,
  BOUND,
  DDP,
  DDP_AT_BEST,
  ENDED,
  FLATTENING,
  KILLED_OF,
  KILLS,
  LOOPBACK,
  ONE_NUMBER,
  OURS,
  ringBytes,
  STEP,
  SYSTEM,
  USER,
  WORKERS,
  type WorkersCase,
} from "./workers-cases.js";

/** How many rounds, at most, of what. */
export interface WorkersSize {
  readonly rounds: number;
  /** No new round of averaging, or of steps, is begun after this long; three are taken anyway. */
  readonly seconds: number;
  readonly stepSeconds: number;
  /** How often a process is killed. */
  readonly kills: number;
}

/** What was found of a case, and what computed there. */
interface Found {
  readonly metrics: readonly CaseMetric[];
  readonly versions: Readonly<Record<string, string>>;
}

type Samplers = Readonly<
  Record<string, (keep: (metric: string, contender: string, values: Samples) => void) => Promise<void>>
>;

/**
 * How long the others go on when `kill -9` ends one of those that train.
 *
 * @throws Error where one of the others ends by an error that does not name it
 */
export async function measureKills({ kills }: WorkersSize): Promise<CaseMetric> {
  const all = await randomKills(kills, KILLED_OF, kills);
  const silent = all.flatMap(({ name, survivors }) =>
    survivors.filter(({ error }) => !error.includes(name)).map(({ error }) => `${error || "nothing"} of ${name}`),
  );
  if (silent.length > 0) throw new Error(`kills: all others must name the one that was killed, got ${silent[0]}`);
  const samples = { [OURS]: all.flatMap(({ survivors }) => survivors.map(({ ms }) => ms)) };
  return { case: KILLS, metric: ENDED, unit: "ms", samples };
}

/** The loopback: what bare sockets carry, and how long one number takes. */
export async function measureLoopback(places: TeamPlaces, hasPeer: boolean, size: WorkersSize): Promise<Found> {
  return await withTeams([OURS, ...(hasPeer ? [DDP] : [])], places, async (teams) => {
    const versions = await openAll(teams, (team) => team.openShapes([[1]]));
    const bytes = 64e6;
    const samplers: Samplers = {
      ...Object.fromEntries(
        [...teams].map(([name, team]) => [
          name,
          async (keep: (metric: string, contender: string, values: Samples) => void) =>
            keep(ONE_NUMBER, name, (await team.run(20)).ms),
        ]),
      ),
      [BANDWIDTH]: async (keep) => keep(BANDWIDTH, OURS, [bytes / 1000 / (await exchanged(teams.get(OURS)!, bytes))]),
    };
    const metrics = await rounds(LOOPBACK, samplers, size, { [BANDWIDTH]: "MB/s" });
    return { metrics, versions };
  });
}

/** What averaging as many numbers as a network has costs, by their shapes, and where ours goes. */
export async function measureAveraging(
  { name, model, perTurn }: WorkersCase,
  places: TeamPlaces,
  hasPeer: boolean,
  size: WorkersSize,
): Promise<Found & { readonly parameters: number }> {
  const { shapes } = sizeOf(model);
  const parameters = shapes.reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
  return await withTeams([OURS, FLATTENING, ...(hasPeer ? [DDP] : [])], places, async (teams) => {
    const versions = await openAll(teams, (team, one) => team.openShapes(shapes, one !== FLATTENING));
    const bytes = Math.round(ringBytes(parameters, WORKERS));
    const samplers: Samplers = {
      [OURS]: async (keep) => {
        const { ms, all } = await teams.get(OURS)!.run(perTurn.averaging);
        keep(AVERAGING, OURS, ms);
        for (const { userMs, systemMs } of all) {
          keep(USER, OURS, [userMs / ms.length]);
          keep(SYSTEM, OURS, [systemMs / ms.length]);
        }
      },
      [FLATTENING]: async (keep) => keep(FLATTENING, OURS, (await teams.get(FLATTENING)!.run(perTurn.averaging)).ms),
      [BOUND]: async (keep) => keep(BOUND, OURS, [await exchanged(teams.get(OURS)!, bytes)]),
      ...(hasPeer && {
        [DDP]: async (keep) => keep(AVERAGING, DDP, (await teams.get(DDP)!.run(perTurn.averaging)).ms),
      }),
    };
    return { metrics: await rounds(name, samplers, size), versions, parameters };
  });
}

/** A network's step of one global batch. */
export async function measureSteps(
  { name, perTurn }: WorkersCase,
  places: TeamPlaces,
  hasPeer: boolean,
  size: WorkersSize,
): Promise<Found> {
  const names = [OURS, ALONE, APART, ...(hasPeer ? [DDP, DDP_AT_BEST] : [])];
  return await withTeams(names, places, async (teams) => {
    const versions = await openAll(teams, (team) => team.openStep(name));
    const samplers = Object.fromEntries(
      [...teams].map(([contender, team]) => [
        contender,
        async (keep: (metric: string, who: string, values: Samples) => void) =>
          keep(STEP, contender, (await team.run(perTurn.step)).ms),
      ]),
    );
    return { metrics: await rounds(name, samplers, { ...size, seconds: size.stepSeconds }), versions };
  });
}

/** Takes rounds of all. @returns what was kept, by metric and contender */
async function rounds(
  name: string,
  samplers: Samplers,
  { rounds: count, seconds }: WorkersSize,
  units: Readonly<Record<string, CaseMetric["unit"]>> = {},
): Promise<CaseMetric[]> {
  const kept = new Map<string, Record<string, number[]>>();
  const keep = (metric: string, contender: string, values: Samples): void => {
    const samples = kept.get(metric) ?? {};
    kept.set(metric, samples);
    (samples[contender] ??= []).push(...values);
  };
  const limits = { rounds: count, endMs: performance.now() + 1000 * seconds };
  await takeTurns(Object.values(samplers), limits, (take) => take(keep));
  return [...kept].map(([metric, samples]) => ({ case: name, metric, unit: units[metric] ?? "ms", samples }));
}

async function withTeams<Result>(
  names: readonly string[],
  places: TeamPlaces,
  body: (teams: ReadonlyMap<string, Team>) => Promise<Result>,
): Promise<Result> {
  const teams = new Map<string, Team>();
  try {
    for (const name of names) teams.set(name, await startTeam(name === FLATTENING ? OURS : name, places));
    return await body(teams);
  } finally {
    await Promise.all([...teams.values()].map((team) => team.end()));
  }
}

async function openAll(
  teams: ReadonlyMap<string, Team>,
  open: (team: Team, name: string) => Promise<string>,
): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const [name, team] of teams) versions[name] = await open(team, name);
  return versions;
}

/** Milliseconds for so many bytes each way. */
async function exchanged(team: Team, bytes: number): Promise<number> {
  const ports = await freePorts(WORKERS);
  const found = await team.ask<{ readonly ms: number[] }>((rank) => ({
    sockets: { bytes, own: ports[rank], other: ports[1 - rank] },
  }));
  return Math.max(...found.map(({ ms }) => ms[0]!));
}
