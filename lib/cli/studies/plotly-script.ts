/** plotly.js as a page embeds it: the package's own file, minified once for each version (10 MB become 5). */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { transform } from "esbuild";
import { writeWhole } from "../../files/write-whole.js";
import { makeIgnored, type Places } from "../../setup/project.js";

/** Path of the script; made in the project's own folder of temporary things where it is not there. */
export async function plotlyScript({ root, packageFolder }: Places): Promise<string> {
  const packageFile = createRequire(join(packageFolder, "package.json")).resolve("plotly.js-dist/package.json");
  const { version, main } = JSON.parse(readFileSync(packageFile, "utf8")) as { version: string; main: string };
  const file = join(root, ".saccade", `plotly-${version}.min.js`);
  if (existsSync(file)) return file;
  const source = readFileSync(join(dirname(packageFile), main), "utf8");
  const licence = source.slice(0, source.indexOf("*/") + 2);
  const { code } = await transform(source, { minify: true, banner: licence, charset: "utf8" });
  makeIgnored(dirname(file));
  await writeWhole(file, [code]);
  return file;
}
