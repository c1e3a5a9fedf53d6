/** What TensorFlow computes on here; apart from the machine, as asking starts the backend. */
import { backendInfo } from "../backend/index.js";
import { gpuName } from "./machine.js";

/** What a network computes on. */
export type DeviceType = "CPU" | "GPU";

/** Where TensorFlow computes. */
export function deviceType(): DeviceType {
  return backendInfo().devices.some(({ type }) => type === "GPU") ? "GPU" : "CPU";
}

/** With a GPU's name, where one is chosen. */
export function chosenDevice(): { readonly device: DeviceType; readonly gpu: string | undefined } {
  const device = deviceType();
  return { device, gpu: device === "GPU" ? gpuName() : undefined };
}
