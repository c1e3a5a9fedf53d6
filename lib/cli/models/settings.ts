/**
 * A config's overrides from "key=value" texts. A value is JSON where it reads as JSON, and otherwise a text:
 * `numClasses=100`, `inputShape=[64,64,3]`, `positionalEmbedding=sine`.
 *
 * @throws RangeError for a text without "="
 */
export function parseSettings(settings: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    settings.map((setting) => {
      const at = setting.indexOf("=");
      if (at < 1) throw new RangeError(`--set: must be key=value, got ${JSON.stringify(setting)}`);
      return [setting.slice(0, at), parseValue(setting.slice(at + 1))];
    }),
  );
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
