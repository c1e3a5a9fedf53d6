/** What a record says of how its run was started. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { commandLine } from "../../lib/tracking/run-origin.js";

const here = process.cwd();
const node = {
  ...process,
  argv: ["/usr/bin/node", join(here, "train.js"), "--epochs", "3"],
  execArgv: ["--expose-gc"],
};
const commandOf = (env: NodeJS.ProcessEnv, argv = node.argv): string => commandLine({ ...node, argv, env });

it("commandLine() is what starts it again, from the working directory", () => {
  expect(commandOf({})).toBe("node --expose-gc train.js --epochs 3");
  expect(commandOf({}, ["/usr/bin/node", "/elsewhere/a b.js"])).toBe('node --expose-gc "/elsewhere/a b.js"');
});

it("commandLine() in a notebook is the notebook's path, from the working directory where it lies in it", () => {
  expect(commandOf({ JPY_SESSION_NAME: join(here, "deep/study.ipynb") })).toBe("deep/study.ipynb");
  expect(commandOf({ JPY_SESSION_NAME: "/elsewhere/study.ipynb" })).toBe("/elsewhere/study.ipynb");
});
