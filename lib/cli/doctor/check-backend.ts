/** Which backend computes, asked in a process of its own: a library that crashes must not end the doctor. */
import { hasNvidiaDriver } from "../../backend/nvidia-driver.js";
import { typed } from "../../files/own-folder.js";
import { formatBytes, type Project } from "../../setup/project.js";
import type { Finding } from "./finding.js";

/** The parts of lib/backend's BackendInfo that are printed. */
interface Info {
  readonly title: string;
  readonly tfjs: string;
  readonly library?: { readonly folder: string; readonly build: string };
  readonly devices: readonly { readonly name: string; readonly type: string; readonly memoryBytes: number }[];
  readonly whyNotBetter?: string;
}

const MARK = "saccade-backend ";
const PROGRAM = `const { backend, tf } = await import("saccade");
await backend.ready();
const sum = tf.tensor1d([1, 2]).sum().dataSync()[0];
if (sum !== 3) throw new Error("1 + 2 came out as " + sum);
console.log(${JSON.stringify(MARK)} + JSON.stringify(backend.backendInfo()));`;

/** What computes, found in a process of its own. */
export async function checkBackend({ packageFolder, jobs }: Project): Promise<Finding> {
  const { code, signal, output } = await jobs.run(process.execPath, ["--input-type=module", "-e", PROGRAM], {
    cwd: packageFolder, // which finds itself by its own name
  });
  const line = output.split("\n").find((text) => text.startsWith(MARK));
  if (line === undefined || code !== 0) {
    const wrong =
      `The backend ended with ${code ?? signal}: ` +
      `${output.trim().split("\n").slice(-5).join(" / ")}. \`${typed("clean --cache")}\` ` +
      `and \`${typed("setup")}\` fetch TensorFlow's library anew.`;
    return { topic: "backend", lines: ["does not run"], wrong: [wrong] };
  }
  return describe(JSON.parse(line.slice(MARK.length)) as Info);
}

/** @param driver whether an NVIDIA driver is here */
export function describe(
  { title, tfjs, library, devices, whyNotBetter }: Info,
  driver: boolean = hasNvidiaDriver(),
): Finding {
  const memory = (bytes: number): string => (bytes > 0 ? `, ${formatBytes(bytes)}` : "");
  const onGpu = devices.some(({ type }) => type === "GPU");
  return {
    topic: "backend",
    lines: [
      `${title} (TensorFlow.js ${tfjs})`,
      ...(library === undefined ? [] : [`${library.folder} (${library.build})`]),
      ...devices.map(({ name, type, memoryBytes }) => `${type}: ${name}${type === "CPU" ? "" : memory(memoryBytes)}`),
    ],
    wrong: [
      ...(whyNotBetter === undefined ? [] : [`${whyNotBetter}. \`${typed("setup")}\` says what it could not do.`]),
      ...(driver && !onGpu && whyNotBetter === undefined
        ? [
            `An NVIDIA driver is here, but no GPU is used. \`${typed("setup")}\` fetches the CUDA library; ` +
              "`nvidia-smi` says whether the driver works.",
          ]
        : []),
    ],
  };
}
