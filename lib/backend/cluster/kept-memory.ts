import koffi from "koffi";

/** Of glibc's mallopt. */
const [M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_THRESHOLD] = [-1, -2, -3];
/** What glibc itself allows at most for a block that is not the system's own. */
const LARGEST = 32 << 20;

/**
 * Has the C library keep the memory of what is freed: TensorFlow copies every byte that it sends and receives several
 * times, each time into memory of its own, which glibc otherwise gives back to the system and takes anew, page by page.
 * A fifth of averaging's processor time went there. Where `MALLOC_` variables of the environment, or another C library,
 * say otherwise, nothing is changed.
 */
export function keepFreedMemory(): void {
  if (Object.keys(process.env).some((name) => name.startsWith("MALLOC_"))) return;
  const mallopt = malloptOf();
  mallopt?.(M_MMAP_THRESHOLD, LARGEST);
  mallopt?.(M_TRIM_THRESHOLD, 2 ** 31 - 1);
  mallopt?.(M_TOP_PAD, LARGEST / 2);
}

function malloptOf(): ((parameter: number, value: number) => number) | undefined {
  try {
    return koffi.load(null).func("int mallopt(int parameter, int value)");
  } catch {
    return undefined; // macOS has none
  }
}
