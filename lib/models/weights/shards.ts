import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { aText } from "../../checks.js";
import type { Safetensors, StoredTensor } from "../../safetensors/index.js";

/**
 * Reads files that hold one network together, by their index: a JSON object whose `weight_map` says which file beside
 * it has which tensor.
 *
 * @param path of the index: "model.safetensors.index.json"
 * @param read one of the files
 * @throws SyntaxError for an index that is none, or does not fit its files; where one of them is missing
 * Source: Hugging Face's huggingface_hub, serialization.
 */
export async function readShards(path: string, read: (path: string) => Promise<Safetensors>): Promise<Safetensors> {
  const refuse = (why: string): never => {
    throw new SyntaxError(`readShards: a file must be an index of shards, got ${path} ${why}`);
  };
  const map = mapIn(await readFile(path, "utf8"), refuse);
  // in its order
  const tensors = new Map(Object.keys(map).map((name): [string, StoredTensor] => [name, undefined as never]));
  for (const file of new Set(Object.values(map))) {
    if (!existsSync(join(dirname(path), file))) refuse(`whose file ${file} is not beside it`);
    const shard = await read(join(dirname(path), file));
    for (const name of Object.keys(map).filter((each) => map[each] === file)) {
      tensors.set(name, shard.tensors.get(name) ?? refuse(`whose ${file} has no ${JSON.stringify(name)}`));
    }
  }
  return { metadata: {}, tensors };
}

/** The index of a file that is named as one shard of several; undefined where there is none. */
export function indexOf(path: string): string | undefined {
  const [, start, ending] = /^(.*)-\d{5}-of-\d{5}(\.\w+)$/.exec(path) ?? [];
  const index = `${start}${ending}.index.json`;
  return start !== undefined && existsSync(index) ? index : undefined;
}

function mapIn(text: string, refuse: (why: string) => never): Readonly<Record<string, string>> {
  let parsed: { readonly weight_map?: unknown } | null;
  try {
    parsed = JSON.parse(text) as typeof parsed;
  } catch (error) {
    return refuse(`that is not JSON (${(error as Error).message})`);
  }
  const map = parsed?.weight_map;
  if (typeof map !== "object" || map === null || Array.isArray(map)) return refuse("that has no weight_map");
  for (const [name, file] of Object.entries(map)) {
    const beside = aText.holds(file) && file === basename(file as string) && file !== ".." && file !== "";
    if (!beside) refuse(`whose ${JSON.stringify(name)} lies in ${JSON.stringify(file)}, which is no file beside it`);
  }
  return map as Record<string, string>;
}
