/** The three fields of Jupyter's error message. */
export interface ErrorDescription {
  readonly ename: string;
  readonly evalue: string;
  /** Lines with ANSI colours, which read well without them too. */
  readonly traceback: readonly string[];
}
