/** Which errors are stopped at. */
import { isCaught } from "./caught.js";
import type { Caller, Frame, Frames } from "./frames.js";
import type { Inspector, Remote } from "./inspector.js";
import type { Scripts } from "./scripts.js";

/** An error that was stopped at. */
export interface Thrown {
  readonly value: Remote;
  readonly isUncaught: boolean;
}

/** What errors are looked at with. */
interface ErrorOptions {
  readonly inspector: () => Inspector;
  readonly scripts: Scripts;
  readonly frames: Pick<Frames, "awaiting">;
}

/** V8 tells of every error; the kernel itself catches what a cell does not, so whether one is caught is found here. */
export class Errors {
  readonly #options: ErrorOptions;
  /** "all", "uncaught". */
  filters: ReadonlySet<string> = new Set();
  #last: Remote | undefined;

  constructor(options: ErrorOptions) {
    this.#options = options;
  }

  /**
   * What is thrown, where it is to be stopped at.
   * @param isOwn whether the author's own code throws it
   */
  async take(
    value: Remote & { readonly uncaught?: boolean },
    calls: readonly Frame[],
    isOwn: boolean,
  ): Promise<Thrown | undefined> {
    const isUncaught = value.uncaught === true || !(await this.#isCaught(calls));
    if (!(this.filters.has("all") && isOwn) && !(isUncaught && this.filters.size > 0)) return undefined;
    if (await this.#isLast(value)) return undefined; // it comes through an `await` once more
    await this.#keep(value);
    return { value, isUncaught };
  }

  /** V8 forgets at each stop's end what it handed out for it. */
  async #keep({ objectId }: Remote): Promise<void> {
    const inspector = this.#options.inspector();
    await inspector.post("Runtime.releaseObjectGroup", { objectGroup: "error" });
    this.#last = undefined;
    if (objectId === undefined) return;
    const functionDeclaration = "function () { return this; }";
    const kept = await inspector.post("Runtime.callFunctionOn", {
      objectId,
      functionDeclaration,
      objectGroup: "error",
    });
    this.#last = kept.result;
  }

  async #isLast(value: Remote): Promise<boolean> {
    const { objectId } = this.#last ?? {};
    if (objectId === undefined || value.objectId === undefined) return false;
    const same = await this.#options
      .inspector()
      .post("Runtime.callFunctionOn", {
        objectId,
        functionDeclaration: "function (other) { return this === other; }",
        arguments: [{ objectId: value.objectId }],
        silent: true,
      })
      .catch(() => undefined); // released since
    return same?.result.value === true;
  }

  /** By a `catch` around a call of the stack, or around an `await` for it, in what is not the kernel's own. */
  async #isCaught(calls: readonly Frame[]): Promise<boolean> {
    return this.#isIn(calls) || this.#isIn(await this.#options.frames.awaiting());
  }

  #isIn(calls: readonly Caller[]): boolean {
    return calls.some(({ script, place }) => {
      if (script.kind === "hidden" || place === undefined) return false;
      const code = this.#options.scripts.codeOf(script);
      return code !== undefined && isCaught(code, place);
    });
  }
}
