/** What the kernel says about itself. */
import { PROTOCOL_VERSION, type JsonObject } from "./wire.js";

const KERNEL_VERSION = "0.1.0";

export const KERNEL_INFO: JsonObject = {
  status: "ok",
  protocol_version: PROTOCOL_VERSION,
  implementation: "saccade",
  implementation_version: KERNEL_VERSION,
  language_info: {
    name: "typescript",
    version: "7.0.2",
    mimetype: "text/x-typescript",
    file_extension: ".ts",
    pygments_lexer: "typescript",
    codemirror_mode: { name: "javascript", typescript: true },
    nbconvert_exporter: "script",
  },
  banner: `Saccade ${KERNEL_VERSION}: TypeScript 7 on Node ${process.versions.node}`,
  debugger: true,
  supported_features: ["debugger", "iopub_welcome"],
  help_links: [
    { text: "TypeScript", url: "https://www.typescriptlang.org/docs/" },
    { text: "Node.js", url: "https://nodejs.org/docs/latest/api/" },
  ],
};
