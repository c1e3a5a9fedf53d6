/** The page of all results, `notebooks/results/README.md`, and README's table: made from what is stored. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { percentText } from "../../shown.js";
import { partialResults, type PartialRun } from "../../study/partial-result.js";
import { notebookFrom, whole } from "../studies/notebook-file.js";
import { resultsFolder } from "../studies/study-claims.js";
import { numberText, valueOf } from "./figures.js";
import { oursOf, type Wanted } from "./ours.js";
import { sourceOf, type StudySource } from "./source-figures.js";
import { studiesWithResults, type Stored } from "./stored-runs.js";

/** The page's path in the checkout. */
export const RESULTS_PAGE = "notebooks/results/README.md";

const HEAD = `# Results

Made from the stored results by \`npm run verify-results -- --write\`; \`npm test\` fails where it is stale.
*Here* is the mean of the stored seeds with the least and the most of them; of one seed the 95 % interval (Wilson)
that the draw of the test images leaves. \`full\` is the source's own recipe, \`quick\` a shorter run of it.
What stands as partial is an unfinished run: no claim is judged by it.
`;

/** All that is known of one study. */
interface Study {
  readonly name: string;
  readonly title: string;
  readonly source: StudySource | undefined;
  readonly stored: readonly Stored[];
}

function studiesOf(notebooks: string, stored: readonly Stored[]): Study[] {
  return studiesWithResults(notebooks).flatMap((name) => {
    const own = stored.filter(({ result }) => result.study === name);
    const notebook = join(notebooks, `${name}.ipynb`);
    const source = sourceOf(notebooks, name);
    if (!existsSync(notebook) || (source === undefined && own.length === 0)) return [];
    return [{ name, title: titleOf(notebook) ?? name, source, stored: own }];
  });
}

/** A notebook's first heading. */
function titleOf(notebook: string): string | undefined {
  const texts = notebookFrom(readFileSync(notebook, "utf8")).cells.map(({ source }) => whole(source));
  return texts.map((text) => /^# (.+)$/m.exec(text)?.[1]).find((title) => title !== undefined);
}

/** What is wrong with a study's source.json, a line each: no page is made then. */
export function sourceFaults(notebooks: string, stored: readonly Stored[]): string[] {
  return studiesWithResults(notebooks).flatMap((name) => {
    try {
      const answer = sourceOf(notebooks, name)?.answer ?? "";
      filledAnswer(answer, { name, stored });
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
}

/** The whole page. */
export function resultsPage(notebooks: string, stored: readonly Stored[]): string {
  return `${[HEAD, ...studiesOf(notebooks, stored).map((study) => section(notebooks, study))].join("\n")}`;
}

function section(notebooks: string, study: Study): string {
  const { name, title, source, stored } = study;
  const about = source && [
    `${source.question}${source.answer === undefined ? "" : ` ${filledAnswer(source.answer, study)}`}`,
    "",
    `The source: *${source.title}* by ${source.author}, ${source.kind}.`,
    "",
  ];
  const figures = [...figureRows(study), ...partialRows(notebooks, study)];
  return [
    `## [${title}](../${name}.ipynb)`,
    "",
    ...(about ?? []),
    ...(figures.length > 0 ? [markdownTable(["run", "the source", "here", "size"], figures), ""] : []),
    ...(stored.length > 0
      ? [markdownTable(["stored result", "data", "machine", "time", "command", "when"], stored.map(storedRow)), ""]
      : ["Nothing is stored yet.", ""]),
  ].join("\n");
}

/** The source's figures, and the accuracy of every other run. */
function figureRows({ source, stored }: Study): string[][] {
  const results = stored.map(({ result }) => result);
  const figures = source?.figures ?? [];
  const others: Wanted[] = [...new Set(results.flatMap(({ predictions }) => Object.keys(predictions)))]
    .filter((run) => !figures.some((one) => one.run === run && one.measure === "accuracy"))
    .map((run) => ({ run, measure: "accuracy" }));
  const ofSource = figures.flatMap(({ shown, note, ...wanted }) => {
    const said = note === undefined ? shown : `${shown} (${note})`;
    const ours = oursOf(results, wanted);
    if (ours.length === 0) return [[named(wanted), said, "not run yet", ""]];
    return ours.map(({ size, text }) => [named(wanted), said, text, size]);
  });
  const ofOthers = others.flatMap((wanted) =>
    oursOf(results, wanted).map(({ size, text }) => [named(wanted), "–", text, size]),
  );
  return [...ofSource, ...ofOthers];
}

/** "all.cnn"; of another measure than its accuracy "all.cnn: testLoss". */
function named({ run, measure }: Wanted): string {
  return measure === "accuracy" ? run : `${run}: ${measure}`;
}

function partialRows(notebooks: string, { name, source }: Study): string[][] {
  return partialResults(resultsFolder(notebooks, name)).flatMap(({ size, config, runs, sweeps }) => {
    const of = `${size}, seed ${String(config["seed"])}`;
    return [
      ...Object.entries(runs).map(([run, partial]) => {
        const figure = source?.figures.find((one) => one.run === run && one.measure === "accuracy");
        return [run, figure?.shown ?? "–", partialText(partial), of];
      }),
      ...Object.entries(sweeps).map(([sweep, trials]) => [sweep, "–", `partial: ${trials} trials`, of]),
    ];
  });
}

function partialText({ epochs, of, history }: PartialRun): string {
  const last = history.at(-1);
  const on = last?.validation === undefined ? "the training images" : "the validation images";
  const { loss, accuracy } = last?.validation ?? last ?? {};
  const found = loss === undefined ? "" : `; on ${on} loss ${loss.toFixed(3)}, accuracy ${percentText(accuracy!)}`;
  return `partial: ${epochs} of ${of} epochs${found}`;
}

function storedRow({ name, result }: Stored): string[] {
  const { data, machine, wallSeconds, command, date, commit, backend } = result;
  return [
    name.split("/")[1]!,
    data.label,
    `${backend}, ${machine.cores} cores (${machine.cpu})`,
    numberText(wallSeconds, "minutes", 0),
    `\`${command}\``,
    `${date.slice(0, 10)}, ${commit}`,
  ];
}

/** README's table: a row for each study that says what its source is, with the first of the source's figures. */
export function studiesTable(notebooks: string, stored: readonly Stored[]): string {
  const rows = studiesOf(notebooks, stored).flatMap(({ name, title, source, stored: own }) => {
    if (source === undefined) return [];
    const [first] = source.figures;
    const results = own.map(({ result }) => result);
    const ours = first && oursOf(results, first)[0];
    return [
      [
        `[${title}](notebooks/${name}.ipynb)`,
        source.question,
        first === undefined ? "–" : (first.label ?? named(first)),
        first?.shown ?? "–",
        ours === undefined ? "not run yet" : `${ours.mean}, ${ours.size}`,
      ],
    ];
  });
  return markdownTable(["study", "what it asks", "one figure", "the source", "here"], rows);
}

const INSERTED = /\{(\S+) (\S+) (percent|points|fixed|integer|minutes|text)(?: (\d))?\}/g;

/** An answer with its measured numbers. @throws RangeError for one that is not stored */
function filledAnswer(answer: string, { name, stored }: Pick<Study, "name" | "stored">): string {
  return answer.replace(INSERTED, (whole, result: string, measure: string, format: string, digits?: string) => {
    const found = stored.find((one) => one.name === `${name}/${result}`);
    const value = found && valueOf(found.result, measure);
    if (value === undefined) throw new RangeError(`results/${name}/source.json: ${whole} is not stored`);
    return numberText(value, format, Number(digits ?? 0));
  });
}

function markdownTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replace(/\s+/g, " ")).join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n");
}
