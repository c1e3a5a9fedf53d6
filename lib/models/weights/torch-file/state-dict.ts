import { Global, type Dialect, type Fail } from "../../../files/unpickle.js";
import { storageType, TYPE_NAMES } from "./number-types.js";
import { isCount, OtherTensor, Storage, tensorOf } from "./tensor.js";

type Make = (args: readonly unknown[], fail: Fail) => unknown;

/** What makes plain data. */
const PLAIN: Readonly<Record<string, Make>> = {
  "collections OrderedDict": ([pairs = []], fail) => orderedDict(pairs, fail),
  "collections Counter": ([counts = new Map()], fail) =>
    counts instanceof Map ? counts : fail("a counter of no dict"),
  "torch Size": ([sizes = []]) => sizes,
  "torch device": (parts) => parts,
  "torch.serialization _get_layout": ([name]) => name,
  "__builtin__ set": ([items = []], fail) => (Array.isArray(items) ? new Set(items) : fail("a set of no list")),
  "__builtin__ bytes": () => new Uint8Array(),
  "__builtin__ bytearray": ([bytes = new Uint8Array()]) => bytes,
  "__builtin__ complex": (parts) => parts,
  "_codecs encode": ([text], fail) =>
    typeof text === "string" ? Uint8Array.from(Buffer.from(text, "latin1")) : fail("bytes of no text"),
};

/** What makes tensors and parameters without attributes of their own. */
const TENSORS: Readonly<Record<string, Make>> = {
  "torch._utils _rebuild_tensor": (args, fail) => tensorOf(args, undefined, undefined, fail),
  "torch._utils _rebuild_tensor_v2": (args, fail) => tensorOf(args, undefined, args[6], fail),
  "torch._utils _rebuild_tensor_v3": (args, fail) => tensorOf(args, args[6] ?? null, args[7], fail),
  "torch._utils _rebuild_parameter": ([tensor]) => tensor,
  "torch._utils _rebuild_parameter_with_state": ([tensor]) => tensor,
  "torch._utils _rebuild_qtensor": () => new OtherTensor("quantized"),
  "torch._utils _rebuild_sparse_tensor": () => new OtherTensor("sparse"),
  "torch._utils _rebuild_meta_tensor_no_storage": () => new OtherTensor("without numbers, of the device meta"),
};

const CALLS = new Map<string, Make>([
  ...Object.entries(PLAIN),
  ...Object.entries(TENSORS),
  ["torch._tensor _rebuild_from_type_v2", ofType],
]);

/**
 * What PyTorch's files of tensors hold, as `torch.load` with weights_only takes it: dicts, tensors and parameters,
 * plain data such as counters and sizes, and nothing that runs.
 *
 * @param found called with each storage that a pickle names
 * Source: PyTorch 2.13, torch/_weights_only_unpickler.py.
 */
export function stateDict(found: (storage: Storage) => void = () => {}): Dialect {
  return {
    fn: "readTorchFile",
    rule: "hold tensors by name and plain data",
    globals: [...CALLS.keys(), ...TYPE_NAMES, "torch Tensor", "torch.nn.parameter Parameter"],
    call: (name, args, fail) => (CALLS.get(name) ?? (() => fail(`a call of ${name}`)))(args, fail),
    // a state dict's _metadata
    build: (target, _, fail) => (target instanceof Map ? target : fail("the state of an unknown object")),
    persistent(id, fail) {
      const [what, type, key, , count] = Array.isArray(id) ? (id as unknown[]) : [];
      const numbers = type instanceof Global ? storageType(type.name) : undefined;
      if (what !== "storage" || numbers === undefined || typeof key !== "string" || !isCount(count)) {
        return fail("an unknown kind of storage");
      }
      const storage = new Storage(key, numbers, count);
      found(storage);
      return storage;
    },
  };
}

/** A tensor with attributes, by what would make it without them. */
function ofType([make, , args]: readonly unknown[], fail: Fail): unknown {
  const known = make instanceof Global && Object.hasOwn(TENSORS, make.name) ? TENSORS[make.name] : undefined;
  return known && Array.isArray(args) ? known(args, fail) : fail("a tensor made in an unknown way");
}

function orderedDict(pairs: unknown, fail: Fail): Map<unknown, unknown> {
  if (!Array.isArray(pairs) || !pairs.every((pair) => Array.isArray(pair) && pair.length === 2)) {
    return fail("a dict of other things than pairs");
  }
  return new Map(pairs as [unknown, unknown][]);
}
