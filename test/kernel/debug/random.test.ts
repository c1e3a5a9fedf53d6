/** A few of the sequences of `npm run bench -- soak`: none ends the kernel or leaves it stopped for ever. */
import { expect, it } from "vitest";
import { debugSequence } from "../../../lib/bench/soak/debugging.js";
import { useKernel } from "../client.js";

const kernel = useKernel();

it.each([1, 2, 3, 4, 5])("requests and interrupts in any order: sequence %i", async (seed) => {
  await expect(debugSequence(kernel(), seed)).resolves.toBeUndefined();
});
