/** What a confusion grid's page is drawn from, as JSON. */
export interface GridData {
  readonly title: string;
  /** What is shown of how many images, and where they come from. */
  readonly notes: readonly string[];
  readonly classNames: readonly string[];
  /** Classes that have a row of their own at first; the others share one. */
  readonly alone: readonly number[];
  /** Classes that have a row of their own at most. */
  readonly mostAlone: number;
  /** Three numbers for each pair of classes that has images: label, prediction, images. */
  readonly counts: readonly number[];
  /** Of the images shown, in the sheet's order: their place in the set. */
  readonly indices: readonly number[];
  readonly labels: readonly number[];
  readonly predictions: readonly number[];
  /** Thousandths, null for none; null where the figure has none. */
  readonly confidences: readonly (number | null)[] | null;
  readonly sheet: {
    /** Of one image, in pixels. */
    readonly width: number;
    readonly height: number;
    /** Images in a row. */
    readonly columns: number;
    readonly source: string;
  };
}

/** Which images are shown below the table: a cell's, a row's, a column's, or a class', both its row and its column. */
export interface Filter {
  /** True classes, or null for all. */
  readonly labels: readonly number[] | null;
  /** Predicted classes, or null for all. */
  readonly predictions: readonly number[] | null;
  /** Whether one of the two is enough. */
  readonly either: boolean;
  /** What it is, for a reader. */
  readonly name: string;
}
