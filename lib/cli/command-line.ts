/** What a command takes: read from its arguments by Node's own parser, and shown by `--help`. */
import { parseArgs } from "node:util";
import { typed } from "../files/own-folder.js";
import type { Command, Project } from "../setup/project.js";

/** An option of a command, for parseArgs and for help. */
export interface OptionUsage {
  /** What follows it, as help shows it: "DIR". A switch has none. */
  readonly value?: string;
  /** Whether it may be given more than once. */
  readonly multiple?: true;
  readonly does: string;
}

/** A command's words and options. */
export interface Usage<O extends Readonly<Record<string, OptionUsage>> = Readonly<Record<string, OptionUsage>>> {
  readonly command: string;
  readonly does: string;
  /** The words beside the options, as help shows them: "[NAME…]". A command without takes none. */
  readonly words?: string | undefined;
  readonly options: O;
  /** Help's last lines. */
  readonly more?: string;
}

type Values<O> = {
  readonly [K in keyof O]?: O[K] extends { readonly multiple: true }
    ? string[]
    : O[K] extends { readonly value: string }
      ? string
      : boolean;
};

/** What a command was called with. */
export interface CommandLine<O> {
  readonly values: Values<O>;
  readonly words: readonly string[];
}

/**
 * A command that answers `--help` before it does anything, and a command line that it does not take with exit code 2.
 * @param read throws RangeError for what the command does not take
 */
export function commandOf<T>(
  usage: Usage,
  read: (args: readonly string[]) => T,
  run: (line: T, project: Project) => number | Promise<number>,
): Command {
  return async (args, project) => {
    if (args.some((arg) => arg === "--help" || arg === "-h")) {
      console.log(helpOf(usage));
      return 0;
    }
    let line: T;
    try {
      line = read(args);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      console.error(error.message);
      return 2;
    }
    return await run(line, project);
  };
}

/**
 * @throws RangeError for an option or word that the command does not take, or an option without its value; it lists
 *   the options
 */
export function readCommandLine<const O extends Readonly<Record<string, OptionUsage>>>(
  { command, words, options }: Usage<O>,
  args: readonly string[],
): CommandLine<O> {
  const config = Object.entries(options).map(
    ([name, { value, multiple }]) =>
      [name, { type: value === undefined ? "boolean" : "string", multiple: multiple === true }] as const,
  );
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: words !== undefined,
      options: Object.fromEntries(config),
    });
    return { values: values as Values<O>, words: positionals };
  } catch (error) {
    const names = Object.entries(options).map(([name, { value }]) => written(name, value));
    const last = names.pop();
    const known =
      last === undefined
        ? "it takes no options"
        : `the options are ${[names.join(", "), last].filter(Boolean).join(" and ")}`;
    throw new RangeError(`${command}: ${(error as Error).message}; ${known}`);
  }
}

function helpOf({ command, does, words, options, more }: Usage): string {
  const rows = Object.entries(options).map(([name, option]) => [written(name, option.value), option.does] as const);
  const width = Math.max(...[...rows, ["--help"]].map(([option]) => option!.length));
  const taken = Object.entries(options).map(
    ([name, { value, multiple }]) => `[${written(name, value)}]${multiple ? "…" : ""}`,
  );
  return [
    typed([command, ...(words === undefined ? [] : [words]), ...taken].join(" ")),
    does,
    "",
    ...[...rows, ["--help", "says this"] as const].map(([option, text]) => `  ${option.padEnd(width)}  ${text}`),
    ...(more === undefined ? [] : ["", more]),
  ].join("\n");
}

function written(name: string, value: string | undefined): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}
