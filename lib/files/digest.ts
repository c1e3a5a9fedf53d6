import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";

/** What a file's bytes must hash to. */
export interface Digest {
  readonly algorithm: "sha256" | "md5";
  /** Lower-case hexadecimal. */
  readonly hex: string;
  /**
   * Whether `hex` is only how the digest begins, no digit being none: whoever asks for that checks further. Default
   * false.
   */
  readonly firstDigits?: boolean;
}

/** The bytes are not those that the digest was published for. */
export class DigestError extends Error {
  /** By which it is told from other errors. */
  override readonly name = "DigestError";
}

/** A hash by the digest's own algorithm. */
export function startHash(digest: Digest): Hash {
  return createHash(digest.algorithm);
}

/** @throws DigestError when the bytes hashed are not the expected ones */
export function checkHash(hash: Hash, expected: Digest, file: string): void {
  const hex = hash.digest("hex");
  if (expected.firstDigits ? !hex.startsWith(expected.hex) : hex !== expected.hex) {
    throw new DigestError(
      `${file}: ${expected.algorithm} must ${expected.firstDigits ? "begin with" : "be"} ${expected.hex}, got ${hex}`,
    );
  }
}

/** @param name what the error calls the file. @throws DigestError when the file's bytes are not the expected ones */
export async function checkFile(file: string, expected: Digest, name: string = file): Promise<void> {
  const hash = startHash(expected);
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  checkHash(hash, expected, name);
}

/** The SHA-256 of a file's bytes, in hexadecimal. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
