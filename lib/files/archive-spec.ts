import type { Digest } from "./digest.js";

/** One official archive, as its authors publish it. */
export interface ArchiveSpec {
  /** The dataset's folder in a mirror and in the cache: "cifar-10". */
  readonly dataset: string;
  /** The archive's file name. */
  readonly file: string;
  /** Where its authors offer it. */
  readonly url: string;
  readonly sizeBytes: number;
  readonly digest: Digest;
}

/** An archive on this machine, not yet checked. */
export interface LocalArchive {
  readonly path: string;
  /** What its bytes must hash to. */
  readonly digest: Digest;
  /** The folder or URL that it came from, as a reader of a figure should see it. */
  readonly from: string;
  /** Whether it lies in the cache, where a damaged one may be removed. */
  readonly cached: boolean;
}
