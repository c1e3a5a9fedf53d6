/** The command line of `npm run kernel`. */
import { readCommandLine } from "../command-line.js";
import { DEFAULT_NAME, DEFAULT_TITLE } from "../../setup/kernel/spec.js";

const ACTIONS = ["install", "uninstall", "list", "doctor"] as const;

export const KERNEL_USAGE = {
  command: "kernel",
  does: "Installs this checkout's kernel for notebooks in any folder.",
  words: ACTIONS.join("|"),
  options: {
    user: { does: "for this user, where nothing else is said" },
    prefix: { value: "DIR", does: "in the environment of this folder: a venv, a conda environment, /usr/local" },
    name: { value: "NAME", does: `the name that front ends start it by; default ${DEFAULT_NAME}` },
    "display-name": { value: "TEXT", does: `the name that front ends show; default ${DEFAULT_TITLE}` },
    replace: { does: "takes the place of another checkout's kernel of that name" },
  },
} as const;

/** What `npm run kernel` was asked for. */
export interface KernelOptions {
  readonly action: (typeof ACTIONS)[number];
  /** undefined: the user's own place. */
  readonly prefix: string | undefined;
  readonly name: string;
  readonly title: string;
  /** Takes the place of another checkout's kernel of that name. */
  readonly replace: boolean;
}

/**
 * @throws RangeError for an action, option or name that is not known; it lists the known ones
 */
export function parseKernelOptions(args: readonly string[]): KernelOptions {
  const { values, words } = readCommandLine(KERNEL_USAGE, args);
  const [action, ...rest] = words;
  const known = ACTIONS.find((one) => one === action);
  if (known === undefined)
    throw new RangeError(`kernel: action must be one of ${ACTIONS.join(", ")}, got ${action ?? "none"}`);
  if (rest.length > 0) throw new RangeError(`kernel ${known}: takes options only, got ${rest.join(" ")}`);
  if (values.user === true && values.prefix !== undefined)
    throw new RangeError("kernel: needs --user or --prefix, got both");
  const name = values.name ?? DEFAULT_NAME;
  if (!/^[a-z0-9][a-z0-9._-]*$/i.test(name))
    throw new RangeError(`kernel: --name must be of letters, digits, ".", "_" and "-", got ${name}`);
  const title = values["display-name"] ?? (name === DEFAULT_NAME ? DEFAULT_TITLE : `TypeScript (${name})`);
  return { action: known, prefix: values.prefix, name, title, replace: values.replace === true };
}
