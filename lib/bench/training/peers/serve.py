"""A peer's process of `npm run bench -- training|inference`: one JSON object per line comes in, one goes out.

{"open": {...}} makes a network and takes its first steps; {"run": n, "at": i} times n steps of the i-th that was opened
(the latest without "at"); {"matmul": n} times a product of n × n; {"memory": true} gives the peak resident set in bytes.
"""
import json
import re
import resource
import sys
import time


def timed(step):
    start = time.perf_counter()
    step()
    return (time.perf_counter() - start) * 1e3


def peak_bytes():
    try:
        # of this program alone: getrusage's also remembers the process that started this one
        with open("/proc/self/status") as status:
            return int(re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1)) * 1024
    except OSError:
        scale = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale


def serve(open_case, matmul, version, threads):
    """`open_case(**request)` gives (number of parameters, step, "CPU" or "GPU"); `matmul(n)` gives a function; `threads()` how many compute."""
    steps = []
    for line in sys.stdin:
        request = json.loads(line)
        if "open" in request:
            parameters, step, device = open_case(**request["open"])
            first_ms = timed(step)
            step()
            steps.append(step)
            answer = {"parameters": parameters, "firstMs": first_ms, "version": version, "device": device, "threads": threads()}
        elif "run" in request:
            step = steps[request.get("at", -1)]
            answer = {"ms": [timed(step) for _ in range(request["run"])]}
        elif "matmul" in request:
            answer = {"ms": timed(matmul(request["matmul"]))}
        else:
            answer = {"bytes": peak_bytes()}
        print(json.dumps(answer), flush=True)
