import { BaseSequencer } from "vitest/node";
import type { TestSpecification } from "vitest/node";

/** The files that run for a minute and more where all else takes seconds. */
const LONGEST = [
  "integration/node-versions",
  "integration/under-tslab",
  "integration/learning-rate-0",
  "integration/weights",
  "integration/pack",
  "cli/notebooks",
  "cli/studies",
  "notebooks/guide",
  "train/script",
  "cli/verify-results",
  "backend/tfjs-core",
];

/**
 * Begins with the files that run longest. Vitest knows them by their last run, and takes them for short on a new
 * checkout, since they are small: one worker then ran alone for minutes at the end.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return at < 0 ? LONGEST.length : at;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}
