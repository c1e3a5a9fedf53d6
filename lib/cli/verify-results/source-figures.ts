/**
 * What a study's source reports, as data: `notebooks/results/NAME/source.json`. From it and the stored results the
 * results page and README's row are made.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { aNumber, aText, aTitle, checkValue, fields, listOf, optional, type Rule } from "../../checks.js";
import { readJson } from "../../read-json.js";
import { resultsFolder } from "../studies/study-claims.js";

/** One figure that the source reports. */
interface SourceFigure {
  /** The study's run that stands for it, "all.cnn". */
  readonly run: string;
  /** Which of the run's measures: `accuracy` is the stored measure "all.cnn.accuracy". */
  readonly measure: string;
  /** In the measure's unit: an accuracy is 0 to 1. */
  readonly value: number;
  /** As the source writes it, "68 %". */
  readonly shown: string;
  /** Of what it is, for README's row: "ResNet34". Default the run and the measure. */
  readonly label?: string;
  /** What the reader has to know of it: that it is truncated, or contradicts another place. */
  readonly note?: string;
  /** How ours is written, in an inserted number's words. Default "percent 1" of an accuracy, "fixed 3" of others. */
  readonly format?: string;
}

/** What a study's source is, asks and reports. */
export interface StudySource {
  /** The source's title. */
  readonly title: string;
  readonly author: string;
  /** "a student's report", "a paper's code". */
  readonly kind: string;
  /** The study's question: a sentence of at most 80 characters. */
  readonly question: string;
  /**
   * Its answer, one to three sentences. A measured number in it is inserted from a stored result of the study:
   * "{quick all.convPooled.accuracy percent 1}".
   */
  readonly answer?: string;
  /** Its figures; README's row shows the first. */
  readonly figures: readonly SourceFigure[];
}

const aFormat: Rule = {
  what: 'percent, points, fixed, integer or minutes, and a number of digits ("percent 1")',
  kindFits: aText.holds,
  holds: (value) => /^(percent|points|fixed|integer|minutes)( \d)?$/.test(String(value)),
};
/** Of a question, in a row of README, which is one line. */
const MOST_CHARACTERS = 80;
const aQuestion: Rule = {
  what: `a text of at most ${MOST_CHARACTERS} characters`,
  kindFits: aText.holds,
  holds: (value) => aTitle.holds(value) && (value as string).length <= MOST_CHARACTERS,
};
const aSource = fields("{ title, author, kind, question, answer?, figures }", {
  title: aTitle,
  author: aTitle,
  kind: aTitle,
  question: aQuestion,
  answer: optional(aTitle),
  figures: listOf(
    fields("{ run, measure, value, shown, label?, note?, format? }", {
      run: aTitle,
      measure: aTitle,
      value: aNumber,
      shown: aTitle,
      label: optional(aTitle),
      note: optional(aTitle),
      format: optional(aFormat),
    }),
  ),
});

/**
 * A study's source; undefined where it has no source.json.
 * @throws SyntaxError, RangeError or TypeError for a file with a fault, which each names
 */
export function sourceOf(notebooks: string, study: string): StudySource | undefined {
  const file = join(resultsFolder(notebooks, study), "source.json");
  if (!existsSync(file)) return undefined;
  const source = readJson(file, "a source");
  checkValue(file, "source", source, aSource);
  return source as StudySource;
}
