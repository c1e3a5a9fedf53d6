import koffi, { type LibraryHandle } from "koffi";
import type { Library } from "./library.js";

/** An address in TensorFlow's memory, as koffi hands it out. */
export type Pointer = bigint;

/** A `TF_Output`: one output of an operation in a graph. */
export interface GraphOutput {
  readonly oper: Pointer;
  readonly index: number;
}

/** A C function. `any` because koffi converts by the C prototype, which TypeScript cannot see. */
interface CFunction {
  (...args: unknown[]): any;
  /** Runs off the main thread; the last argument is called as `(error, result)` when it is done. */
  async(...args: any[]): void;
}

/**
 * The part of TensorFlow's C API that we call, from tensorflow/c/c_api.h, c/tf_tensor.h, c/eager/c_api.h and
 * c/eager/c_api_experimental.h of TensorFlow 2.20 and 2.21.
 */
const PROTOTYPES = [
  "const char* TF_Version()",
  // status
  "void* TF_NewStatus()",
  "void TF_DeleteStatus(void* status)",
  "int TF_GetCode(void* status)",
  "const char* TF_Message(void* status)",
  "void TF_SetStatus(void* status, int code, const char* message)",
  // tensors in host memory
  "void* TF_AllocateTensor(int dtype, const int64_t* dims, int numDims, size_t bytes)",
  "void TF_DeleteTensor(void* tensor)",
  "void* TF_TensorData(void* tensor)",
  "size_t TF_TensorByteSize(void* tensor)",
  "int64_t TF_TensorElementCount(void* tensor)",
  "int TF_TensorType(void* tensor)",
  "int TF_NumDims(void* tensor)",
  "int64_t TF_Dim(void* tensor, int index)",
  // strings inside a tensor (24 bytes each)
  "void TF_StringInit(void* string)",
  "void TF_StringCopy(void* string, const void* source, size_t bytes)",
  "void TF_StringDealloc(void* string)",
  "void* TF_StringGetDataPointer(void* string)",
  "size_t TF_StringGetSize(void* string)",
  // buffers of bytes
  "void* TF_NewBufferFromString(const void* bytes, size_t length)",
  "void* TF_NewBuffer()",
  "void TF_DeleteBuffer(void* buffer)",
  "void* TF_GetRegisteredKernelsForOp(const char* name, void* status)",
  // the eager context and its devices
  "void* TFE_NewContextOptions()",
  "void TFE_ContextOptionsSetConfig(void* options, const void* proto, size_t bytes, void* status)",
  "void TFE_DeleteContextOptions(void* options)",
  "void* TFE_NewContext(void* options, void* status)",
  "void TFE_DeleteContext(void* context)",
  "void* TFE_ContextListDevices(void* context, void* status)",
  "void TF_DeleteDeviceList(void* list)",
  "int TF_DeviceListCount(void* list)",
  "const char* TF_DeviceListName(void* list, int index, void* status)",
  "const char* TF_DeviceListType(void* list, int index, void* status)",
  "int64_t TF_DeviceListMemoryBytes(void* list, int index, void* status)",
  // eager tensors
  "void* TFE_NewTensorHandle(void* tensor, void* status)",
  "void TFE_DeleteTensorHandle(void* handle)",
  "int TFE_TensorHandleDataType(void* handle)",
  "int TFE_TensorHandleNumDims(void* handle, void* status)",
  "int64_t TFE_TensorHandleDim(void* handle, int index, void* status)",
  "void* TFE_TensorHandleResolve(void* handle, void* status)",
  "void* TFE_TensorHandleCopyToDevice(void* handle, void* context, const char* device, void* status)",
  "const char* TFE_TensorHandleBackingDeviceName(void* handle, void* status)",
  // eager ops
  "void* TFE_NewOp(void* context, const char* name, void* status)",
  "void TFE_DeleteOp(void* op)",
  "void TFE_OpSetDevice(void* op, const char* device, void* status)",
  "void TFE_OpAddInput(void* op, void* handle, void* status)",
  "void TFE_OpAddInputList(void* op, void** handles, int count, void* status)",
  "int TFE_OpGetAttrType(void* op, const char* name, _Out_ uint8_t* isList, void* status)",
  "void TFE_OpSetAttrString(void* op, const char* name, const void* value, size_t length)",
  "void TFE_OpSetAttrInt(void* op, const char* name, int64_t value)",
  "void TFE_OpSetAttrFloat(void* op, const char* name, float value)",
  "void TFE_OpSetAttrBool(void* op, const char* name, uint8_t value)",
  "void TFE_OpSetAttrType(void* op, const char* name, int value)",
  "void TFE_OpSetAttrShape(void* op, const char* name, const int64_t* dims, int numDims, void* status)",
  "void TFE_OpSetAttrTensor(void* op, const char* name, void* tensor, void* status)",
  "void TFE_OpSetAttrFunctionName(void* op, const char* name, const char* value, size_t length)",
  "void TFE_OpSetAttrStringList(void* op, const char* name, const void** values, const size_t* lengths, int count)",
  "void TFE_OpSetAttrIntList(void* op, const char* name, const int64_t* values, int count)",
  "void TFE_OpSetAttrFloatList(void* op, const char* name, const float* values, int count)",
  "void TFE_OpSetAttrBoolList(void* op, const char* name, const uint8_t* values, int count)",
  "void TFE_OpSetAttrTypeList(void* op, const char* name, const int* values, int count)",
  `void TFE_OpSetAttrShapeList(void* op, const char* name, const void** dims, const int* numDims, int count,
    void* status)`,
  "void TFE_Execute(void* op, void** outputs, _Inout_ int* count, void* status)",
  "void TFE_ContextAddFunction(void* context, void* function, void* status)",
  "void TFE_ContextRemoveFunction(void* context, const char* name, void* status)",
  "void TFE_ContextEnableGraphCollection(void* context)",
  "void TFE_ContextDisableGraphCollection(void* context)",
  "void TFE_ContextExportRunMetadata(void* context, void* buffer, void* status)",
  // collective ops between processes
  "void TFE_EnableCollectiveOps(void* context, const void* serverDef, size_t bytes, void* status)",
  "void TFE_CollectiveOpsCheckPeerHealth(void* context, const char* task, int64_t timeoutMs, void* status)",
  "void TFE_AbortCollectiveOps(void* context, void* status)",
  // graphs, and functions made of them
  "void* TF_NewGraph()",
  "void TF_DeleteGraph(void* graph)",
  "void TF_GraphGetOpDef(void* graph, const char* name, void* buffer, void* status)",
  "void* TF_NewOperation(void* graph, const char* op, const char* name)",
  "void TF_AddInput(void* description, TF_Output input)",
  "void TF_AddInputList(void* description, TF_Output* inputs, int count)",
  "void TF_AddControlInput(void* description, void* operation)",
  "void* TF_FinishOperation(void* description, void* status)",
  "int TF_OperationOutputType(TF_Output output)",
  "int TF_GraphGetTensorNumDims(void* graph, TF_Output output, void* status)",
  "void TF_GraphGetTensorShape(void* graph, TF_Output output, _Out_ int64_t* dims, int numDims, void* status)",
  `void* TF_GraphToFunctionWithControlOutputs(void* graph, const char* name, uint8_t appendHash, int operationCount,
    void** operations, int inputCount, TF_Output* inputs, int outputCount, TF_Output* outputs,
    const char** outputNames, int controlCount, void** controlOutputs, const char** controlNames, void* options,
    const char* description, void* status)`,
  "void TF_DeleteFunction(void* function)",
  "void TF_GraphCopyFunction(void* graph, void* function, void* gradient, void* status)",
  "void TF_SetAttrString(void* description, const char* name, const void* value, size_t length)",
  "void TF_SetAttrInt(void* description, const char* name, int64_t value)",
  "void TF_SetAttrFloat(void* description, const char* name, float value)",
  "void TF_SetAttrBool(void* description, const char* name, uint8_t value)",
  "void TF_SetAttrType(void* description, const char* name, int value)",
  "void TF_SetAttrShape(void* description, const char* name, const int64_t* dims, int numDims)",
  "void TF_SetAttrTensor(void* description, const char* name, void* tensor, void* status)",
  "void TF_SetAttrFuncName(void* description, const char* name, const char* value, size_t length)",
  `void TF_SetAttrStringList(void* description, const char* name, const void** values, const size_t* lengths,
    int count)`,
  "void TF_SetAttrIntList(void* description, const char* name, const int64_t* values, int count)",
  "void TF_SetAttrFloatList(void* description, const char* name, const float* values, int count)",
  "void TF_SetAttrBoolList(void* description, const char* name, const uint8_t* values, int count)",
  "void TF_SetAttrTypeList(void* description, const char* name, const int* values, int count)",
  "void TF_SetAttrShapeList(void* description, const char* name, const void** dims, const int* numDims, int count)",
  // SavedModels
  "void* TF_NewSessionOptions()",
  "void TF_DeleteSessionOptions(void* options)",
  "void* TF_NewSession(void* graph, void* options, void* status)",
  "void TF_SetConfig(void* options, const void* proto, size_t bytes, void* status)",
  `void* TF_LoadSessionFromSavedModel(void* options, void* runOptions, const char* folder, const char** tags,
    int tagCount, void* graph, void* metaGraph, void* status)`,
  "void TF_CloseSession(void* session, void* status)",
  "void TF_DeleteSession(void* session, void* status)",
  "void* TF_GraphOperationByName(void* graph, const char* name)",
  "int TF_OperationNumOutputs(void* operation)",
  `void TF_SessionRun(void* session, void* runOptions, TF_Output* inputs, void** inputValues, int inputCount,
    TF_Output* outputs, void** outputValues, int outputCount, void** targets, int targetCount, void* metadata,
    void* status)`,
] as const;

type NameIn<Prototype extends string> = Prototype extends `${infer Head}(${string}`
  ? Head extends `${string} ${infer Rest}`
    ? NameAfter<Rest>
    : never
  : never;
type NameAfter<Head extends string> = Head extends `${string} ${infer Rest}` ? NameAfter<Rest> : Head;

/** TensorFlow's C API: one property per function, by its C name. */
export type CApi = { readonly [Prototype in (typeof PROTOTYPES)[number] as NameIn<Prototype>]: CFunction } & {
  /** libc's, between a typed array and TensorFlow's memory. */
  readonly memcpy: CFunction;
  /** The bytes of a `TF_Buffer`. */
  readonly readBuffer: (buffer: Pointer) => Uint8Array;
};

/**
 * Looks up every function of {@link PROTOTYPES} in an opened library.
 *
 * @throws Error naming the functions that the library lacks
 */
export function bindCApi(library: Library): CApi {
  koffi.struct("TF_Output", { oper: "void*", index: "int" });
  const bufferType = koffi.struct("TF_Buffer", { data: "void*", length: "size_t", deallocator: "void*" });
  const api: Record<string, CFunction> = {};
  const missing: string[] = [];
  for (const prototype of PROTOTYPES) {
    const name = /(\w+)\(/.exec(prototype)![1]!;
    const found = lookUp(library.cc, prototype) ?? lookUp(library.framework, prototype);
    if (found) api[name] = found;
    else missing.push(name);
  }
  if (missing.length > 0) throw new Error(`${library.folder} lacks ${missing.join(", ")} of TensorFlow's C API`);
  api.memcpy = koffi.load(null).func("void* memcpy(void* to, const void* from, size_t bytes)") as CFunction;
  const memcpy = api.memcpy;
  const readBuffer = (buffer: Pointer): Uint8Array => {
    const { data, length } = koffi.decode(buffer, bufferType) as { data: Pointer; length: number };
    const bytes = new Uint8Array(Number(length));
    if (bytes.byteLength > 0) memcpy(bytes, data, bytes.byteLength);
    return bytes;
  };
  return { ...api, readBuffer } as unknown as CApi;
}

function lookUp(library: LibraryHandle, prototype: string): CFunction | undefined {
  try {
    return library.func(prototype) as CFunction;
  } catch (error) {
    if (/cannot find function/i.test(String(error))) return undefined;
    throw error;
  }
}
