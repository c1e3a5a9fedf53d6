/** The command line of `npm run kernel`. */
import { parseArgs } from "node:util";
import { DEFAULT_NAME, DEFAULT_TITLE } from "../../setup/kernel/spec.js";

export const ACTIONS = ["install", "uninstall", "list", "doctor"] as const;

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
  const { values, positionals } = parse(args);
  const [action, ...rest] = positionals;
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

function parse(args: readonly string[]): {
  values: { user?: boolean; prefix?: string; name?: string; "display-name"?: string; replace?: boolean };
  positionals: string[];
} {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        user: { type: "boolean" },
        prefix: { type: "string" },
        name: { type: "string" },
        "display-name": { type: "string" },
        replace: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new RangeError(
      `kernel: ${(error as Error).message}; the options are --user, --prefix DIR, --name NAME, ` +
        "--display-name TEXT and --replace",
    );
  }
}
