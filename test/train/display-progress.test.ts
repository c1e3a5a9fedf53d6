import { expect, it, vi } from "vitest";
import { displayProgress } from "../../lib/train/display-progress.js";

const place = { epoch: 1, epochs: 1, batch: 1, batches: 3, step: 1, steps: 3 };
const standing = { ...place, rate: 100, secondsLeft: 1, loss: 2.3, accuracy: 0.1 };

it("displayProgress() shows one output, updates that one in place, and ends on the last step", () => {
  const publish = vi.fn();
  const progress = displayProgress(publish, "all.cnn");
  for (const batch of [1, 2, 3]) progress.step({ ...standing, batch });
  progress.end();
  const calls = publish.mock.calls as [string, { data: Record<string, string>; transient: { display_id: string } }][];
  expect(calls[0]![0]).toBe("display_data");
  expect(calls.slice(1).every(([type]) => type === "update_display_data")).toBe(true);
  expect(new Set(calls.map(([, { transient }]) => transient.display_id)).size).toBe(1);
  expect(calls.at(-1)![1].data["text/plain"]).toMatch(/^all\.cnn: epoch 1\/1 · 3\/3 ·/);
});

it("displayProgress() shows what an evaluation found under the line, and keeps it there", () => {
  const publish = vi.fn();
  const progress = displayProgress(publish);
  progress.step({ ...standing, batch: 3 });
  progress.measured!({ epoch: 1, epochs: 2, validation: { loss: 2.1, accuracy: 0.25 } });
  progress.step({ ...standing, epoch: 2 });
  progress.end();
  const texts = publish.mock.calls.map(([, { data }]: { data: Record<string, string> }[]) =>
    data!["text/plain"]!.split("\n").slice(1),
  );
  const found = "epoch 1/2 · validation: loss 2.100, accuracy 25.0 %";
  expect(texts).toEqual([[], [found], [found]]);
  expect(publish.mock.calls.at(-1)![1].data["text/html"]).toContain(`<br>${found}`);
});

it("displayProgress() keeps the lines of earlier evaluations, of many the last ten", () => {
  const publish = vi.fn();
  const progress = displayProgress(publish);
  progress.step({ ...standing, batch: 3 });
  for (let epoch = 1; epoch <= 12; epoch++)
    progress.measured!({ epoch, epochs: 12, validation: { loss: 2 / epoch, accuracy: 0.5 } });
  const last = publish.mock.calls.at(-1)![1].data["text/plain"].split("\n").slice(1);
  expect(last).toHaveLength(11);
  expect(last[0]).toBe("… 2 earlier");
  expect(last[1]).toContain("epoch 3/12 · validation: loss 0.667");
  expect(last[10]).toContain("epoch 12/12 · validation: loss 0.167");
});

it("displayProgress() says in its output that the run was stopped", () => {
  const publish = vi.fn();
  const progress = displayProgress(publish);
  progress.step(standing);
  progress.end("signal");
  const texts = publish.mock.calls.map(([, { data }]: { data: Record<string, string> }[]) => data!["text/plain"]!);
  const rest = "epoch 1/1 · 1/3 · loss 2.300 · accuracy 10.0 % · 100 images/s";
  expect(texts).toEqual([`${rest} · 1 s left`, `${rest} · stopped`]);
});
