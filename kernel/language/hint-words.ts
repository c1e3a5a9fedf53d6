/** What stands here for the words of Python and its notebooks, for the operators and methods of their tensors. */

const NUMBER_OF = (name: string): string => `\`Math.${name}(…)\`, of a tensor \`x.${name}()\``;
/** For a command of a shell. */
export const SHELL = "a shell command is a cell of its own: %%bash on its first line, the command below";
/** For a command that installs a package. */
export const NPM = "packages are npm's: %%bash on a cell's first line, `npm install NAME` below";
const SACCADE = 'tensors, models, data and training: `import { datasets, models, tf, train } from "saccade"`';
const PLOTS = 'plots: `import { plots } from "saccade"`, one as a cell\'s last expression shows itself';
const FILES = '`import { readFileSync, writeFileSync } from "node:fs"` reads and writes files';

/** Names that mean this wherever they stand. */
export const NAMES = new Map([
  ["None", "`null`, or `undefined` for what was left out"],
  ["True", "`true`"],
  ["False", "`false`"],
  ["self", "`this`"],
  ["elif", "`else if (…) { … }`"],
  ["pass", "an empty block: `{}`"],
  ["ls", SHELL],
  ["pip", NPM],
  ...["np", "torch", "nn"].map((name) => [name, SACCADE] as const),
  ["plt", PLOTS],
]);

/** Functions of Python's that every program has. */
export const FUNCTIONS = new Map([
  ["print", "`console.log(x)`; a cell's last expression is shown without it"],
  ["len", "`x.length`, of a Map or Set `x.size`, of a tensor `x.shape[0]`"],
  ["range", "`for (let i = 0; i < n; i++) { … }`; as an array `Array.from({ length: n }, (_, i) => i)`"],
  ["enumerate", "`for (const [i, x] of xs.entries()) { … }`"],
  ["zip", "`xs.map((x, i) => [x, ys[i]] as const)`"],
  ["sorted", "`[...xs].sort((a, b) => a - b)`"],
  ["sum", "`xs.reduce((a, b) => a + b, 0)`, of a tensor `x.sum()`"],
  ...["abs", "max", "min", "round"].map((name) => [name, NUMBER_OF(name)] as const),
  ["str", "`String(x)`, or `${x}` in a template"],
  ["int", "`Math.trunc(Number(x))`"],
  ["float", "`Number(x)`"],
  ["list", "`[...x]`"],
  ["dict", "`{ key: value }`, or `new Map()`"],
  ["set", "`new Set(x)`"],
  ["type", "`typeof x`"],
  ["isinstance", '`x instanceof Name`, or `typeof x === "number"`'],
  ["open", FILES],
]);

/** Types of Python's. */
export const TYPES = new Map([
  ["int", "`number`"],
  ["float", "`number`"],
  ["str", "`string`"],
  ["bool", "`boolean`"],
  ["list", "`number[]`"],
  ["dict", "`Record<string, number>`"],
]);

/** Modules of Python's. */
export const MODULES = new Map([
  ...["torch", "torchvision", "tensorflow", "keras", "numpy", "timm"].map((name) => [name, SACCADE] as const),
  ["matplotlib", PLOTS],
  ["math", "`Math` is there without an import"],
  ["random", "`Math.random()` is there without an import"],
  ["json", "`JSON` is there without an import"],
  ["time", "`performance.now()` is there without an import"],
  ["os", `${FILES}, "node:path" joins paths, \`process.env\` is the environment`],
  ["sys", "`process.argv`, `process.version` are there without an import"],
]);

/** Magics of IPython's. */
export const MAGICS = new Map([
  ["matplotlib", PLOTS],
  ["timeit", "`%%time` before the cell's first statement says how long it ran"],
  ["pip", NPM],
  ["conda", NPM],
  ["cd", SHELL],
  ["ls", SHELL],
  ["autoreload", "a module that changed is run again at its next import"],
  ["load_ext", "a module that changed is run again at its next import; there are no extensions"],
]);

/** Words between two values; each with what stands for it. */
export const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^\s*and\b/, "`&&`"],
  [/^\s*or\b/, "`||`"],
  [/^\s*is\s+not\b/, "`!==`"],
  [/^\s*is\b/, "`===`"],
  [/^\s*if\b.*\belse\b/, "`condition ? a : b`"],
  [/^\s*@\s/, "`tf.matMul(a, b)`"],
];

/** Operators between tensors. */
export const OPERATORS = new Map([
  ["+", "add"],
  ["-", "sub"],
  ["*", "mul"],
  ["/", "div"],
  ["**", "pow"],
  ["%", "mod"],
  ["<", "less"],
  ["<=", "lessEqual"],
  [">", "greater"],
  [">=", "greaterEqual"],
  ["==", "equal"],
  ["===", "equal"],
  ["!=", "notEqual"],
  ["!==", "notEqual"],
]);

/** Methods of other libraries' tensors. */
export const TENSOR_METHODS = new Map([
  ["item", "`x.dataSync()[0]`, or `(await x.data())[0]`"],
  ["numpy", "`x.dataSync()` is its values, `x.arraySync()` the same as nested arrays"],
  ["tolist", "`x.arraySync()`"],
  ["cpu", "`await x.data()` brings its values"],
  ["view", "`x.reshape(shape)`"],
  ["permute", "`x.transpose(axes)`"],
  ["unsqueeze", "`x.expandDims(axis)`"],
  ["backward", "`tf.grad(f)`, or an optimizer's `minimize(f)`"],
]);
