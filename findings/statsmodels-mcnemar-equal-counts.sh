#!/usr/bin/env bash
# statsmodels 0.15.0: McNemar's test with continuity correction finds a difference where both counts are equal.
#
# Of two classifiers each has 4 images right that the other has wrong: there is no difference, and the exact test says
# p = 1. With exact=False the correction is taken from |4 - 4| = 0 all the same, -1 is squared, and p falls to 0.72; of
# one image each to 0.48; and of two that never differ it is 0, after a warning of a division by zero. R's mcnemar.test
# leaves the correction out where the counts are equal. Use exact=True.
#
# Seen with statsmodels 0.15.0. Exit status 0 while it is so, 1 when it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check statsmodels==0.15.0 2> pip.log || { cat pip.log; exit 1; }
cat > show.py << 'PY'
from statsmodels.stats.contingency_tables import mcnemar

for count in (0, 1, 4):
    ways = {"exact": {}, "corrected": {"exact": False}, "uncorrected": {"exact": False, "correction": False}}
    found = [f"{name} {mcnemar([[90, count], [count, 2]], **way).pvalue:.2f}" for name, way in ways.items()]
    print(f"{count} and {count}: p {', '.join(found)}")
PY
seen=$(venv/bin/python -W ignore show.py)
echo "statsmodels $(venv/bin/pip show statsmodels 2> /dev/null | sed -n 's/^Version: //p'):"
echo "$seen"
expected="0 and 0: p exact 1.00, corrected 0.00, uncorrected nan
1 and 1: p exact 1.00, corrected 0.48, uncorrected 1.00
4 and 4: p exact 1.00, corrected 0.72, uncorrected 1.00"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
