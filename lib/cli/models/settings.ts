/**
 * A config's overrides from "key=value" texts. A value is JSON where it reads as JSON, and otherwise a text:
 * `numClasses=100`, `inputShape=[64,64,3]`, `positionalEmbedding=sine`.
 *
 * @throws RangeError for a text without "=", and for a list without brackets
 */
export function parseSettings(settings: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    settings.map((setting) => {
      const at = setting.indexOf("=");
      if (at < 1) throw new RangeError(`--set: must be key=value, got ${JSON.stringify(setting)}`);
      const [key, text] = [setting.slice(0, at), setting.slice(at + 1)];
      if (/^\d+(\s*[,x×]\s*\d+)+$/.test(text)) {
        const list = text.split(/\D+/).join(",");
        throw new RangeError(
          `--set: a list must stand in brackets, "${key}=[${list}]", got ${JSON.stringify(setting)}`,
        );
      }
      return [key, parseValue(text)];
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
