/** 32 × 32 pixels of one channel. */
const PLANE = 1024;
const CHANNELS = 3;

/** Bytes of one image. */
export const IMAGE_BYTES: number = PLANE * CHANNELS;

/** One kind of label that a record carries. */
interface LabelKind {
  /** Its key in the python layout. */
  readonly key: string;
  readonly classes: number;
}

/** One file of images: where its images go in the split. */
export interface CifarMember {
  /** Its path in the archive. */
  readonly path: string;
  readonly split: "train" | "test";
  /** Index of its first image in the split. */
  readonly first: number;
  readonly count: number;
}

/** What the CIFAR archives share, and what tells one from another. */
export interface CifarLayout {
  /** The function that an error names. */
  readonly fn: string;
  /** In the order of a binary record's bytes. */
  readonly labels: readonly LabelKind[];
  readonly members: Readonly<Record<"binary" | "python", readonly CifarMember[]>>;
}

/** Images and labels of one split, or of the part of it that one file holds. */
export interface CifarArrays {
  /** [N, 32, 32, 3] */
  readonly images: Uint8Array;
  /** One [N] for each kind of label. */
  readonly labels: readonly Int32Array[];
}

/** Room for all images of a split. */
export function allocate(layout: CifarLayout, split: "train" | "test"): CifarArrays {
  const count = layout.members.binary.reduce((sum, member) => sum + (member.split === split ? member.count : 0), 0);
  return { images: new Uint8Array(count * IMAGE_BYTES), labels: layout.labels.map(() => new Int32Array(count)) };
}

/** The part of a split that a file's images go to, not copied. */
export function partOf(arrays: CifarArrays, { first, count }: Pick<CifarMember, "first" | "count">): CifarArrays {
  return {
    images: arrays.images.subarray(first * IMAGE_BYTES, (first + count) * IMAGE_BYTES),
    labels: arrays.labels.map((labels) => labels.subarray(first, first + count)),
  };
}

/** Writes one image [3, 32, 32], found at `from`, channels last [32, 32, 3] at index `index`. */
export function setImage(target: CifarArrays, index: number, planes: Uint8Array, from: number): void {
  const to = index * IMAGE_BYTES;
  for (let i = 0; i < PLANE; i++) {
    target.images[to + CHANNELS * i] = planes[from + i]!;
    target.images[to + CHANNELS * i + 1] = planes[from + PLANE + i]!;
    target.images[to + CHANNELS * i + 2] = planes[from + 2 * PLANE + i]!;
  }
}

/** @throws RangeError when a label is no class index */
export function setLabel(layout: CifarLayout, target: CifarArrays, kind: number, index: number, label: number): void {
  const { classes } = layout.labels[kind]!;
  if (!Number.isInteger(label) || label < 0 || label >= classes) {
    throw new RangeError(`${layout.fn}: a label must be 0 to ${classes - 1}, got ${label}`);
  }
  target.labels[kind]![index] = label;
}
