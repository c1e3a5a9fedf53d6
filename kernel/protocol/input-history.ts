/**
 * What was run, kept across sessions: one file of JSON lines per session in the cache folder, [line number, source].
 * Session numbers are handed out by creating their file, so that two kernels never share one; a line torn by a crash
 * is passed over.
 */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { log } from "./log.js";

/** One executed cell, as history_reply gives it. */
export interface HistoryLine {
  readonly session: number;
  readonly line: number;
  readonly source: string;
}

/** The inputs of this session and of those before it, one file a session. */
export class History {
  readonly #folder: string;
  /** This session's own lines, also kept where the folder cannot be written. */
  readonly #own: HistoryLine[] = [];
  #session: number | undefined;
  #writable = true;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The number of this session, counted from 1. */
  get session(): number {
    this.#session ??= this.#open();
    return this.#session;
  }

  append(line: number, source: string): void {
    const { session } = this;
    this.#own.push({ session, line, source });
    if (!this.#writable) return;
    try {
      appendFileSync(this.#path(session), `${JSON.stringify([line, source])}\n`);
    } catch (error) {
      this.#giveUp(error);
    }
  }

  /** The last `n` lines, this session's included. */
  tail(n: number): readonly HistoryLine[] {
    const found: HistoryLine[] = [...this.#own];
    for (const session of this.#sessions().reverse()) {
      if (found.length >= n) break;
      if (session !== this.#session) found.unshift(...this.#read(session));
    }
    return n > 0 ? found.slice(-n) : [];
  }

  /** Lines start ≤ line < stop of a session; 0 is this one, −1 the one before it; no stop means to its end. */
  range(session: number, start: number, stop: number | undefined): readonly HistoryLine[] {
    let number = session;
    if (session <= 0) {
      const earlier = this.#sessions().filter((other) => other !== this.session && other < this.session);
      number = session === 0 ? this.session : (earlier.at(session) ?? -1);
    }
    const lines = number === this.session ? this.#own : this.#read(number);
    return lines.filter(({ line }) => line >= start && (stop === undefined || line < stop));
  }

  /** The last `n` lines that match a pattern of * (anything) and ? (one character), each source once if `unique`. */
  search(pattern: string, n: number | undefined, unique: boolean): readonly HistoryLine[] {
    const matcher = glob(pattern);
    let found = this.tail(Infinity).filter(({ source }) => matcher.test(source));
    if (unique) found = [...new Map(found.map((line) => [line.source, line])).values()];
    return n === undefined ? found : n > 0 ? found.slice(-n) : [];
  }

  #open(): number {
    try {
      mkdirSync(this.#folder, { recursive: true });
      for (let number = (this.#sessions().at(-1) ?? 0) + 1; ; number++) {
        try {
          writeFileSync(this.#path(number), "", { flag: "wx" });
          return number;
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        }
      }
    } catch (error) {
      this.#giveUp(error);
      return 1;
    }
  }

  #giveUp(error: unknown): void {
    this.#writable = false;
    log(`history is not kept: ${String(error)}`);
  }

  #sessions(): number[] {
    let names: string[];
    try {
      names = readdirSync(this.#folder);
    } catch {
      return []; // nothing was kept yet
    }
    const numbers = names.map((name) => /^(\d+)\.jsonl$/.exec(name)?.[1]).filter((found) => found !== undefined);
    return numbers.map(Number).sort((a, b) => a - b);
  }

  #read(session: number): HistoryLine[] {
    let text: string;
    try {
      text = readFileSync(this.#path(session), "utf8");
    } catch {
      return []; // no such session
    }
    const lines: HistoryLine[] = [];
    for (const row of text.split("\n")) {
      try {
        const [line, source] = JSON.parse(row) as [number, string];
        if (typeof line === "number" && typeof source === "string") lines.push({ session, line, source });
      } catch {
        // empty, or torn by a crash
      }
    }
    return lines;
  }

  #path(session: number): string {
    return join(this.#folder, `${String(session).padStart(6, "0")}.jsonl`);
  }
}

function glob(pattern: string): RegExp {
  const escaped = pattern.replace(/[\\^$.|+()[\]{}]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s");
}
