import { AttributeType, type OpAttribute } from "../attributes.js";
import type { GraphOutput, Pointer } from "../c-api.js";
import type { Graph } from "./graph.js";

/**
 * An op that changes resource variables. It has control dependencies on all that is read and on every other update's
 * inputs: it runs when everything else has been computed.
 */
export interface Update {
  readonly op: string;
  readonly attributes: readonly OpAttribute[];
  readonly inputs: readonly GraphOutput[];
}

/** The resource variables that a trace reads and updates. */
export class ResourceUpdates {
  readonly #graph: Graph;
  readonly #makeResource: (dataId: object) => GraphOutput;
  readonly #resources = new Map<object, GraphOutput>();
  readonly #reads: GraphOutput[] = [];
  readonly #updates: Update[] = [];

  /** @param makeResource adds to the graph the resource that holds some data, once for each */
  constructor(graph: Graph, makeResource: (dataId: object) => GraphOutput) {
    this.#graph = graph;
    this.#makeResource = makeResource;
  }

  /** The graph's resource that holds some data. */
  resourceOf(dataId: object): GraphOutput {
    const known = this.#resources.get(dataId);
    if (known) return known;
    const resource = this.#makeResource(dataId);
    this.#resources.set(dataId, resource);
    return resource;
  }

  /** The value of the resource that holds some data. */
  read(dataId: object, dtype: number, shape: readonly number[]): GraphOutput {
    const type = (name: string) => ({ name, type: AttributeType.TYPE, value: dtype });
    const [value] = this.#graph.add("ReadVariableOp", [type("dtype")], [this.resourceOf(dataId)], 1);
    this.#reads.push(value!);
    // A resource's shape is not known to the graph.
    return this.#graph.add(
      "EnsureShape",
      [type("T"), { name: "shape", type: AttributeType.SHAPE, value: shape }],
      [value!],
      1,
    )[0]!;
  }

  /** Notes an op to be run last; the resources that it changes come first among its inputs. */
  add(update: Update): void {
    this.#updates.push(update);
  }

  /** The data of the variables that are updated in place. */
  updatedData(): ReadonlySet<object> {
    const updated = new Set(this.#updates.flatMap(({ inputs }) => inputs.map(({ oper }) => oper)));
    return new Set([...this.#resources].filter(([, { oper }]) => updated.has(oper)).map(([dataId]) => dataId));
  }

  /**
   * Adds the updates to the graph, all of them after everything in `results` and after every value that any of them
   * needs: what fails before leaves all variables as they were.
   *
   * @returns the operations that must be run
   */
  finish(results: readonly GraphOutput[]): Pointer[] {
    if (this.#updates.length === 0) return [];
    const needed = [...results, ...this.#reads, ...this.#updates.flatMap(({ inputs }) => inputs)];
    const barrier = this.#graph.addOperation("NoOp", [], [], [...new Set(needed.map(({ oper }) => oper))]);
    const lastOf = new Map<Pointer, Pointer>();
    return this.#updates.map(({ op, attributes, inputs }) => {
      // Updates of the same variable keep their order; others may run side by side.
      const after = [...new Set([barrier, ...inputs.flatMap(({ oper }) => lastOf.get(oper) ?? [])])];
      const operation = this.#graph.addOperation(op, attributes, inputs, after);
      for (const { oper } of inputs) if (this.#isResource(oper)) lastOf.set(oper, operation);
      return operation;
    });
  }

  #isResource(oper: Pointer): boolean {
    return [...this.#resources.values()].some((resource) => resource.oper === oper);
  }
}
