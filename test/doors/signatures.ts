/** The arguments that each public function has, as the type checker sees them: no table of them is kept by hand. */
import { join } from "node:path";
import {
  API,
  SignatureKind,
  SymbolFlags,
  TypeFlags,
  type Checker,
  type Symbol,
  type Type,
} from "typescript/unstable/sync";
import { isParameterDeclaration } from "typescript/unstable/ast/is";
import { ROOT } from "../house/imports.js";

export interface Signature {
  /** Parameters by place. */
  readonly names: readonly string[];
  /** Each argument, and each option within one: "0", "1.batchSize", "1.augment.cutout", "0.series[].x". */
  readonly places: readonly string[];
  /** Those that may be left out. */
  readonly optional: readonly string[];
}

/** How deep options may lie in each other. */
const DEPTH = 4;

/**
 * The signature of every function and class that `lib/index.ts` exports in rooms: "datasets.batches",
 * "backend.ops.gelu".
 *
 * @param made names of types whose objects the library itself makes, a set say: no one writes their fields as options
 */
export function signatures(made: readonly string[]): ReadonlyMap<string, Signature> {
  const api = new API({ cwd: ROOT });
  try {
    const snapshot = api.updateSnapshot({ openProject: join(ROOT, "lib/tsconfig.json") });
    const { checker, program } = snapshot.getProjects()[0]!;
    const found = new Map<string, Signature>();
    const reader = new Reader(checker, made);
    const visit = (exports: readonly Symbol[], room: string): void => {
      for (const symbol of exports) {
        const own = symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
        const name = `${room}${symbol.name}`;
        if (own.flags & SymbolFlags.ValueModule) {
          if (symbol.name !== "tf") visit(checker.getExportsOfModule(own), `${name}.`);
          continue;
        }
        const signature = reader.signatureOf(own);
        if (signature !== undefined) found.set(name, signature);
      }
    };
    visit(
      checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(join(ROOT, "lib/index.ts"))!)!),
      "",
    );
    return found;
  } finally {
    api.close();
  }
}

class Reader {
  readonly #optional = new Set<string>();

  constructor(
    readonly checker: Checker,
    readonly made: readonly string[],
  ) {}

  signatureOf(symbol: Symbol): Signature | undefined {
    const type = this.checker.getTypeOfSymbol(symbol);
    if (type === undefined) return undefined;
    const all = [SignatureKind.Call, SignatureKind.Construct].flatMap((kind) =>
      this.checker.getSignaturesOfType(type, kind),
    );
    if (all.length === 0) return undefined;
    this.#optional.clear();
    const parameters = all.map((one) => one.getParameters());
    const longest = parameters.reduce((a, b) => (b.length > a.length ? b : a));
    const places = parameters.flatMap((list) => list.flatMap((one, i) => this.#placesOf(one, `${i}`, DEPTH)));
    return {
      names: longest.map(({ name }) => name),
      places: [...new Set(places)],
      optional: [...this.#optional],
    };
  }

  /** Its own place, and those within it. */
  #placesOf(symbol: Symbol, place: string, depth: number): string[] {
    if (isOptional(symbol)) this.#optional.add(place);
    return [place, ...this.#within(this.checker.getTypeOfSymbol(symbol), place, depth)];
  }

  /** The options that a value of the type may have, and those of its items. */
  #within(type: Type | undefined, path: string, depth: number): string[] {
    if (type === undefined || depth === 0) return [];
    if (type.isUnionType()) return type.getTypes().flatMap((one) => this.#within(one, path, depth));
    if (type.flags & TypeFlags.TypeParameter && type.isTypeParameter())
      return this.#within(this.checker.getBaseConstraintOfType(type), path, depth);
    if (this.checker.isTupleType(type)) return [];
    if (this.checker.isArrayLikeType(type)) return this.#ofItems(type, path, depth);
    if (!this.#isOptions(type)) return [];
    const properties = this.checker.getPropertiesOfType(type);
    return properties.flatMap((property) => this.#placesOf(property, `${path}.${property.name}`, depth - 1));
  }

  #ofItems(type: Type, path: string, depth: number): string[] {
    if (!type.isTypeReference()) return [];
    return this.checker.getTypeArguments(type).flatMap((item) => this.#within(item, `${path}[]`, depth));
  }

  /** Whether it is an object that a user writes: of fields that lib declares, with no methods. */
  #isOptions(type: Type): boolean {
    if (!type.isIntersectionType() && !type.isObjectType()) return false;
    const names = [type.getSymbol()?.name, type.getAliasSymbol()?.name];
    if (this.made.some((name) => names.includes(name))) return false;
    if ((type.getSymbol()?.flags ?? 0) & SymbolFlags.Class) return false;
    if (this.checker.getSignaturesOfType(type, SignatureKind.Call).length > 0) return false;
    const properties = this.checker.getPropertiesOfType(type);
    const ours = (one: Symbol): boolean =>
      one.declarations.some(({ path }) => String(path).toLowerCase().startsWith(join(ROOT, "lib/").toLowerCase()));
    return properties.length > 0 && properties.every(ours);
  }
}

/** An option or a parameter with a question mark, or a parameter with a default. */
function isOptional(symbol: Symbol): boolean {
  if (symbol.flags & SymbolFlags.Optional) return true;
  const node = symbol.valueDeclaration?.resolve();
  return node !== undefined && isParameterDeclaration(node) && Boolean(node.initializer ?? node.questionToken);
}
