/** Interrupts, and what is answered while a cell computes. */
import { setTimeout as sleep } from "node:timers/promises";
import type { LaunchedKernel } from "../../client/launched-kernel.js";
import type { Metric } from "../bench-case.js";
import type { Contender } from "./contender.js";
import { Series, turns, withKernels, type Field } from "./field.js";

/** From interrupting to the cell's reply; by message for ours, by signal for the peers, which know no other way. */
export async function interruptRow(field: Field): Promise<Metric[]> {
  const series = [
    ["busy", new Series("interrupt of a busy loop → reply", "ms")],
    ["asyncLoop", new Series("interrupt of an async loop → reply", "ms")],
  ] as const;
  for (const [loop, into] of series) {
    await withKernels(field, async (kernels) => {
      await turns(field, Math.max(3, Math.round(20 / field.scale)), field.contenders, async (contender) => {
        const kernel = kernels.get(contender)!;
        const cell = kernel.start(contender.code[loop]);
        await cell.printed("started", 5_000);
        await sleep(30);
        const at = performance.now();
        interrupt(contender, kernel);
        into.add(contender, (await cell.replied(3_000)).at - at);
        await cell.done(3_000);
        await sleep(100); // stock tslab aborts what is sent right after an error
      });
    });
  }
  return series.map(([, each]) => each.toMetric());
}

/** Heartbeat, kernel_info and completion while a cell computes; nothing where they come only after it. */
export async function busyRow(field: Field): Promise<Metric[]> {
  const beat = new Series("heartbeat while a cell computes", "ms");
  const info = new Series("kernel_info on control while a cell computes", "ms");
  const member = new Series("completion while a cell computes", "ms");
  await withKernels(field, async (kernels) => {
    await turns(field, Math.max(1, Math.round(3 / field.scale)), field.contenders, async (contender) => {
      const kernel = kernels.get(contender)!;
      await kernel.complete(contender.code.completion);
      const cell = kernel.start(contender.code.compute(4));
      await cell.printed("started", 3_000).catch(() => undefined); // stock tslab prints it only afterwards
      await sleep(100);
      const limit = 1_000;
      for (let count = 0; count < 10; count++) {
        const ms = await kernel.heartbeat(limit).catch(() => undefined);
        if (ms === undefined) break;
        beat.add(contender, ms);
      }
      for (const [into, make] of [
        [info, () => kernel.request("kernel_info_request", {}, { channel: "control" })],
        [
          member,
          () =>
            kernel.request("complete_request", {
              code: contender.code.completion,
              cursor_pos: contender.code.completion.length,
            }),
        ],
      ] as const) {
        for (let count = 0; count < 10; count++) {
          const request = make();
          const reply = await request.replied(limit).catch(() => undefined);
          if (reply === undefined || cell.reply !== undefined) break;
          into.add(contender, reply.at - request.sentAt);
        }
      }
      await cell.done();
    });
  });
  return [beat, info, member].map((each) => each.toMetric());
}

function interrupt(contender: Contender, kernel: LaunchedKernel): void {
  if (contender.kernel === "saccade") kernel.request("interrupt_request", {}, { channel: "control" });
  else kernel.signal("SIGINT");
}
