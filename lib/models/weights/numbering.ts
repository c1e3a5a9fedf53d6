/** A name that tfjs made itself, split before its number: "dense_Dense" and 12. */
interface Numbered {
  readonly base: string;
  readonly number: number;
}

/**
 * Names in which tfjs' own numbers, which count layers over the whole process, count within these names instead: the
 * first dense layer is dense_Dense1, whatever was made before.
 *
 * @param names of weights, with the layers' and models' names up to slashes; in the order of the network
 * @param order "place" counts as they come, "number" by the numbers that they have
 */
export function byPlace(names: readonly string[], order: "place" | "number" = "place"): readonly string[] {
  const found = new Map<string, number[]>();
  for (const part of names.flatMap((name) => name.split("/"))) {
    const numbered = numberedPart(part);
    if (!numbered) continue;
    const numbers = found.get(numbered.base) ?? [];
    if (!numbers.includes(numbered.number)) numbers.push(numbered.number);
    found.set(numbered.base, numbers);
  }
  if (order === "number") for (const numbers of found.values()) numbers.sort((a, b) => a - b);
  return names.map((name) => mapParts(name, ({ base, number }) => `${base}${found.get(base)!.indexOf(number) + 1}`));
}

/** The name without tfjs' own numbers: what is left says nothing of what the process made before. */
export function withoutNumbers(name: string): string {
  return mapParts(name, ({ base }) => base);
}

/** Whether tfjs numbered a part of the name. */
export function isNumbered(name: string): boolean {
  return withoutNumbers(name) !== name;
}

function mapParts(name: string, change: (numbered: Numbered) => string): string {
  const parts = name.split("/").map((part) => {
    const numbered = numberedPart(part);
    return numbered ? change(numbered) : part;
  });
  return parts.join("/");
}

/**
 * tfjs names a layer after its class, twice, with a number: conv2d_Conv2D3, forward_lstm_LSTM1; and a model
 * sequential_2 or model1.
 */
function numberedPart(part: string): Numbered | undefined {
  const [, model, place] = /^(sequential_|model)(\d+)$/.exec(part) ?? [];
  if (model !== undefined) return { base: model, number: Number(place) };
  const [, snake, rest] = /^(.*)_([^_]+)$/.exec(part) ?? [];
  if (snake === undefined || rest === undefined) return undefined;
  const plain = snake.replace(/^(forward|backward)_/, "").replaceAll("_", "");
  for (let length = rest.length - 1; length > 0 && /\d/.test(rest[length]!); length--) {
    const own = rest.slice(0, length);
    if (/^[A-Z]/.test(own) && plain === own.toLowerCase())
      return { base: `${snake}_${own}`, number: Number(rest.slice(length)) };
  }
  return undefined;
}
