import { expect, it, vi } from "vitest";
import { displayProgress } from "../../lib/train/display-progress.js";

const standing = { epoch: 1, epochs: 1, batch: 1, batches: 3, rate: 100, secondsLeft: 1, loss: 2.3, accuracy: 0.1 };

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
