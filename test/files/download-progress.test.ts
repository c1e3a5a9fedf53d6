import { describe, expect, test } from "vitest";
import { downloadProgress, line } from "../../lib/files/download-progress.js";

function written(isTTY: boolean, act: (progress: ReturnType<typeof downloadProgress>) => void): string {
  let text = "";
  const stream = { isTTY, columns: 80, write: (part: string) => ((text += part), true) };
  act(downloadProgress(stream as unknown as NodeJS.WriteStream));
  return text;
}
const HALF = {
  name: "http://host/a/set.tar.gz",
  receivedBytes: 85_000_000,
  startBytes: 45_000_000,
  totalBytes: 170_000_000,
};

describe("download progress", () => {
  test("line() gives size, share, rate of this connection and time left", () => {
    expect(line(HALF, 4)).toBe("set.tar.gz: 85.0 of 170.0 MB (50 %), 10.0 MB/s, 9 s left");
    expect(line({ ...HALF, totalBytes: undefined }, 4)).toBe("set.tar.gz: 85.0 MB, 10.0 MB/s");
  });

  test("updates one line in place on a terminal", () => {
    const text = written(true, (progress) => {
      progress.update(HALF);
      progress.note("retry");
      progress.end("done");
    });
    expect(text).toMatch(/^\r\x1b\[Kset\.tar\.gz: 85\.0 of 170\.0 MB.*\nretry\ndone\n$/);
  });

  test("writes whole lines, and few, elsewhere", () => {
    expect(
      written(false, (progress) => {
        progress.update(HALF);
        progress.end("done");
      }),
    ).toBe("done\n");
  });
});
