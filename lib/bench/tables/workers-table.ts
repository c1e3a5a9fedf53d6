/** The bench page's tables of processes that train together. */
import { median, type Samples } from "../bench-case.js";
import type { StoredBench } from "../stored-bench.js";
import {
  averagingMs,
  imagesFor,
  MACHINES,
  measuredOf,
  networksOf,
  WIRES,
  type Averaging,
} from "../workers/on-paper.js";
import {
  ALONE,
  APART,
  AVERAGING,
  BOUND,
  DDP,
  DDP_AT_BEST,
  FLATTENING,
  OURS,
  STEP,
  SYSTEM,
  USER,
  WORKERS_CASES,
  samplesOf,
} from "../workers/workers-cases.js";
import { isMissed, lastEnded, workersGoals, type WorkersGoal } from "../workers/workers-goals.js";
import { figure, markdownTable, medianAndMinimum, medianOf } from "./cells.js";

/** The cost of averaging beside its bound and DistributedDataParallel's, and where ours goes. */
export function averagingTable({ metrics, cases }: StoredBench): string {
  return markdownTable([
    [
      "network",
      "parameters",
      "ours",
      "PyTorch's, gloo",
      "bare sockets",
      "ours / bare sockets",
      "of ours: flattening and splitting",
      "processor time of a process: programs / system",
      "n",
    ],
    ...WORKERS_CASES.map(({ name, title }) => {
      const of = (metric: string, contender = OURS): Samples => samplesOf(metrics, name, metric)[contender] ?? [];
      return [
        title,
        millions(Number(cases![name]!["parameters"])),
        medianAndMinimum(of(AVERAGING)),
        medianAndMinimum(of(AVERAGING, DDP)),
        medianAndMinimum(of(BOUND)),
        ratioOf(of(AVERAGING), of(BOUND)),
        medianOf(of(FLATTENING)),
        `${medianOf(of(USER))} / ${medianOf(of(SYSTEM))}`,
        `${of(AVERAGING).length}`,
      ];
    }),
  ]);
}

/** The global step of each network; bold where it misses its goal. */
export function globalStepTable({ metrics, cases }: StoredBench): string {
  const goals = workersGoals(metrics);
  return markdownTable([
    [
      "network",
      "global batch",
      "ours",
      "DDP",
      "DDP, SDPA and fused Adam",
      "ours, one process of two threads",
      "ours without averaging",
      "ours / DDP",
      "/ DDP, SDPA and fused Adam",
      "/ one process",
      "n",
    ],
    ...WORKERS_CASES.filter(({ step }) => step).map(({ name, title }) => {
      const samples = samplesOf(metrics, name, STEP);
      const found = (peer: string): string => {
        const goal = goals.find((one) => one.name === name && one.peer === peer);
        if (!goal) return "–";
        return isMissed(goal) ? `**${goal.found.toFixed(2)}**` : goal.found.toFixed(2);
      };
      return [
        title,
        `${Number(cases![name]!["batch"])}`,
        ...[OURS, DDP, DDP_AT_BEST, ALONE, APART].map((contender) => medianAndMinimum(samples[contender])),
        ...[DDP, DDP_AT_BEST, ALONE].map(found),
        `${samples[OURS]!.length}`,
      ];
    }),
  ]);
}

/** On paper: milliseconds of averaging, and the images of a machine's part that take as long to compute. */
export function paperTable(result: StoredBench): string {
  const measured = measuredOf(result);
  const plain = { bytes: 4, hierarchical: false };
  const columns: readonly (readonly [head: string, how: Omit<Averaging, "wireGbits">])[] = [
    ...MACHINES.map((machines) => [`${machines} machines`, { ...plain, machines }] as const),
    [`${MACHINES[2]}, rings in rings`, { ...plain, machines: MACHINES[2], hierarchical: true }],
    [`${MACHINES[2]}, the same in bfloat16`, { bytes: 2, machines: MACHINES[2], hierarchical: true }],
    [`${MACHINES[2]}, the same at the wire's speed`, { ...plain, machines: MACHINES[2], hierarchical: true }],
  ];
  return markdownTable([
    ["network, wire", ...columns.map(([head]) => head)],
    ...networksOf(result).flatMap((network) =>
      WIRES.map((wireGbits) => [
        `${network.title}, ${wireGbits} Gbit/s`,
        ...columns.map(([head, how]) => {
          const speed = head.endsWith("speed") ? { ...measured, bytesPerSecond: Infinity } : measured;
          const ms = averagingMs(network, { ...how, wireGbits }, speed);
          return `${Math.round(ms)} (${Math.max(1, Math.ceil(imagesFor(ms, network, measured)))})`;
        }),
      ]),
    ),
  ]);
}

/** What the prose names. */
export function workersTexts(result: StoredBench): Record<string, string> {
  const { metrics, date, machine, versions } = result;
  const measured = measuredOf(result);
  const missed = workersGoals(metrics).filter(isMissed);
  const all = workersGoals(metrics).length;
  return {
    goals: missed.length === 0 ? `all ${all} met` : `missed: ${missed.map(missedText).join(", ")}`,
    how:
      `${date.slice(0, 10)}, ${machine.cores} cores of an ${machine.cpu}, ${machine.state} ` +
      `(Node ${[...new Set(Object.values(versions))].join(", ")})`,
    kills: lastEnded(metrics) ?? "not measured",
    rate: `${Math.round(measured.bytesPerSecond / 1e6)} MB/s`,
    hop: `${figure(measured.hopMs)} ms`,
    flops: `${Math.round(measured.flopsPerSecond / 1e9)} GFLOP/s`,
  };
}

function missedText({ title, peer, found }: WorkersGoal): string {
  return `${title} beside ${peer} (${found.toFixed(2)})`;
}

function millions(count: number): string {
  return `${figure(count / 1e6)} M`;
}

function ratioOf(ours: Samples, other: Samples): string {
  const [a, b] = [median(ours), median(other)];
  return a === null || b === null ? "–" : figure(a / b);
}
