/** `bench data`: how many images a second each study's data gives, beside what its training step takes. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DATA_CASES } from "./data/data-cases.js";
import { machine, MachineWatch } from "./machine.js";
import {
  BenchFailure,
  checkOptionsOf,
  median,
  option,
  toJsonRows,
  toTable,
  type BenchCase,
  type CaseMetric,
} from "./bench-case.js";
import { checkStore, storeBench } from "./stored-bench.js";

/**
 * Arguments: --only STUDY, --quick (2 rounds of half a second: a look, not a measurement), --store, --json.
 * The images are drawn ones; those of files are JPEGs of 213 × 160. A study's step is float32, with Adam.
 * @throws BenchFailure where an argument is unknown (2)
 */
export const dataCase: BenchCase = async (args, project) => {
  checkOptionsOf("data", args, ["quick", "store", "json"], ["only"]);
  const only = option(args, "only");
  if (only !== undefined && !DATA_CASES.some(({ name }) => name === only)) {
    throw new BenchFailure(
      `bench data: unknown study "${only}". The known ones: ${DATA_CASES.map(({ name }) => name).join(", ")}`,
      2,
    );
  }
  const store = checkStore("data", args);
  const [quick, json] = ["--quick", "--json"].map((flag) => args.includes(flag));
  const { imagesOf } = await import("./data/case-images.js");
  const { CONTENDERS, measure } = await import("./data/data-rounds.js");
  const { backendInfo } = await import("../backend/index.js");
  const sides = { ours: CONTENDERS.slice(1), peers: CONTENDERS.slice(0, 1) };
  const [beganMs, watch] = [performance.now(), new MachineWatch()];
  const metrics: CaseMetric[] = [];
  const cases: Record<string, Record<string, unknown>> = {};
  if (!json) console.log(`${machine()}; drawn images${quick ? "; --quick" : ""}`);
  for (const study of DATA_CASES.filter(({ name }) => only === undefined || name === only)) {
    console.error(`${study.name} … (others keep ${(await watch.look()).toFixed(1)} cores busy)`);
    const folder = await mkdtemp(join(tmpdir(), "saccade-bench-data-"));
    try {
      const samples = await measure(study, await imagesOf(study, folder), quick ? 2 : 7, quick ? 0.5 : 2);
      const metric: CaseMetric = { case: study.name, metric: "data", unit: "images/s", samples };
      metrics.push(metric);
      cases[study.name] = { network: study.network, source: study.source, ...study.options };
      if (json) {
        for (const row of toJsonRows([metric], sides)) console.log(JSON.stringify(row));
        continue;
      }
      const [step, data] = [median(samples["step alone"])!, median(samples["2 workers"])!];
      const verdict =
        data >= step
          ? `2 workers keep ahead: ${(data / step).toFixed(1)} times what the step takes`
          : `2 workers fall short: ${(data / step).toFixed(2)} of what the step takes`;
      const images = study.source === "files" ? "JPEG files" : "images in memory";
      console.log(
        `\n${study.name}: ${study.network}, batch ${study.options.batchSize}, ${images}, ` +
          `${JSON.stringify(study.options.augment ?? {})}\n${toTable([metric], CONTENDERS)}\n  ${verdict}`,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  }
  if (store) {
    await watch.look();
    const versions = { Node: process.versions.node, backend: backendInfo().title };
    console.error(
      `stored in ${storeBench(project.root, "data", beganMs, watch, { metrics, versions, cases, ...sides })}`,
    );
  }
  return 0;
};
