import { existsSync } from "node:fs";

/** Whether an NVIDIA driver is loaded here (under WSL it shows as `/dev/dxg`). */
export function hasNvidiaDriver(): boolean {
  return ["/proc/driver/nvidia/version", "/dev/nvidiactl", "/dev/dxg"].some((path) => existsSync(path));
}
