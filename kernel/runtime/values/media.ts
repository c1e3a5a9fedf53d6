/** Elements of a document (`outerHTML`) and drawing surfaces (`toDataURL()`), of whatever library. */
import type { Bundle, Json } from "../../contract.js";
import { cut, isThenable, read } from "./safe.js";

/** Bundle of an element, or null where `value` is none. */
export function elementBundle(value: object): Bundle | null {
  const html = read(value, "outerHTML");
  if (typeof html !== "string") return null;
  return { data: { "text/plain": cut(html, 2_000), "text/html": html }, metadata: {} };
}

/** Bundle of a canvas (a promise of it where the library encodes asynchronously), or null where `value` is none. */
export function canvasBundle(value: object): Bundle | Promise<Bundle | null> | null {
  const toDataURL = read(value, "toDataURL");
  if (typeof toDataURL !== "function") return null;
  let url: unknown;
  try {
    url = (toDataURL as () => unknown).call(value);
  } catch {
    return null; // a tainted or empty canvas is shown as the object that it is
  }
  if (isThenable(url))
    return Promise.resolve(url).then(
      (text) => imageBundle(value, text),
      () => null,
    );
  return imageBundle(value, url);
}

function imageBundle(value: object, url: unknown): Bundle | null {
  const parts =
    typeof url === "string" ? /^data:(image\/[\w.+-]+)(?:;[\w=.-]+)*?;base64,([A-Za-z0-9+/=\s]+)$/.exec(url) : null;
  if (!parts) return null;
  const width = read(value, "width");
  const height = read(value, "height");
  const sized = typeof width === "number" && typeof height === "number";
  const mime = parts[1] as string;
  const metadata: Record<string, Json> = sized ? { [mime]: { width, height } } : {};
  return {
    data: { "text/plain": sized ? `Canvas ${width}×${height}` : "Canvas", [mime]: parts[2] as string },
    metadata,
  };
}
