/** `bench data`: how many images a second each study's data gives, beside what its training step takes. */
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { DATA_CASES } from "./data/cases.js";
import { BenchFailure, checkArguments, machine, median, minimum, option, toTable, type BenchCase } from "./report.js";

/**
 * Arguments: --only STUDY, --quick (2 rounds of half a second: a look, not a measurement), --json.
 * The images are drawn ones; those of files are JPEGs of 213 × 160. Each study's step is that of `bench training`.
 * @throws BenchFailure where an argument is unknown (2)
 */
export const dataCase: BenchCase = async (args) => {
  checkArguments("data", args, ["quick", "json"], ["only"]);
  const only = option(args, "only");
  if (only !== undefined && !DATA_CASES.some(({ name }) => name === only)) {
    throw new BenchFailure(`bench data: unknown study "${only}". The known ones: ${DATA_CASES.map(({ name }) => name).join(", ")}`, 2);
  }
  const [quick, json] = ["--quick", "--json"].map((flag) => args.includes(flag));
  const { imagesOf } = await import("./data/images.js");
  const { CONTENDERS, measure } = await import("./data/measure.js");
  if (!json) console.log(`${machine()}; drawn images${quick ? "; --quick" : ""}`);
  for (const study of DATA_CASES.filter(({ name }) => only === undefined || name === only)) {
    console.error(`${study.name} … (load ${loadavg()[0]!.toFixed(1)})`);
    const folder = await mkdtemp(join(tmpdir(), "saccade-bench-data-"));
    try {
      const samples = await measure(study, await imagesOf(study, folder), quick ? 2 : 7, quick ? 0.5 : 2);
      const [step, data] = [median(samples["step alone"])!, median(samples["2 workers"])!];
      if (json) {
        for (const name of CONTENDERS) console.log(JSON.stringify({ case: study.name, network: study.network, metric: name, unit: "images/s", median: median(samples[name]), min: minimum(samples[name]), n: samples[name].length }));
        continue;
      }
      const verdict = data >= step ? `2 workers keep ahead: ${(data / step).toFixed(1)} times what the step takes` : `2 workers fall short: ${(data / step).toFixed(2)} of what the step takes`;
      const images = study.source === "files" ? "JPEG files" : "images in memory";
      console.log(`\n${study.name}: ${study.network}, batch ${study.options.batchSize}, ${images}, ${JSON.stringify(study.options.augment ?? {})} (load ${loadavg()[0]!.toFixed(1)})\n${toTable([{ metric: "data", unit: "images/s", samples }], CONTENDERS)}\n  ${verdict}`);
    } finally {
      await rm(folder, { recursive: true });
    }
  }
  return 0;
};
