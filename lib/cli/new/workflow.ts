/** Where GitHub looks for what it is to run. */
export const WORKFLOW_FILE = ".github/workflows/saccade.yml";

/** Runs every study of the project, so that a second one needs no second file. */
export const WORKFLOW = `# Runs every study of notebooks/ at the size smoke: what does not run, or does not hold, fails.
name: studies
on: [push, pull_request, workflow_dispatch]
permissions:
  contents: read
jobs:
  smoke:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - uses: actions/cache@v4 # TensorFlow's library and the datasets
        with:
          path: ~/.cache/saccade
          key: saccade-\${{ runner.os }}-\${{ hashFiles('package-lock.json') }}
      - run: npm ci
      - run: npx saccade studies --size smoke
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: executed-notebooks
          path: notebooks/.output/
          include-hidden-files: true
`;
