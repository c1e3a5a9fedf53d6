import { type CApi, type Pointer, bindCApi } from "./c-api.js";
import { type LibraryFolder, openLibrary } from "./library.js";
import { Status } from "./status.js";

/** A device that TensorFlow runs ops on. */
export interface Device {
  /** TensorFlow's full name, such as "/job:localhost/replica:0/task:0/device:GPU:0". */
  readonly name: string;
  /** "CPU", "GPU", … */
  readonly type: string;
  /** Memory that TensorFlow may use there, where it says so. */
  readonly memoryBytes: number;
}

/** TensorFlow, opened and ready: its C API, one eager context, its devices. */
export interface Context {
  readonly c: CApi;
  readonly pointer: Pointer;
  /** For calls from the main thread. */
  readonly status: Status;
  /** TensorFlow's version, such as "2.21.0". */
  readonly version: string;
  readonly library: LibraryFolder;
  readonly devices: readonly Device[];
  /** The first GPU, or else the CPU. */
  readonly device: Device;
}

/**
 * A serialized tensorflow.ConfigProto: gpu_options (field 6) { allow_growth (field 4): true }, so that a
 * process takes a GPU's memory as it needs it and not all of it at once.
 */
export const CONFIG: Uint8Array = Uint8Array.of(0x32, 0x02, 0x20, 0x01);

/**
 * Opens a TensorFlow library and an eager context in it.
 *
 * @throws Error when the library cannot be opened or is not one that we know
 */
export function openContext(found: LibraryFolder): Context {
  const c = bindCApi(openLibrary(found));
  const status = new Status(c);
  const options: Pointer = c.TFE_NewContextOptions();
  let pointer: Pointer;
  try {
    c.TFE_ContextOptionsSetConfig(options, CONFIG, CONFIG.byteLength, status.pointer);
    status.check("TensorFlow's configuration");
    pointer = c.TFE_NewContext(options, status.pointer);
    status.check("TensorFlow's eager context");
  } finally {
    c.TFE_DeleteContextOptions(options);
  }
  return { c, pointer, status, version: c.TF_Version(), library: found, ...devicesOf(c, pointer, status) };
}

/** Looks at the devices anew: in a cluster they have other names. */
export function relistDevices(context: Context): void {
  Object.assign(context, devicesOf(context.c, context.pointer, context.status));
}

function devicesOf(c: CApi, context: Pointer, status: Status): Pick<Context, "devices" | "device"> {
  const devices = listDevices(c, context, status);
  const device = devices.find(({ type }) => type === "GPU") ?? devices.find(({ type }) => type === "CPU");
  if (!device) throw new Error("TensorFlow lists no device");
  return { devices, device };
}

function listDevices(c: CApi, context: Pointer, status: Status): Device[] {
  const list: Pointer = c.TFE_ContextListDevices(context, status.pointer);
  status.check("TensorFlow's devices");
  try {
    return Array.from({ length: c.TF_DeviceListCount(list) }, (_, i) => {
      const name: string = c.TF_DeviceListName(list, i, status.pointer);
      const type: string = c.TF_DeviceListType(list, i, status.pointer);
      const memoryBytes = Number(c.TF_DeviceListMemoryBytes(list, i, status.pointer));
      status.check("TensorFlow's devices");
      return { name, type, memoryBytes };
    });
  } finally {
    c.TF_DeleteDeviceList(list);
  }
}
