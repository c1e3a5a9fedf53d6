import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { Header } from "tar";
import type { Digest } from "../../lib/files/digest.js";

export interface Member {
  readonly path: string;
  readonly bytes?: Uint8Array;
  readonly type?: "File" | "Directory" | "SymbolicLink" | "Link" | "CharacterDevice";
  readonly linkpath?: string;
}

/** A .tar.gz of these members, harmless or not. */
export function makeArchive(members: readonly Member[]): Buffer {
  const blocks: Uint8Array[] = [];
  for (const { path, bytes = new Uint8Array(), type = "File", linkpath } of members) {
    const block = Buffer.alloc(512);
    new Header({ path, type, size: bytes.length, mode: 0o644, ...(linkpath && { linkpath }) }).encode(block, 0);
    blocks.push(block, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512));
  }
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

export function sha256(bytes: Uint8Array): Digest {
  return { algorithm: "sha256", hex: createHash("sha256").update(bytes).digest("hex") };
}
