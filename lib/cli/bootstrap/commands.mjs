/**
 * Every command, in the order in which help lists them. `a:b` lives in dist/lib/cli/a-b.js.
 * `tolerant` commands run although the sources have type errors, since they are what one turns to then. `checkout`
 * commands are for who works on Saccade itself.
 * @type {Record<string, { does: string, tolerant?: boolean, checkout?: true }>}
 */
export const COMMANDS = {
  start: { does: "open the studies in JupyterLab (--no-browser, --port N, … pass through)" },
  studies: {
    does:
      "execute the studies headless and say what passed: [NAME… | guide] [--size S] [--set name=value] [--kernel " +
      "K] [--timeout S] [--judge S] [--store]",
  },
  long: {
    does:
      "list the studies' plans of long runs and how far they are, or go on with one: [NAME] [--arms A,B] " +
      "[--seeds 0,1] [--minutes N] [--again]",
  },
  "train-workers": {
    does:
      "run a script in several processes that train together: [--workers N] [--restarts N] [--workers-after N] " +
      "[--timeout S] SCRIPT [ITS ARGUMENTS]",
  },
  new: { does: "begin a study: a notebook that runs, its claims, and a workflow that runs it in CI: NAME" },
  "verify-results": {
    does:
      "compute the stored results again from their predictions, and hold README's and the notebooks' " +
      "numbers to them: [--write]",
  },
  kernel: {
    does:
      "install this Saccade's kernel for notebooks in any folder: install|uninstall|list|doctor [--user] " +
      "[--prefix DIR] [--name NAME]",
  },
  setup: { does: "install and build everything that the other commands need" },
  test: { does: "run the tests", checkout: true },
  "test:integration": {
    does:
      "try the kernel with papermill, nbmake, nbconvert, Notebook 7, jupyter console and widgets, and " +
      "weights with timm, torchvision and vit-pytorch, records with MLflow (makes .venv-integration, .venv-bench)",
    checkout: true,
  },
  models: {
    does:
      "list the models: parameters, torchsummary's count, published figure, FLOPs, source: [--family " +
      "FAMILY] [--json]",
  },
  summary: {
    does:
      "one model's layers, parameters and sizes, torchsummary's beside the true ones: NAME [--set " +
      "key=value]… [--torchsummary] [--json]",
  },
  runs: {
    does:
      "list every recorded run with its config, data, machine, time and result, or compare two: [FOLDER… | show ID | " +
      "diff A B | send FILE] [--json]",
  },
  bench: { does: "measure beside the peers: CASE [--json]; without a CASE lists them", checkout: true },
  weights: {
    does:
      "list published weights, fetch one with its digest, or show what a file holds: [fetch NAME [--sha256 " +
      "D]] [show FILE]",
  },
  findings: {
    does: "list what was found in others' packages, or try whether it is still so: [NAME…] [--all]",
    checkout: true,
  },
  docs: { does: "write the reference of every door, to search offline: [--check]", checkout: true },
  doctor: { does: "print versions, backend, devices, cache, data and kernels, and what is wrong", tolerant: true },
  pack: {
    does: "build Saccade and pack its tarball, for a project of your own: [--pack-destination DIR]",
    checkout: true,
  },
  prepack: { does: "build what npm packs, where its scripts are on; type `pack`", checkout: true },
  clean: { does: "free the disk that set-up took: [--cache] [--all] [--dry-run]", tolerant: true },
};
