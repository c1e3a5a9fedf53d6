/** Values behind the numbers that a front end asks for more by, and the lists of what is in them. */
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { Look } from "../both/looks.js";
import { isName } from "./arguments.js";
import type { Group, Inspector, Remote } from "./inspector.js";

/** What a number stands for. */
export interface Container {
  readonly group: Group;
  /** V8's objects whose own properties are the variables; a later one's names hide an earlier one's. */
  readonly holders: readonly string[];
  /** Whether it is a value, whose members are listed, or a scope, whose names are. */
  readonly isValue: boolean;
  /** How code says the value; undefined where none can. */
  readonly path?: string | undefined;
  /** A scope's names that are not shown. */
  readonly hides?: (name: string) => boolean;
  /** The frame that it is a scope of: a name is assigned there. */
  readonly frameId?: number;
  /** The names of cells, which are assigned by name. */
  readonly isGlobal?: boolean;
}

type Filter = Pick<DebugProtocol.VariablesArguments, "filter" | "start" | "count">;

const ALL = 1000;

/** Hands out numbers for values, and forgets those of a group at once. */
export class Variables {
  readonly #inspector: () => Inspector;
  readonly #containers = new Map<number, Container>();
  readonly #hidesTypes: () => boolean;
  #next = 1;

  /** @param hidesTypes whether the front end is told no types */
  constructor(inspector: () => Inspector, hidesTypes: () => boolean) {
    this.#inspector = inspector;
    this.#hidesTypes = hidesTypes;
  }

  add(container: Container): number {
    const reference = this.#next++;
    this.#containers.set(reference, container);
    return reference;
  }

  /** @throws RangeError for a number that stands for nothing any more */
  get(reference: number): Container {
    const container = this.#containers.get(reference);
    if (container === undefined)
      throw new RangeError(`variables: variablesReference must be one of this stop, got ${reference}`);
    return container;
  }

  /** Forgets a group's values, here and on the main thread. */
  release(group: Group): void {
    for (const [reference, one] of this.#containers) if (one.group === group) this.#containers.delete(reference);
    this.#inspector()
      .post("Runtime.releaseObjectGroup", { objectGroup: group })
      .catch(() => undefined); // main has ended
  }

  async list(reference: number, { filter, start = 0, count = 0 }: Filter): Promise<DebugProtocol.Variable[]> {
    const container = this.get(reference);
    const { group, holders, isValue, hides } = container;
    const found = new Map<string, DebugProtocol.Variable>();
    for (const holder of holders) {
      const kind = filter === undefined ? {} : { value: filter };
      const asked = [{ objectId: holder }, kind, { value: start }, { value: count || ALL }];
      const members = isValue ? (await this.#inspector().look("members", asked, group)).objectId! : holder;
      for (const variable of await this.#own(members, container)) {
        if (hides?.(variable.name) !== true) found.set(variable.name, variable);
      }
    }
    const all = [...found.values()];
    if (isValue) return all;
    if (filter === "indexed") return [];
    return all.slice(start, count > 0 ? start + count : undefined);
  }

  /** How a value is written, with a number where there is more of it. */
  async shown(remote: Remote, group: Group, path?: string): Promise<Shown> {
    const look = await this.#inspector().read("line", argumentOf(remote));
    return this.#shown(remote, look, group, path);
  }

  async #own(holder: string, container: Container): Promise<DebugProtocol.Variable[]> {
    const looks = await this.#inspector().read("lines", { objectId: holder });
    const { result } = await this.#inspector().post("Runtime.getProperties", { objectId: holder, ownProperties: true });
    return result.flatMap(({ name, value }) => {
      const look = looks[name];
      if (look === undefined) return [];
      const path = memberOf(container, name);
      const { result: text, type, ...more } = this.#shown(value, look, container.group, path);
      const names = path === undefined ? {} : { evaluateName: path };
      return [{ name, value: text, ...(this.#hidesTypes() ? {} : { type }), ...names, ...more }];
    });
  }

  #shown(value: Remote | undefined, { text, type, named, indexed }: Look, group: Group, path?: string): Shown {
    const objectId = named + indexed > 0 ? value?.objectId : undefined;
    if (objectId === undefined) return { result: text, type, variablesReference: 0 };
    const variablesReference = this.add({ group, holders: [objectId], isValue: true, path });
    return {
      result: text,
      type,
      variablesReference,
      namedVariables: named,
      ...(indexed > 0 ? { indexedVariables: indexed } : {}),
    };
  }
}

/** How code says what is in a scope or a value; undefined for what none can say: `[[Prototype]]`, what lies in it. */
export function memberOf({ isValue, path }: Container, name: string): string | undefined {
  if (!isValue) return name;
  if (path === undefined || name.startsWith("[[")) return undefined;
  if (isName(name)) return `${path}.${name}`;
  return /^\d+$/.test(name) ? `${path}[${name}]` : `${path}[${JSON.stringify(name)}]`;
}

/** A value in a reply. */
export type Shown = DebugProtocol.EvaluateResponse["body"] & { readonly type: string };

/** A value as an argument of a call. */
export function argumentOf({ objectId, unserializableValue, value }: Remote): {
  objectId?: string;
  unserializableValue?: string;
  value?: unknown;
} {
  if (objectId !== undefined) return { objectId };
  return unserializableValue === undefined ? { value: value as unknown } : { unserializableValue };
}
