import { rmSync } from "node:fs";
import { afterAll, afterEach, beforeAll, vi } from "vitest";
import { addCifar100, makeCifar10Mirror } from "../fixtures/cifar10-archive.js";

/** For a file's tests: CIFAR-10 and CIFAR-100 of grainy images come from a mirror, and mocks end with each test. */
export function useCifarMirror(): void {
  let mirror: string;
  beforeAll(() => {
    mirror = makeCifar10Mirror();
    addCifar100(mirror);
    vi.stubEnv("SACCADE_MIRROR", mirror);
  });
  afterEach(() => vi.restoreAllMocks());
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(mirror, { recursive: true });
  });
}

/** For a file's tests of notebooks: SACCADE_MIRROR's real archives where CI has them, else a small generated one. */
export function useAnyMirror(): void {
  beforeAll(() => {
    if ((process.env["SACCADE_MIRROR"] ?? "") !== "") return undefined;
    const mirror = makeCifar10Mirror();
    vi.stubEnv("SACCADE_MIRROR", mirror);
    return () => {
      vi.unstubAllEnvs();
      rmSync(mirror, { recursive: true });
    };
  });
}
