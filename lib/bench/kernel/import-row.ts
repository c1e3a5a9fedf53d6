/** The first cell that imports saccade, and what cells cost with it loaded. */
import { projectRoot } from "../../client/kernel-specs.js";
import type { Metric } from "../bench-case.js";
import { treeMemoryMb } from "../memory.js";
import { open } from "./contender.js";
import { cellMs, Series, turns, type Field } from "./field.js";

/** What the library's import costs a notebook; TypeScript kernels alone. */
export async function importRow(field: Field): Promise<Metric[]> {
  const first = new Series("first cell that imports saccade", "ms");
  const trivial = new Series("  then: trivial cell that uses it", "ms");
  const declaring = new Series("  then: declaring cell that uses it", "ms");
  const alternating = new Series("  then: trivial cells with and without it, alternating", "ms");
  const memory = new Series("  memory with saccade imported, no tensor made (RSS of the process tree)", "MB");
  const typescript = field.contenders.filter(({ kernel }) => kernel !== "ipykernel");
  const repeat = Math.max(4, Math.round(20 / field.scale));
  await turns(field, Math.max(1, Math.round(3 / field.scale)), typescript, async (contender) => {
    const kernel = await open(contender, projectRoot());
    try {
      await cellMs(kernel, "let x = 1;");
      first.add(contender, await cellMs(kernel, `import { tf } from "saccade";`));
      memory.add(contender, treeMemoryMb(kernel.pid));
      for (let count = 0; count < repeat; count++)
        trivial.add(contender, await cellMs(kernel, `typeof tf.tensor1d + ${count}`));
      for (let count = 0; count < repeat; count++)
        declaring.add(
          contender,
          await cellMs(
            kernel,
            `const k${count} = ${count};\nfunction g${count}(t: tf.Tensor1D): tf.Tensor1D { return ` +
              `t.mul(k${count}); }\nclass W${count} { constructor(readonly t: tf.Tensor1D) {} }`,
          ),
        );
      for (let count = 0; count < repeat; count++)
        alternating.add(
          contender,
          await cellMs(kernel, count % 2 === 0 ? `x + ${count}` : `typeof tf.tensor1d + ${count + 1_000}`),
        );
    } finally {
      await kernel.shutdown(false, 2_000);
    }
  });
  return [first, trivial, declaring, alternating, memory].map((each) => each.toMetric());
}
