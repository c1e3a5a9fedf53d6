import type { CApi, GraphOutput, Pointer } from "./c-api.js";
import type { Context } from "./context.js";

/** A SavedModel in a session of its own. */
export class SavedModel {
  readonly #context: Context;
  readonly #graph: Pointer;
  readonly #session: Pointer;

  /**
   * Loads the SavedModel in `folder`.
   *
   * @param tags the meta graph's tags, separated by commas, such as "serve"
   * @throws TensorFlowError when there is none, or none with these tags
   */
  constructor(context: Context, folder: string, tags: string) {
    const { c, status } = context;
    const options: Pointer = c.TF_NewSessionOptions();
    const graph: Pointer = c.TF_NewGraph();
    const names = tags.split(",").filter((tag) => tag !== "");
    try {
      this.#session = c.TF_LoadSessionFromSavedModel(
        options,
        null,
        folder,
        names,
        names.length,
        graph,
        null,
        status.pointer,
      );
      status.check(`loadSavedModel ${folder}`);
    } catch (error) {
      c.TF_DeleteGraph(graph);
      throw error;
    } finally {
      c.TF_DeleteSessionOptions(options);
    }
    this.#context = context;
    this.#graph = graph;
  }

  /**
   * Runs the model.
   *
   * @param inputs eager tensors, one for each of `inputNames`
   * @param inputNames graph outputs to feed, such as "serving_default_x:0"
   * @param outputNames graph outputs to fetch, such as "StatefulPartitionedCall:0"
   * @returns eager tensors, one for each of `outputNames`
   * @throws RangeError for a wrong number of inputs or an unknown name; TensorFlowError when the run fails
   */
  run(inputs: readonly Pointer[], inputNames: readonly string[], outputNames: readonly string[]): Pointer[] {
    const { c, status } = this.#context;
    if (inputs.length !== inputNames.length) {
      throw new RangeError(`runSavedModel: needs ${inputNames.length} inputs, got ${inputs.length}`);
    }
    const feeds = inputNames.map((name) => findOutput(c, this.#graph, name));
    const fetches = outputNames.map((name) => findOutput(c, this.#graph, name));
    const fed: Pointer[] = [];
    const fetched = new BigUint64Array(fetches.length);
    try {
      for (const handle of inputs) {
        fed.push(c.TFE_TensorHandleResolve(handle, status.pointer));
        status.check("runSavedModel");
      }
      c.TF_SessionRun(
        this.#session,
        null,
        feeds,
        BigUint64Array.from(fed),
        fed.length,
        fetches,
        fetched,
        fetches.length,
        null,
        0,
        null,
        status.pointer,
      );
      status.check("runSavedModel");
      return Array.from(fetched, (tensor) => toHandle(this.#context, tensor));
    } finally {
      for (const tensor of fed) if (tensor) c.TF_DeleteTensor(tensor);
      for (const tensor of fetched) if (tensor) c.TF_DeleteTensor(tensor);
    }
  }

  delete(): void {
    const { c, status } = this.#context;
    c.TF_CloseSession(this.#session, status.pointer);
    status.check("deleteSavedModel");
    c.TF_DeleteSession(this.#session, status.pointer);
    status.check("deleteSavedModel");
    c.TF_DeleteGraph(this.#graph);
  }
}

function toHandle({ c, status }: Context, tensor: Pointer): Pointer {
  const handle: Pointer = c.TFE_NewTensorHandle(tensor, status.pointer);
  status.check("runSavedModel");
  return handle;
}

/** Finds "operation:index" (":0" may be left out). */
function findOutput(c: CApi, graph: Pointer, name: string): GraphOutput {
  const [operation, index] = name.split(":");
  const oper: Pointer | null = c.TF_GraphOperationByName(graph, operation);
  if (!oper) throw new RangeError(`runSavedModel: the model has no operation named ${operation}`);
  return { oper, index: index ? Number(index) : 0 };
}
