/** What earlier cells declared, and the lines that bring it into a later cell's checked text. */
import type { Declared } from "../source/declared.js";
import type { ParsedCell } from "../source/parse.js";
import { earlierAlias, type CarriedAs, type Taken } from "../source/rewrite.js";
import { allOf } from "./taken-names.js";

/** A declaration of an earlier cell, which later cells see. */
export interface Carried {
  readonly declared: Declared;
  readonly cell: number;
  /** Absolute path of the cell's file. */
  readonly file: string;
  /** It has a value when cells run; `declare const` has none. */
  readonly runtime: boolean;
  /** Its cell imports a package, or uses a cell that does. */
  readonly usesPackages: boolean;
  /** What its value has from the user's own files: the name itself, or those that its declaration uses. */
  readonly taken: Taken;
}

/** The names that cells have declared so far: of each the last declaration. */
export class Registry {
  readonly values = new Map<string, Carried>();
  readonly types = new Map<string, Carried>();
  /** Cells that change global types. */
  readonly augmenting = new Set<string>();

  add(name: string, carried: Carried): void {
    if (carried.declared.value) this.values.set(name, carried);
    if (carried.declared.type) this.types.set(name, carried);
  }

  /** This one with more names, which stay out of this one. */
  with(more: Iterable<readonly [name: string, carried: Carried]>, augmenting: Iterable<string>): Registry {
    const both = new Registry();
    for (const part of ["values", "types"] as const)
      for (const [name, carried] of this[part]) both[part].set(name, carried);
    for (const file of [...this.augmenting, ...augmenting]) both.augmenting.add(file);
    for (const [name, carried] of more) both.add(name, carried);
    return both;
  }

  clear(): void {
    this.values.clear();
    this.types.clear();
    this.augmenting.clear();
  }

  names(): string[] {
    return [...new Set([...this.values.keys(), ...this.types.keys()])];
  }

  /** How running code reads a name of an earlier cell. */
  carriedAs(name: string): CarriedAs | undefined {
    const carried = this.values.get(name);
    if (!carried?.runtime) return undefined;
    const { assignable, repeat } = carried.declared;
    if (repeat && carried.taken.size > 0) return { imported: repeat.imported }; // its file may run again
    return assignable ? "binding" : "constant";
  }

  /** What values of earlier cells have from the user's own files. */
  taken(names: Iterable<string>): Taken {
    return allOf([...names].flatMap((name) => this.values.get(name)?.taken ?? []));
  }

  /** Uses of a name in its own declaration that an earlier cell's answers. */
  earlierOf(cell: Pick<ParsedCell, "earlier">): ParsedCell["earlier"] {
    return cell.earlier.filter(({ name }) => this.values.get(name)?.runtime);
  }

  /** Whether a cell that uses these names has a package's files in sight. */
  usesPackages(names: Iterable<string>): boolean {
    for (const name of names)
      if (this.values.get(name)?.usesPackages || this.types.get(name)?.usesPackages) return true;
    return false;
  }

  header(cell: Pick<ParsedCell, "used" | "declared" | "earlier">): string {
    const lines: string[] = [];
    const own = new Map(cell.declared.map((one) => [one.name, one]));
    for (const name of cell.used) {
      const declared = own.get(name);
      const value = declared?.value ? undefined : this.values.get(name);
      const type = declared?.type ? undefined : this.types.get(name);
      if (value || type) lines.push(...lineFor(name, value, type, this.types.get(name)));
    }
    for (const name of new Set(this.earlierOf(cell).map((one) => one.name)))
      lines.push(...earlierLine(name, this.values.get(name)!));
    for (const file of this.augmenting) lines.push(`import ${JSON.stringify(file)};`);
    return lines.length > 0 ? `${lines.join(" ")}\n` : "";
  }
}

function lineFor(
  name: string,
  value: Carried | undefined,
  type: Carried | undefined,
  anyType: Carried | undefined,
): string[] {
  // One statement where both meanings come from the same declaration, and nothing else of that name is in the way.
  const whole =
    value &&
    !value.declared.assignable &&
    !value.declared.untyped &&
    type === anyType &&
    (type === value || (!type && !value.declared.type));
  if (whole) return [imported(name, name, value)];
  if (type && !value)
    return type.declared.value && !type.declared.repeat
      ? [typeLine(name, type)]
      : [imported(name, name, type, "type ")];
  const lines: string[] = [];
  if (value) lines.push(valueLine(name, value));
  if (type) lines.push(typeLine(name, type));
  return lines;
}

function imported(
  name: string,
  local: string,
  { declared, file }: Pick<Carried, "declared" | "file">,
  type = "",
): string {
  const { repeat } = declared;
  if (repeat) return `import ${repeat.clause} from ${JSON.stringify(repeat.specifier)}${repeat.attributes};`;
  return `import { ${type}${name}${local === name ? "" : ` as ${local}`} } from ${JSON.stringify(file)};`;
}

function valueLine(name: string, { declared, file }: Carried): string {
  if (declared.repeat)
    return (
      `import ${declared.repeat.clause} from ` +
      `${JSON.stringify(declared.repeat.specifier)}${declared.repeat.attributes};`
    );
  const type = declared.untyped ?? `typeof import(${JSON.stringify(file)}).${name}`;
  return `declare ${declared.assignable ? "let" : "const"} ${name}: ${type};`;
}

function typeLine(name: string, { declared, file }: Carried): string {
  if (declared.repeat) return imported(name, name, { declared, file });
  const { text = "", names = [] } = declared.parameters ?? {};
  return (
    `type ${name}${text} = ` +
    `import(${JSON.stringify(file)}).${name}${names.length > 0 ? `<${names.join(", ")}>` : ""};`
  );
}

function earlierLine(name: string, carried: Carried): readonly string[] {
  const alias = earlierAlias(name);
  const { declared, file } = carried;
  if (declared.untyped) return [`declare let ${alias}: ${declared.untyped};`];
  if (!declared.repeat) return [`import { ${name} as ${alias} } from ${JSON.stringify(file)};`];
  const clause = declared.repeat.clause.startsWith("{")
    ? declared.repeat.clause.replace(/ as [^ ]+ }$/, ` as ${alias} }`)
    : declared.repeat.clause.startsWith("*")
      ? `* as ${alias}`
      : alias;
  return [`import ${clause} from ${JSON.stringify(declared.repeat.specifier)}${declared.repeat.attributes};`];
}
