/** What doctor found out about one topic. */
export interface Finding {
  readonly topic: string;
  readonly lines: readonly string[];
  /** Each: what is wrong, and what to do about it. */
  readonly wrong: readonly string[];
}
