import { createHash, type Hash } from "node:crypto";

/** What a file's bytes must hash to. */
export interface Digest {
  readonly algorithm: "sha256" | "md5";
  /** Lower-case hexadecimal. */
  readonly hex: string;
}

/** The bytes are not those that the digest was published for. */
export class DigestError extends Error {
  override readonly name = "DigestError";
}

export function startHash(digest: Digest): Hash {
  return createHash(digest.algorithm);
}

/** @throws DigestError when the bytes hashed are not the expected ones */
export function checkHash(hash: Hash, expected: Digest, file: string): void {
  const hex = hash.digest("hex");
  if (hex !== expected.hex) {
    throw new DigestError(`${file}: ${expected.algorithm} must be ${expected.hex}, got ${hex}`);
  }
}
