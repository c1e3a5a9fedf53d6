import koffi from "koffi";

type Trim = (kept: number) => number;

let trim: Trim | undefined;

/**
 * Gives memory back that the C library holds free, in all of its arenas: up to 150 MB after XLA has compiled. Only with
 * glibc, which keeps what lies between parts in use; does nothing elsewhere.
 */
export function trimHeap(): void {
  trim ??= findTrim();
  trim(0);
}

function findTrim(): Trim {
  try {
    return koffi.load(null).func("int malloc_trim(size_t kept)") as Trim;
  } catch {
    return () => 0; // macOS, musl
  }
}
