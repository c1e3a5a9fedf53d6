/** Interleaving: every turn is taken by each contender once, so that the machine's moods fall on all alike. */
import type { LaunchedKernel } from "../../client/launched-kernel.js";
import type { Metric, Samples } from "../bench-case.js";
import { open, type Contender } from "./contender.js";

/** What a row of the kernel's bench is measured on. */
export interface Field {
  readonly contenders: readonly Contender[];
  /** Says what is being measured. */
  readonly say: (text: string) => void;
  /** Divides sizes: 1 for the real ones, 10 for a quick look. */
  readonly scale: number;
  readonly long: boolean;
}

/** The samples of one metric, by contender. */
export class Series {
  readonly #samples = new Map<string, number[]>();

  constructor(
    readonly metric: string,
    readonly unit: Metric["unit"],
  ) {}

  add(contender: Contender, value: number | undefined): void {
    const list = this.#samples.get(contender.name) ?? [];
    if (value !== undefined) list.push(value);
    this.#samples.set(contender.name, list);
  }

  toMetric(): Metric {
    return {
      metric: this.metric,
      unit: this.unit,
      samples: Object.fromEntries(this.#samples) as Record<string, Samples>,
    };
  }
}

/** Takes `turns` turns; a contender that throws is left out from then on, and why is said. */
export async function turns(
  field: Field,
  count: number,
  contenders: readonly Contender[],
  one: (contender: Contender, turn: number) => Promise<void>,
): Promise<void> {
  const out = new Set<Contender>();
  for (let turn = 0; turn < count; turn++) {
    for (let place = 0; place < contenders.length; place++) {
      const contender = contenders[(turn + place) % contenders.length]!; // who goes first changes too
      if (out.has(contender)) continue;
      try {
        await one(contender, turn);
      } catch (error) {
        out.add(contender);
        field.say(`  ${contender.name} left out: ${(error as Error).message.slice(0, 200)}`);
      }
    }
  }
}

/** Runs `body` with one running kernel for each contender, and ends them. */
export async function withKernels(
  field: Field,
  body: (kernels: ReadonlyMap<Contender, LaunchedKernel>) => Promise<void>,
  contenders: readonly Contender[] = field.contenders,
): Promise<void> {
  const kernels = new Map<Contender, LaunchedKernel>();
  try {
    for (const contender of contenders) kernels.set(contender, await open(contender));
    await body(kernels);
  } finally {
    await Promise.all([...kernels.values()].map((kernel) => kernel.shutdown(false, 2_000)));
  }
}

/**
 * A cell's time from sending to the later of reply and idle, ms.
 * @throws Error where the cell fails
 */
export async function cellMs(kernel: LaunchedKernel, code: string): Promise<number> {
  const outcome = await kernel.execute(code);
  if (outcome.status !== "ok")
    throw new Error(`${code.slice(0, 60)}: ${outcome.status} ${outcome.error?.["evalue"] ?? outcome.stderr}`);
  return outcome.doneMs;
}
