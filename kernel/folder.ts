/** Where the kernel lies: the same from its sources, from dist and from a bundle of both threads' modules. */
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";

const NAME = "/kernel/";
const { url } = import.meta;

/** The kernel's own folder, with a separator at its end. */
export const KERNEL_FOLDER = fileURLToPath(url.slice(0, url.lastIndexOf(NAME) + NAME.length));

const above = dirname(KERNEL_FOLDER);
/** The project that the kernel belongs to. */
export const PROJECT_FOLDER = basename(above) === "dist" ? dirname(above) : above;
