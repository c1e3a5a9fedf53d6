/** What a step costs against the batch and against the network's size, and whether that is linear. */
import { median, type CaseMetric } from "../bench-case.js";
import { flopsOf } from "./network-flops.js";
import { networkCase, type NetworkSpec } from "./training-cases.js";
import { open, start, WRITTEN, type ContenderName, type Field } from "./contenders.js";
import { takeTurns, type Limits } from "./rounds.js";

interface Point {
  readonly network: NetworkSpec;
  readonly batch: number;
  /** What the cost is fitted against: images, or GFLOP of a step. */
  readonly x: number;
  readonly label: string;
}

/** A network at several batch sizes or sizes of images, and the cost fitted through them. */
export interface Series {
  /** Of the bench's networks. */
  readonly name: string;
  /** "batch size 25 to 200" */
  readonly against: string;
  readonly unit: "ms/image" | "ms/GFLOP";
  readonly points: readonly Point[];
}

/** A straight line by least squares: y = fixed + slope · x. */
export interface Fit {
  readonly slope: number;
  readonly fixed: number;
  /** R²: the share of y's variance that the line explains. */
  readonly r2: number;
}

/** Steps in each turn. */
const STEPS_PER_TURN = 2;

/** A convolutional network and a transformer, each over batches and over sizes. */
export function seriesOf(training: boolean): Series[] {
  const sizes = (name: string, what: string, all: readonly (readonly [label: string, overrides: object])[]): Series => {
    const network = networkCase(name);
    const points = all.map(([label, overrides]): Point => {
      const spec = { ...network, overrides: { ...network.overrides, ...overrides } };
      return {
        network: spec,
        batch: network.batch,
        label,
        x: (flopsOf(spec) * network.batch * (training ? 3 : 1)) / 1e9,
      };
    });
    return { name, against: `${what} ${all[0]![0]} to ${all.at(-1)![0]}`, unit: "ms/GFLOP", points };
  };
  const widened = [1, 2, 3, 4].map(
    (times) => [`${times}`, { filters: [16, 32, 64, 128].map((count) => count * times) }] as const,
  );
  const deepened = [1, 2, 4, 8].map((depth) => [`${depth}`, { depth }] as const);
  return [
    batches("mynet"),
    batches("vit_small"),
    sizes("mynet", "times its filters,", widened),
    sizes("vit_small", "blocks,", deepened),
  ];
}

function batches(name: string): Series {
  const network = networkCase(name);
  const all = [0.25, 0.5, 1, 2].map((times) => network.batch * times);
  return {
    name,
    against: `batch size ${all[0]} to ${all.at(-1)}`,
    unit: "ms/image",
    points: all.map((batch) => ({ network, batch, x: batch, label: `${batch}` })),
  };
}

/**
 * All points of a series, each contender in one process, in turns: the time at each point, and the line through its
 * medians.
 * @throws Error where a contender fails
 */
export async function measureSeries(
  { name, against, unit, points }: Series,
  names: readonly ContenderName[],
  field: Field,
  limits: Limits,
): Promise<CaseMetric[]> {
  const workers = new Map<ContenderName, ReturnType<typeof start>>();
  try {
    for (const contender of names) {
      const worker = start(contender, field);
      workers.set(contender, worker);
      for (const { network, batch } of points) await open(contender, worker, network, batch, field);
    }
    const samples = points.map(() => Object.fromEntries(names.map((contender) => [contender, [] as number[]])));
    const turns = [...workers].flatMap(([contender, worker]) => points.map((_, at) => ({ contender, worker, at })));
    await takeTurns(turns, limits, async ({ contender, worker, at }) => {
      const { ms } = await worker.ask<{ ms: number[] }>({ run: STEPS_PER_TURN, at });
      samples[at]![contender]!.push(...ms);
    });
    const fits = names.map(
      (contender) =>
        [
          contender,
          fitLine(
            points.map(({ x }) => x),
            samples.map((each) => median(each[contender]!)!),
          ),
        ] as const,
    );
    const of = (pick: (fit: Fit) => number): Record<string, number[]> =>
      Object.fromEntries(fits.map(([contender, fit]) => [contender, [pick(fit)]]));
    return [
      ...points.map(({ label }, at): CaseMetric => ({
        case: name,
        metric: `step against ${against}: at ${label}`,
        unit: "ms",
        samples: samples[at]!,
      })),
      { case: name, metric: `step against ${against}: slope`, unit, samples: of(({ slope }) => slope) },
      { case: name, metric: `step against ${against}: fixed`, unit: "ms", samples: of(({ fixed }) => fixed) },
      { case: name, metric: `step against ${against}: R²`, unit: "", samples: of(({ r2 }) => r2) },
    ];
  } finally {
    await Promise.all([...workers.values()].map((worker) => worker.end()));
  }
}

/** Contenders of a series. */
export function seriesContenders(hasPeer: boolean): ContenderName[] {
  return hasPeer ? ["ours", WRITTEN] : ["ours"];
}

/** @throws RangeError for fewer than two different x */
export function fitLine(x: readonly number[], y: readonly number[]): Fit {
  const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  const spreadX = x.reduce((sum, each) => sum + (each - meanX) ** 2, 0);
  if (!(spreadX > 0)) throw new RangeError(`fitLine: x must hold two different values, got ${x.join(", ")}`);
  const slope = x.reduce((sum, each, i) => sum + (each - meanX) * (y[i]! - meanY), 0) / spreadX;
  const fixed = meanY - slope * meanX;
  const left = y.reduce((sum, each, i) => sum + (each - fixed - slope * x[i]!) ** 2, 0);
  const all = y.reduce((sum, each) => sum + (each - meanY) ** 2, 0);
  return { slope, fixed, r2: all > 0 ? 1 - left / all : 1 };
}
