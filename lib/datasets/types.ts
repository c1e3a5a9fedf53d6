/** Where a set's bytes came from; a result and a figure name it. */
export interface Provenance {
  /**
   * "archive": the dataset's own official archive; "folder": files of the user's; "arrays": images that the user gave
   * in memory; "generated": drawn by this library.
   */
  readonly kind: "archive" | "folder" | "arrays" | "generated";
  /** One line for a figure or a table: "CIFAR-10 (cifar-10-binary.tar.gz, sha256 b2c331…)". */
  readonly label: string;
  /** The files, of an official archive; else none. */
  readonly archives: readonly {
    /** Its name. */
    readonly file: string;
    /** "sha256:…", of its bytes. */
    readonly digest: string;
    /** The address or folder that it came from. */
    readonly from: string;
  }[];
}

/** One split, in memory: plain data, of `labels.length` images. */
export interface ImageSet {
  /** "cifar-10" */
  readonly name: string;
  /** Which split it is. */
  readonly split: "train" | "test";
  /** uint8 pixels [N, H, W, C], 0 to 255. */
  readonly images: Uint8Array;
  /** Class indices [N], 0 to classNames.length - 1. */
  readonly labels: Int32Array;
  /** [H, W, C] */
  readonly imageShape: readonly [number, number, number];
  /** In the order of the labels. */
  readonly classNames: readonly string[];
  /** Where its bytes came from. */
  readonly provenance: Provenance;
  /**
   * Mean of the pixels scaled to 0 to 1, one number or one a channel: what `batches`, `fit` and `evaluate` normalize by
   * unless told otherwise. The official datasets' are the published ones.
   */
  readonly mean?: number | readonly number[];
  /** Their standard deviation, above 0, likewise. */
  readonly std?: number | readonly number[];
}

/** A dataset: its training and its test split. */
export interface Dataset {
  /** "cifar-10" */
  readonly name: string;
  /** To train on. */
  readonly train: ImageSet;
  /** To evaluate on. */
  readonly test: ImageSet;
  /** In the order of the labels. */
  readonly classNames: readonly string[];
  /** Where its bytes came from. */
  readonly provenance: Provenance;
}

/** One split, in files that are decoded when they are used. */
export interface FileSet {
  /** "photos" */
  readonly name: string;
  /** Which split it is. */
  readonly split: "train" | "test";
  /** Paths of the images [N]. */
  readonly files: readonly string[];
  /** Class indices [N], 0 to classNames.length - 1. */
  readonly labels: Int32Array;
  /** [H, W, C] of the images when decoded and cut; the files' own sizes differ. */
  readonly imageShape: readonly [number, number, number];
  /** In the order of the labels. */
  readonly classNames: readonly string[];
  /** Where its files came from. */
  readonly provenance: Provenance;
  /** Mean of the pixels scaled to 0 to 1, one number or one a channel, as an ImageSet's. */
  readonly mean?: number | readonly number[];
  /** Their standard deviation, above 0, likewise. */
  readonly std?: number | readonly number[];
}
