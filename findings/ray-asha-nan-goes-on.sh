#!/usr/bin/env bash
# Ray 2.60.0: ASHAScheduler stops a trial that is below the cutoff, and lets one whose metric is NaN run to its end.
#
# Early stopping is to spend no time on trials that are bad, and one that has diverged is the worst. The scheduler asks
# whether the metric is below the cutoff: NaN is not, so the trial goes on through every rung. Report the worst number
# there is in its place, or end a trial whose loss is not finite by itself.
#
# Seen with Ray 2.60.0 on Python 3.11, Linux. Exit status 0 while it is so, 1 when it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "ray[tune]==2.60.0" 2> errors || { cat errors; exit 1; }
cat > seen.py << 'PY'
from types import SimpleNamespace

from ray.tune.schedulers import ASHAScheduler

scheduler = ASHAScheduler(time_attr="epoch", metric="accuracy", mode="max", max_t=27, reduction_factor=3)
trials = {name: SimpleNamespace(trial_id=name) for name in ("good", "bad", "diverged")}
for trial in trials.values():
    scheduler.on_trial_add(None, trial)


def report(name, epoch, accuracy):
    return scheduler.on_trial_result(None, trials[name], {"epoch": epoch, "accuracy": accuracy})


print("good:", *(report("good", epoch, 0.9) for epoch in (1, 3, 9)))
print("bad:", report("bad", 1, 0.1))
print("diverged:", *(report("diverged", epoch, float("nan")) for epoch in (1, 3, 9)))
PY
seen=$(venv/bin/python seen.py 2> errors) || { cat errors; exit 1; }
venv/bin/python -c 'from importlib.metadata import version as v; print("ray", v("ray") + ":")'
echo "$seen"
expected="good: CONTINUE CONTINUE CONTINUE
bad: STOP
diverged: CONTINUE CONTINUE CONTINUE"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
