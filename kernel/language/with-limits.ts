/** `withLimits(language)`: one that refuses texts which are too large or too deep to be read, before it reads them. */
import type { Language } from "../contract.js";
import { overLimit } from "../source/limits.js";

/** `language`, with bounds on the size and the depth of what it is given. */
export function withLimits(language: Language): Language {
  const isOver = (source: string): boolean => overLimit(source) !== undefined;
  return {
    ...language,
    async prepare(source, options) {
      const over = overLimit(source);
      if (over === undefined) return language.prepare(source, options);
      const { message, start } = over;
      const diagnostic = { severity: "error", code: "SyntaxError", message, start, end: start + 1 } as const;
      return { ok: false, source, fileName: `cell-${options.id}.ts`, diagnostics: [diagnostic] };
    },
    async complete(source, offset) {
      return isOver(source) ? { items: [], start: offset, end: offset } : language.complete(source, offset);
    },
    async inspect(source, offset, detail) {
      return isOver(source) ? null : language.inspect(source, offset, detail);
    },
    isComplete(source) {
      if (isOver(source)) return { status: "complete", indent: "" }; // a run says what is wrong
      return language.isComplete(source);
    },
  };
}
