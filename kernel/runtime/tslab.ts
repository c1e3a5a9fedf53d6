/**
 * `tslab.display` from the `tslab` package itself: its own kernel sets one function in the package's dist/jupyter.js;
 * ours sets it when a cell first loads that file, from wherever it was installed.
 */
import Module from "node:module";
import { broadcaster } from "./display.js";

/** What tslab hands to its kernel. */
interface TslabContent {
  readonly data: Record<string, unknown>;
  readonly metadata: Record<string, unknown>;
  readonly transient: { readonly display_id?: string };
}

type Loader = (module: NodeJS.Module, filename: string) => void;

/** Has every copy of tslab that is loaded from now on show its output through this kernel. Returns the undoing. */
export function adoptTslab(): () => void {
  const loaders = (Module as unknown as { readonly _extensions: Record<string, Loader> })._extensions;
  const previous = loaders[".js"] as Loader;
  const loader: Loader = (module, filename) => {
    previous(module, filename);
    if (/[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(filename)) {
      (module.exports as { lastWriteDisplayData: unknown }).lastWriteDisplayData = write;
    }
  };
  loaders[".js"] = loader;
  return () => {
    if (loaders[".js"] === loader) loaders[".js"] = previous;
  };
}

function write(content: TslabContent, update: boolean | undefined): void {
  const type = update ? "update_display_data" : "display_data";
  const { display_id } = content.transient;
  const transient = display_id === undefined ? {} : { display_id };
  broadcaster("tslab.display")(type, { data: content.data, metadata: content.metadata, transient });
}
