/** Expressions of front ends, evaluated where they ask for it. */
import { toEvaluate } from "./expressions.js";
import type { Frame, Frames } from "./frames.js";
import { valueOf, type Group, type Inspector, type Remote, type Runtime } from "./inspector.js";
import { argumentOf } from "./listed-variables.js";

/** What expressions are evaluated with. */
interface EvaluatorOptions {
  readonly inspector: () => Inspector;
  readonly frames: Frames;
  /** What values are kept with. */
  readonly group: () => Group;
}

/** Evaluates TypeScript on the main thread. */
export class Evaluator {
  readonly #options: EvaluatorOptions;

  constructor(options: EvaluatorOptions) {
    this.#options = options;
  }

  /**
   * The value of an expression, in a frame or among what cells have declared.
   * @throws Error with what it throws, SyntaxError for no TypeScript
   */
  async evaluate(text: string, frame: Frame | undefined, timeout?: number): Promise<Remote> {
    const { frames, group } = this.#options;
    const inspector = this.#options.inspector();
    const names = new Set(await inspector.read("list"));
    const known = frame === undefined ? new Set<string>() : await frames.known(frame);
    const expression = toEvaluate(
      text,
      (name) => known.has(name),
      (name) => names.has(name),
    );
    const options = {
      expression,
      silent: true,
      objectGroup: group(),
      ...(timeout === undefined ? {} : { timeout }),
    };
    if (frame !== undefined && timeout === undefined) await frames.refresh(frame); // a glance sets nothing
    const evaluated =
      frame === undefined
        ? await inspector.post("Runtime.evaluate", { ...options, disableBreaks: true, replMode: false })
        : await inspector.post("Debugger.evaluateOnCallFrame", { ...options, callFrameId: frame.call.callFrameId });
    const { result, exceptionDetails } = evaluated as Runtime.EvaluateReturnType; // Node's types have no timeout
    return valueOf(result, exceptionDetails);
  }

  /**
   * Sets a name's value.
   * @throws Error where V8 does not: in a call below the one that is stopped, which it has optimised
   */
  async assign(name: string, value: string, frame: Frame | undefined): Promise<Remote> {
    const set = await this.evaluate(`${name} = (${value}\n)`, frame);
    const now = await this.evaluate(name, frame);
    if (await this.#options.inspector().read("same", argumentOf(set), argumentOf(now))) return set;
    throw new Error(`setVariable: ${name} cannot be set in ${frame?.name} at this stop: V8 has optimised that call`);
  }
}
