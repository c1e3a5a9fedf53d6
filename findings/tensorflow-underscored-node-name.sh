#!/usr/bin/env bash
# TensorFlow 2.21.0: one node whose name begins with an underscore costs the whole function its optimizations.
#
# The C API's TF_NewOperation takes "_power" for a name, TF_GraphToFunction too; the function is registered, runs and
# gives the right numbers. (A comment in node_def.proto says which names are meant, and TensorFlow's Python refuses
# others; the C API does not.) But what the graph's optimizers (Grappler) made of the function is read back by a reader
# that refuses such names, and where it does the function runs as it was written: no folding, no fusion, no mixed
# precision that was asked for. What is said is a warning, "Ignoring multi-device function optimization failure", which
# TF_CPP_MIN_LOG_LEVEL=2 hides, what many programs set. "block/_power" does no harm.
#
# Shown by two negations, which the optimizers take out: they stay in the optimized graph where a third node's name
# begins with an underscore. Seen with the package tensorflow-cpu 2.21.0 on Python 3.11, Linux x86-64; what is compared
# is which nodes are left and not how they are computed, so it does not depend on the processor. Installing takes about
# 2 GB in the temporary folder. Exit status 0 while it is so, 1 when it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python
python/bin/pip install -qq --disable-pip-version-check --no-cache-dir tensorflow-cpu==2.21.0
cat > run.py << 'PYTHON'
import ctypes
import math
import os
import sys

import tensorflow as tf
from tensorflow.core.framework import function_pb2
from tensorflow.python.eager import context, execute

FLOAT = 1
library = ctypes.CDLL(os.path.join(os.path.dirname(tf.__file__), "libtensorflow_cc.so.2"))
pointer = ctypes.c_void_p


class Output(ctypes.Structure):
    _fields_ = [("operation", pointer), ("index", ctypes.c_int)]


class Buffer(ctypes.Structure):
    _fields_ = [("data", pointer), ("length", ctypes.c_size_t), ("deallocator", pointer)]


for made in ["TF_NewGraph", "TF_NewStatus", "TF_NewOperation", "TF_FinishOperation", "TF_GraphToFunction"]:
    getattr(library, made).restype = pointer
library.TF_NewBuffer.restype = ctypes.POINTER(Buffer)
library.TF_Message.restype = ctypes.c_char_p
graph = pointer(library.TF_NewGraph())
status = pointer(library.TF_NewStatus())


def well():
    if library.TF_GetCode(status) != 0:
        sys.exit(library.TF_Message(status).decode())


def node(kind, name, *inputs):
    description = pointer(library.TF_NewOperation(graph, kind, name))
    for given in inputs:
        library.TF_AddInput(description, Output(given, 0))
    if kind == b"Placeholder":
        library.TF_SetAttrType(description, b"dtype", FLOAT)
    finished = library.TF_FinishOperation(description, status)
    well()
    return finished


name = sys.argv[1].encode()
x = node(b"Placeholder", b"x")
power = node(b"Exp", name, node(b"Neg", b"second", node(b"Neg", b"first", x)))
last = node(b"Identity", b"last", power)
one = Output * 1
function = library.TF_GraphToFunction(
    graph, b"power_of_e", ctypes.c_ubyte(0), -1, None, 1, one(Output(x, 0)), 1, one(Output(last, 0)),
    None, None, None, status,
)
well()
written = library.TF_NewBuffer()
library.TF_FunctionToFunctionDef(pointer(function), written, status)
well()
definition = function_pb2.FunctionDef.FromString(ctypes.string_at(written.contents.data, written.contents.length))

session = context.context()
session.ensure_initialized()
session.add_function_def(definition)
session.enable_run_metadata()
options = ("executor_type", "", "config_proto", session.function_call_options.config_proto_serialized)
(result,) = execute.execute(b"power_of_e", 1, [tf.constant([3.0])], options, session)
right = abs(float(result[0]) - math.exp(3)) < 1e-3
run = [seen for seen in session.export_run_metadata().function_graphs
       if any(each.name == name.decode() for each in seen.pre_optimization_graph.node)]
left = [sum(each.op == "Neg" for each in seen.post_optimization_graph.node) for seen in run]
print(f"{name.decode()}: result {'right' if right else 'wrong'}, negations left {left}")
PYTHON
warning="Ignoring multi-device function optimization failure"
seen=$(while read -r name level; do
  TF_CPP_MIN_LOG_LEVEL=$level python/bin/python run.py "$name" 2> said || { cat said; exit 1; }
  echo "  warnings at TF_CPP_MIN_LOG_LEVEL=$level: $(grep -c "$warning" said || true)"
done <<< "power 1
block/_power 1
_power 1
_power 2")
version='from importlib.metadata import version; print(version("tensorflow-cpu"))'
echo "tensorflow-cpu $(python/bin/python -c "$version"):"
echo "$seen"
expected="power: result right, negations left [0]
  warnings at TF_CPP_MIN_LOG_LEVEL=1: 0
block/_power: result right, negations left [0]
  warnings at TF_CPP_MIN_LOG_LEVEL=1: 0
_power: result right, negations left [2]
  warnings at TF_CPP_MIN_LOG_LEVEL=1: 1
_power: result right, negations left [2]
  warnings at TF_CPP_MIN_LOG_LEVEL=2: 0"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
