/** `npm run doctor`: what is here, and what is wrong with the mend of it. */
import { readFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { commandOf, readCommandLine } from "./command-line.js";
import { checkBackend } from "./doctor/check-backend.js";
import type { Finding } from "./doctor/finding.js";
import { checkCache, checkData } from "./doctor/check-folders.js";
import { checkKernels, checkPython } from "./doctor/check-python.js";
import { folderOfPackage } from "../setup/package-folder.js";
import { formatBytes, type Project } from "../setup/project.js";

const USAGE = {
  command: "doctor",
  does: "Prints versions, backend, devices, cache, data and kernels, and what is wrong.",
  options: {},
};

export const run = commandOf(
  USAGE,
  (args) => readCommandLine(USAGE, args),
  async (_line, project) => {
    const findings = [
      checkProject(project),
      await checkPython(project),
      checkKernels(project),
      await checkBackend(project),
      checkCache(),
      checkData(),
    ];
    for (const { topic, lines } of findings)
      lines.forEach((line, index) => console.log(`${(index === 0 ? topic : "").padEnd(10)} ${line}`));
    const wrong = findings.flatMap(({ wrong }) => wrong);
    console.log(
      wrong.length === 0 ? "\nNothing is wrong." : `\nWrong:\n${wrong.map((text) => `- ${text}`).join("\n")}`,
    );
    return wrong.length === 0 ? 0 : 1;
  },
);

function checkProject({ root, packageFolder }: Project): Finding {
  const version = (name: string): string => versionOf(name, packageFolder);
  const optional = version("tslab") === "missing" ? [] : ["tslab"];
  const packages = ["typescript", "@tensorflow/tfjs", ...optional, "koffi"].map((name) => `${name} ${version(name)}`);
  return {
    topic: "Saccade",
    lines: [
      `${versionIn(packageFolder)} in ${packageFolder}`,
      ...(root === packageFolder ? [] : [`the project ${root}`]),
      `${process.platform} ${process.arch}, ${availableParallelism()} cores, ${formatBytes(totalmem())} of ` +
        `memory, Node ${process.version}`,
      packages.join(", "),
    ],
    wrong: [],
  };
}

/** A package's version, as Saccade finds it. */
function versionOf(name: string, packageFolder: string): string {
  const found = folderOfPackage(name, packageFolder);
  return found === undefined ? "missing" : versionIn(found);
}

function versionIn(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string }).version;
}
