const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;

/** One file of an archive. */
export interface ZipEntry {
  /** How it is packed: 0 not at all, 8 by deflate. */
  readonly method: number;
  /** Its bytes as they lie in the archive, not copied. */
  readonly packed: Buffer;
  /** Unpacked. */
  readonly sizeBytes: number;
}

/**
 * The files of a zip archive that are stored as they are, as PyTorch stores them all.
 *
 * @returns each file's bytes by its path, not copied
 * @param refuse called with what is wrong
 */
export function readZip(bytes: Buffer, refuse: (why: string) => never): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const [name, { method, packed, sizeBytes }] of listZip(bytes, refuse)) {
    if (method !== 0 || packed.length !== sizeBytes)
      refuse(`where ${JSON.stringify(name)} is packed, which PyTorch never does`);
    files.set(name, packed);
  }
  return files;
}

/**
 * The files of a zip archive, by path.
 *
 * @param refuse called with what is wrong
 * Source: PKWARE's APPNOTE.TXT, §4.3.
 */
export function listZip(bytes: Buffer, refuse: (why: string) => never): ReadonlyMap<string, ZipEntry> {
  const end = endOf(bytes, refuse);
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  if (count === 0xffff || at === 0xffffffff) refuse("whose archive is beyond 4 GB or 65,535 files");
  const files = new Map<string, ZipEntry>();
  const within = (from: number, length: number): void =>
    void (from + length > bytes.length && refuse("that is cut off"));
  for (let i = 0; i < count; i++) {
    within(at, 46);
    if (bytes.readUInt32LE(at) !== ENTRY) refuse("whose archive's list of files is damaged");
    const [method, length, sizeBytes] = [
      bytes.readUInt16LE(at + 10),
      bytes.readUInt32LE(at + 20),
      bytes.readUInt32LE(at + 24),
    ];
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const local = bytes.readUInt32LE(at + 42);
    within(at + 46, nameLength);
    const name = bytes.toString("utf8", at + 46, at + 46 + nameLength);
    within(local, 30);
    if (bytes.readUInt32LE(local) !== LOCAL) refuse(`where ${JSON.stringify(name)} is not where the archive says`);
    const first = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    within(first, length);
    if (files.has(name)) refuse(`with ${JSON.stringify(name)} twice`);
    files.set(name, { method, packed: bytes.subarray(first, first + length), sizeBytes });
    at += 46 + nameLength + extraLength + commentLength;
  }
  return files;
}

/** Where the archive's end record begins: before a comment of at most 65,535 bytes. */
function endOf(bytes: Buffer, refuse: (why: string) => never): number {
  for (let at = bytes.length - 22; at >= Math.max(0, bytes.length - 22 - 0xffff); at--) {
    if (bytes.readUInt32LE(at) === END) return at;
  }
  return refuse("that is a zip archive without its end: cut off");
}
