/** `npm run kernel -- install|uninstall|list|doctor`: this Saccade's kernel for notebooks in any folder. */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { typed } from "../files/own-folder.js";
import { launch } from "../client/launched-kernel.js";
import { commandOf } from "./command-line.js";
import { KERNEL_USAGE, parseKernelOptions, type KernelOptions } from "./kernel/kernel-options.js";
import { hasTranslator, installTranslator, removeTranslator } from "../setup/kernel/papermill.js";
import { kernelFolders, prefixPlace, userPlace, type Place } from "../setup/kernel/places.js";
import { isInstalled, kernelsIn, writeKernel, type InstalledKernel } from "../setup/kernel/spec.js";
import { venvFolder, type Places, type Project } from "../setup/project.js";

export const run = commandOf(KERNEL_USAGE, parseKernelOptions, async (options, project) => {
  if (options.action === "list") return list(project);
  if (options.action === "doctor") return doctor(project);
  const place = options.prefix === undefined ? userPlace(await userSitePackages(project)) : prefixPlace(options.prefix);
  return options.action === "install" ? install(options, place, project) : uninstall(options, place);
});

function install({ name, title, replace }: KernelOptions, place: Place, { packageFolder: root }: Project): number {
  const folder = join(place.kernels, name);
  const there = kernelsIn(place.kernels).find((kernel) => kernel.name === name);
  if (!replace && existsSync(folder) && there?.root !== root) {
    const whose = there ? `Saccade ${there.version} in ${there.root}` : "another project";
    console.error(
      `kernel install: ${name} is there already, of ${whose}. Choose another name (--name saccade-2) to ` +
        "have both, or pass --replace.",
    );
    return 1;
  }
  if (isInstalled(folder, root, title)) console.log(`${title} is installed: ${folder}`);
  else {
    writeKernel(folder, root, title);
    console.log(`Installed ${title}: ${folder}`);
  }
  const { sitePackages } = place;
  if (sitePackages === undefined)
    console.log("No Python's packages are known there, so papermill has no translator for it.");
  else if (!hasTranslator(sitePackages, root)) {
    installTranslator(sitePackages, root);
    console.log(`Papermill's translator: ${sitePackages}`);
  }
  return 0;
}

function uninstall({ name }: KernelOptions, place: Place): number {
  const ours = kernelsIn(place.kernels);
  const kernel = ours.find((one) => one.name === name);
  if (!kernel) {
    console.error(
      "kernel uninstall: --name must be one of " +
        `${ours.map((one) => one.name).join(", ") || "(none is installed there)"}, got ${name}`,
    );
    return 2;
  }
  rmSync(kernel.folder, { recursive: true });
  console.log(`Removed ${kernel.folder}`);
  if (ours.length === 1 && place.sitePackages !== undefined) removeTranslator(place.sitePackages);
  return 0;
}

function noneInstalled(): string {
  return `No kernel of Saccade is installed. \`${typed("kernel install")}\` does it for this user.`;
}

function allKernels(places: Places): InstalledKernel[] {
  return kernelFolders(venvFolder(places)).flatMap((folder) => kernelsIn(folder));
}

function list(project: Project): number {
  const kernels = allKernels(project);
  if (kernels.length === 0) console.log(noneInstalled());
  for (const { name, spec, version, root: from, folder } of kernels) {
    console.log(
      `${name.padEnd(16)} ${spec.display_name}, Saccade ${version} in ` +
        `${from}${from === project.packageFolder ? " (this one)" : ""}\n${"".padEnd(16)} ${folder}`,
    );
  }
  return 0;
}

/** Starts every installed kernel and has it compute. */
async function doctor(project: Project): Promise<number> {
  const kernels = allKernels(project);
  let wrong = kernels.length === 0 ? 1 : 0;
  if (wrong > 0) console.log(noneInstalled());
  for (const kernel of kernels) {
    const trouble = await troubleOf(kernel);
    if (trouble !== undefined) wrong++;
    console.log(`${kernel.name.padEnd(16)} ${trouble ?? "works"} (${kernel.folder})`);
  }
  return wrong === 0 ? 0 : 1;
}

async function troubleOf({ name, spec }: InstalledKernel): Promise<string | undefined> {
  const missing = spec.argv.find((word) => word.startsWith("/") && !existsSync(word));
  if (missing !== undefined) return `starts ${missing}, which is not there: install it anew, or uninstall it`;
  try {
    const kernel = await launch({ name, argv: spec.argv });
    try {
      await kernel.ready();
      const { result, error } = await kernel.execute("6 * 7");
      return result === "42" ? undefined : `answers 6 * 7 with ${result ?? error?.["evalue"] ?? "nothing"}`;
    } finally {
      await kernel.shutdown();
    }
  } catch (error) {
    return `does not start: ${(error as Error).message}`;
  }
}

/** Where the user's own Python looks for packages that no environment has. */
async function userSitePackages({ jobs }: Project): Promise<string | undefined> {
  try {
    const { code, output } = await jobs.run("python3", ["-c", "import site; print(site.getusersitepackages())"]);
    return code === 0 ? output.trim() : undefined;
  } catch {
    return undefined; // there is no Python
  }
}
