import { bfloat16Missing } from "../backend/compile/mixed-precision.js";
import { timeProducts } from "../analysis/profile/peaks.js";
import type { FitConfig } from "./fit-config.js";

/** What products of bfloat16 may take of float32's time where "auto" is to choose them: the casts have to be earned. */
const MOST_OF_FLOAT32 = 0.8;
/** Rows and columns of the products that are timed, and how often; a tenth of a second in all. */
const [SIZE, TURNS] = [512, 2];

let measured: Promise<number> | undefined;
let warned = false;

/**
 * What a matrix product of bfloat16 takes of float32's time on this machine, measured once a process. The instructions
 * do not say it: of two processors with AVX512_BF16 one takes half of float32's time, another twice as much.
 */
async function bfloat16Ratio(): Promise<number> {
  return (measured ??= measureRatio());
}

async function measureRatio(): Promise<number> {
  const best = { float32: Infinity, bfloat16: Infinity };
  for (let turn = 0; turn < TURNS; turn++) {
    for (const dtype of ["float32", "bfloat16"] as const)
      best[dtype] = Math.min(best[dtype], ...(await timeProducts(SIZE, dtype === "bfloat16", 1, {})));
  }
  return best.bfloat16 / best.float32;
}

/** What `mixedPrecision` comes to: whether steps take bfloat16, and what is to be said of it. */
export interface Precision {
  readonly bfloat16: boolean;
  readonly warning?: string;
}

/**
 * @param ratio of a product's time in bfloat16 over float32's; undefined where there is no bfloat16
 */
export function precisionFor(wanted: boolean | "auto", ratio: number | undefined): Precision {
  if (wanted === "auto") return { bfloat16: ratio !== undefined && ratio <= MOST_OF_FLOAT32 };
  if (!wanted || ratio === undefined || ratio <= 1) return { bfloat16: wanted };
  const warning =
    `saccade: mixedPrecision: a matrix product of bfloat16 takes ${ratio.toFixed(1)} times float32's time on this ` +
    'processor; "auto" takes bfloat16 only where that is less';
  return { bfloat16: wanted, warning };
}

/**
 * Decides on "auto" by what this machine gains, and says once where `true` makes steps slower. Where there is no
 * bfloat16, the first compiled step says so.
 *
 * @returns the config with mixedPrecision true or false
 */
export async function decidePrecision(config: FitConfig): Promise<FitConfig> {
  const { mixedPrecision: wanted } = config;
  if (wanted === false) return config;
  const ratio = bfloat16Missing() === undefined ? await bfloat16Ratio() : undefined;
  const { bfloat16, warning } = precisionFor(wanted, ratio);
  if (warning !== undefined && !warned) console.warn(warning);
  warned ||= warning !== undefined;
  return { ...config, mixedPrecision: bfloat16 };
}
