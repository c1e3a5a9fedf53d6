/** The bench's rows: each measures all contenders, interleaved. */
import { setTimeout as sleep } from "node:timers/promises";
import { launch } from "../../client/launched-kernel.js";
import { treeMemoryMb } from "../memory.js";
import type { Metric } from "../bench-case.js";
import { importRow } from "./import-row.js";
import { cellMs, Series, turns, withKernels, type Field } from "./field.js";
import { nbclientRow } from "./nbclient-row.js";
import { busyRow, interruptRow } from "./liveness-rows.js";

export const ROWS: Readonly<Record<string, (field: Field) => Promise<Metric[]>>> = {
  launch: launchRow,
  cells: cellRows,
  lines: linesRow,
  interrupt: interruptRow,
  busy: busyRow,
  language: languageRow,
  nbclient: nbclientRow,
  import: importRow,
};

/** Launch, connect, execute at once; until the execute_result arrives. */
async function launchRow(field: Field): Promise<Metric[]> {
  const first = new Series("launch, connect, execute at once → first result", "ms");
  const lost = new Series("  of these, result lost", "cells");
  const losses = new Map<string, number>();
  await turns(field, Math.max(2, Math.round(9 / field.scale)), field.contenders, async (contender) => {
    const kernel = await launch(contender.spec);
    try {
      const cell = kernel.start(contender.code.one);
      await cell.replied();
      const result = await cell
        .message(contender.kernel === "tslab" ? "stream" : "execute_result", undefined, 2_000)
        .catch(() => undefined);
      first.add(contender, result === undefined ? undefined : result.at - kernel.launchedAt);
      losses.set(contender.name, (losses.get(contender.name) ?? 0) + (result === undefined ? 1 : 0));
    } finally {
      await kernel.shutdown(false, 2_000);
    }
  });
  for (const contender of field.contenders) lost.add(contender, losses.get(contender.name));
  return [first.toMetric(), lost.toMetric()];
}

/** Trivial and declaring cells, and memory, over a session's life. */
async function cellRows(field: Field): Promise<Metric[]> {
  const series = {
    fresh: new Series("trivial cell, fresh", "ms"),
    late: new Series("trivial cell, after 200 cells", "ms"),
    other: new Series("trivial cell, other text each time", "ms"),
    first: new Series("declaring cell, 1–100", "ms"),
    last: new Series("declaring cell, 501–600", "ms"),
    end: new Series("declaring cell, 901–1,000", "ms"),
    using: new Series("declaring cell that uses four earlier ones", "ms"),
    rest: new Series("memory at rest (RSS of the process tree)", "MB"),
    at200: new Series("memory after 200 declaring cells", "MB"),
    at600: new Series("memory after 600 declaring cells", "MB"),
    at1000: new Series("memory after 1,000 declaring cells", "MB"),
  };
  const last = Math.round((field.long ? 1_000 : 600) / field.scale);
  const at = (cells: number): number => Math.round(cells / field.scale);
  const repeat = Math.max(5, at(60));
  await withKernels(field, async (kernels) => {
    const each = (
      count: number,
      one: (
        kernel: typeof kernels extends ReadonlyMap<unknown, infer K> ? K : never,
        contender: Field["contenders"][number],
        turn: number,
      ) => Promise<void>,
    ): Promise<void> =>
      turns(field, count, field.contenders, (contender, turn) => one(kernels.get(contender)!, contender, turn));
    const measureMemory = (into: Series): Promise<void> =>
      each(1, async (kernel, contender) => into.add(contender, treeMemoryMb(kernel.pid)));
    await sleep(1_000); // at rest
    await measureMemory(series.rest);
    await each(
      1,
      async (kernel, { kernel: name }) => void (await cellMs(kernel, name === "ipykernel" ? "x = 1" : "let x = 1;")),
    );
    await each(5, async (kernel, { code }) => void (await cellMs(kernel, code.trivial)));
    await each(repeat, async (kernel, contender) =>
      series.fresh.add(contender, await cellMs(kernel, contender.code.trivial)),
    );
    await each(repeat, async (kernel, contender, turn) =>
      series.other.add(contender, await cellMs(kernel, `x + ${turn + 10}`)),
    );
    for (let cell = 1; cell <= last; cell++) {
      if (cell % 100 === 0) field.say(`  declaring cell ${cell} of ${last}`);
      const into =
        cell <= at(100)
          ? series.first
          : cell > at(500) && cell <= at(600)
            ? series.last
            : cell > at(900)
              ? series.end
              : undefined;
      await each(1, async (kernel, contender) => {
        const ms = await cellMs(kernel, contender.code.declare(cell));
        into?.add(contender, ms);
      });
      if (cell === at(200)) {
        await measureMemory(series.at200);
        await each(repeat, async (kernel, contender) =>
          series.late.add(contender, await cellMs(kernel, contender.code.trivial)),
        );
      }
      if (cell === at(600)) await measureMemory(series.at600);
      if (cell === at(1_000)) await measureMemory(series.at1000);
    }
    await each(repeat, async (kernel, contender, turn) => {
      const earlier = [3, 11, 17, 29].map((step) => 1 + ((turn * step) % last));
      series.using.add(contender, await cellMs(kernel, contender.code.declareUsing(5_000 + turn, earlier)));
    });
  });
  return Object.values(series)
    .map((each) => each.toMetric())
    .filter(({ samples }) => Object.keys(samples).length > 0);
}

/** Printing in a loop: time until idle, and how many lines came in order. */
async function linesRow(field: Field): Promise<Metric[]> {
  const time = new Series("5,000 lines printed in a loop", "ms");
  const arrived = new Series("  of these, lines that arrived in order", "lines");
  await turns(field, Math.max(2, Math.round(5 / field.scale)), field.contenders, async (contender) => {
    await withKernels(
      field,
      async (kernels) => {
        await cellMs(kernels.get(contender)!, contender.code.one); // the first cell's own cost is the launch row's
        const cell = kernels.get(contender)!.start(contender.code.lines(5_000));
        const outcome = await cell.done(8_000).catch(() => undefined);
        const lines = cell.stream("stdout").split("\n");
        let inOrder = 0;
        while (lines[inOrder] === String(inOrder)) inOrder++;
        time.add(contender, outcome?.doneMs);
        arrived.add(contender, inOrder);
      },
      [contender],
    );
  });
  return [time.toMetric(), arrived.toMetric()];
}

/** Completion and inspection of an idle kernel. */
async function languageRow(field: Field): Promise<Metric[]> {
  const completion = new Series("completion, idle", "ms");
  const inspection = new Series("inspection, idle", "ms");
  await withKernels(field, async (kernels) => {
    await turns(field, Math.max(5, Math.round(30 / field.scale)), field.contenders, async (contender) => {
      const kernel = kernels.get(contender)!;
      const complete = kernel.request("complete_request", {
        code: contender.code.completion,
        cursor_pos: contender.code.completion.length,
      });
      completion.add(contender, (await complete.replied()).at - complete.sentAt);
      const inspect = kernel.request("inspect_request", {
        code: contender.code.inspection,
        cursor_pos: contender.code.inspection.length,
        detail_level: 0,
      });
      inspection.add(contender, (await inspect.replied()).at - inspect.sentAt);
    });
  });
  return [completion.toMetric(), inspection.toMetric()];
}
