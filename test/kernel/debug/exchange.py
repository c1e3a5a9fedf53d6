"""
A front end's whole exchange with a kernel's debugger, by jupyter_client: every request, its reply, the events. Each
message is checked against the Debug Adapter Protocol's own schema, which debugpy carries.

Usage: exchange.py KERNEL LANGUAGE. Prints, as JSON, what was said and what the schema has to say of it.
"""

import json
import sys
import time
from pathlib import Path
from queue import Empty

import debugpy
from jsonschema import Draft4Validator
from jupyter_client.manager import KernelManager

SCHEMA = "_vendored/pydevd/_pydevd_bundle/_debug_adapter/debugProtocol.json"
DEFINITIONS = json.loads((Path(debugpy.__file__).parent / SCHEMA).read_text())["definitions"]

# Only what hangs comes so far, s.
PATIENCE = 300
# A request that a kernel does not answer is waited for so long, s; what comes after it could not be heard.
SILENCE = 3

# The same lines in both languages. What a cell prints is heard before `print` returns, so the loop that is paused prints
# by itself.
CELLS = {
    "typescript": {
        "main": "// a comment\nlet items = [1, 2];\nfunction inner(n: number): number {\n  const twice = n * 2;\n"
        "  return twice;\n}\n\ninner(1);\nitems.length + inner(2);",
        "comment": "function outer(n: number): number {\n  // a comment\n  return n;\n}\nouter(1);",
        "throws": "const before = 1;\nthrow new Error('meant');",
        "loops": "let goes = true;\nlet said = false;\n"
        "while (goes) { if (!said) console.log('begun'); said = true; [0].at(0); }",
        "condition": "n > 1",
        "list": "[3, 4, 5]",
        "length": "items.length",
        "stop": "goes = false",
        "filter": "uncaught",
        "answers": True,
    },
    "python": {
        "main": "# a comment\nitems = [1, 2]\ndef inner(n):\n    twice = n * 2\n    return twice\n\n\ninner(1)\n"
        "len(items) + inner(2)",
        "comment": "def outer(n):\n    # a comment\n    return n\n\nouter(1)",
        "throws": "before = 1\nraise Exception('meant')",
        "loops": "goes = True\nsaid = False\n"
        "while goes: said = said or print('begun', flush=True) is None; [0].count(0)",
        "condition": "n > 1",
        "list": "[3, 4, 5]",
        "length": "len(items)",
        "stop": "goes = False",
        "filter": "userUnhandled",  # IPython catches what a cell does not
        "answers": False,  # one run in four waits for ever
    },
}


def definition_of(message):
    """The protocol's name for a message; one that it does not know has the general one."""
    if message["type"] == "response" and not message["success"]:
        return "ErrorResponse"
    kind = capitalized(message["type"])
    name = capitalized(message["event"] if kind == "Event" else message["command"]) + kind
    return name if name in DEFINITIONS else kind


def capitalized(name):
    return name[:1].upper() + name[1:]


class Exchange:
    """One front end of one kernel."""

    def __init__(self, kernel_name):
        self.said = []
        self.complaints = []
        self.names = set()
        self.events = []
        self.seq = 0
        self.manager = KernelManager(kernel_name=kernel_name)
        self.manager.start_kernel()
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE)

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def check(self, message):
        name = definition_of(message)
        self.names.add(name)
        validator = Draft4Validator({"$ref": f"#/definitions/{name}", "definitions": DEFINITIONS})
        for error in validator.iter_errors(message):
            self.complaints.append(f"{name} {list(error.path)}: {error.message}")

    def ask(self, step, command, arguments=None, patience=PATIENCE):
        """Sends a request; its reply's body, where it was a success."""
        self.seq += 1
        request = {"type": "request", "seq": self.seq, "command": command, "arguments": arguments or {}}
        self.check(request)
        message = self.client.session.msg("debug_request", request)
        self.client.control_channel.send(message)
        try:
            reply = self.client.get_control_msg(timeout=patience)
        except Empty:
            self.said.append([step, None])
            return {}
        content = reply["content"]
        assert reply["msg_type"] == "debug_reply" and reply["parent_header"]["msg_id"] == message["header"]["msg_id"]
        if "type" in content:
            self.check(content)
        self.said.append([step, content])
        return content.get("body") or {}

    def hear(self, wanted):
        """Published messages up to the first that is wanted."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            if message["msg_type"] == "debug_event":
                self.check(message["content"])
                self.events.append(message["content"]["event"])
            if wanted(message):
                return message
        raise TimeoutError

    def event(self, step, name):
        content = self.hear(lambda m: m["msg_type"] == "debug_event" and m["content"]["event"] == name)["content"]
        self.said.append([step, content])
        return content

    def start(self, code):
        self.running = self.client.execute(code)

    def stops(self, step):
        """Whether the running cell stops; else it has ended."""
        message = self.hear(lambda m: self.ended(m) or m["content"].get("event") == "stopped")
        stopped = message["msg_type"] == "debug_event"
        self.said.append([step, message["content"] if stopped else {"event": "the cell ended"}])
        if not stopped:
            self.client.get_shell_msg(timeout=PATIENCE)
        return stopped

    def ended(self, message):
        is_own = message["parent_header"].get("msg_id") == self.running
        return is_own and message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"

    def top(self, step):
        """The innermost call."""
        frames = self.ask(step, "stackTrace", {"threadId": 1}).get("stackFrames")
        return frames[0] if frames else {"id": 0}

    def go(self, step, way):
        """Goes on in a way to the next stop, or the cell's end."""
        self.ask(step, way, {"threadId": 1})
        stopped = self.stops(f"{step}, then")
        return self.top(f"{step}, calls") if stopped else None

    def finish(self, step):
        while self.go(step, "continue"):
            pass


def converse(exchange, cells):
    ask = exchange.ask
    ask("debugInfo before", "debugInfo")
    ask("initialize", "initialize", {"clientID": "test", "adapterID": "", "linesStartAt1": True})
    ask("attach", "attach")
    exchange.event("initialized", "initialized")
    set_breakpoints(exchange, "comment", cells, [{"line": 2}])
    path = set_breakpoints(exchange, "main", cells, [{"line": 8}, {"line": 4, "condition": cells["condition"]}])
    ask("setExceptionBreakpoints none", "setExceptionBreakpoints", {"filters": []})
    ask("configurationDone", "configurationDone")
    ask("threads", "threads")
    exchange.start(cells["main"])
    exchange.stops("breakpoint")
    look(exchange, cells, path)
    exchange.go("stepIn", "stepIn")
    exchange.go("next", "next")
    exchange.go("stepOut", "stepOut")
    exchange.go("continue to the condition", "continue")
    exchange.finish("continue")
    log = [{"line": 4, "logMessage": "n is {n}"}, {"line": 5, "hitCondition": "2"}]
    set_breakpoints(exchange, "main", cells, log, "log and hits")
    exchange.start(cells["main"])
    exchange.event("log point", "output")
    exchange.stops("hits")
    exchange.finish("continue after hits")
    ask("setBreakpoints none", "setBreakpoints", {"source": {"path": path}, "breakpoints": []})
    fail(exchange, cells)
    pause(exchange, cells)
    ask("inspectVariables", "inspectVariables")
    if cells["answers"]:
        ask("richInspectVariables", "richInspectVariables", {"variableName": "items"})
    ask("disconnect", "disconnect", {"restart": False})
    exchange.event("terminated", "terminated")
    ask("debugInfo after", "debugInfo")
    ask("next at no stop", "next", {"threadId": 1}, SILENCE)
    ask("what is no request", "fly", {}, SILENCE)


def set_breakpoints(exchange, cell, cells, breakpoints, step=None):
    path = exchange.ask(f"dumpCell {step or cell}", "dumpCell", {"code": cells[cell]})["sourcePath"]
    arguments = {"source": {"path": path}, "breakpoints": breakpoints, "sourceModified": False}
    exchange.ask(f"setBreakpoints {step or cell}", "setBreakpoints", arguments)
    return path


def look(exchange, cells, path):
    """What can be asked at a stop."""
    ask = exchange.ask
    ask("debugInfo at a stop", "debugInfo")
    frame = exchange.top("stackTrace")["id"]
    scopes = ask("scopes", "scopes", {"frameId": frame})["scopes"]
    reference = scopes[0]["variablesReference"]
    found = [ask(f"variables of {scope['name']}", "variables", {"variablesReference": scope["variablesReference"]})
             for scope in scopes]
    items = next(one for body in found for one in body["variables"] if one["name"] == "items")
    ask("variables of items", "variables", {"variablesReference": items["variablesReference"]})
    for context in ["hover", "watch", "repl"]:
        ask(f"evaluate {context}", "evaluate", {"expression": cells["length"], "frameId": frame, "context": context})
    ask("evaluate an error", "evaluate", {"expression": "missing", "frameId": frame, "context": "repl"})
    arguments = {"variablesReference": reference, "name": "items", "value": cells["list"]}
    ask("setVariable", "setVariable", arguments)
    ask("source", "source", {"source": {"path": path}, "sourceReference": 0})
    ask("modules", "modules")
    ask("richInspectVariables at a stop", "richInspectVariables", {"variableName": "items", "frameId": frame})
    copy = {"srcVariableName": "items", "dstVariableName": "copied", "srcFrameId": frame}
    ask("copyToGlobals", "copyToGlobals", copy)


def fail(exchange, cells):
    exchange.ask("setExceptionBreakpoints", "setExceptionBreakpoints", {"filters": [cells["filter"]]})
    exchange.start(cells["throws"])
    if exchange.stops("exception"):
        exchange.top("exception, calls")
        exchange.ask("exceptionInfo", "exceptionInfo", {"threadId": 1})
        exchange.finish("continue after the exception")


def pause(exchange, cells):
    exchange.start(cells["loops"])
    exchange.hear(lambda m: m["msg_type"] == "stream")
    exchange.ask("pause", "pause", {"threadId": 1})
    exchange.stops("paused")
    frame = exchange.top("paused, calls")["id"]
    exchange.ask("evaluate an end", "evaluate", {"expression": cells["stop"], "frameId": frame, "context": "repl"})
    exchange.finish("continue after the pause")


kernel, language = sys.argv[1:]
exchange = Exchange(kernel)
try:
    converse(exchange, CELLS[language])
finally:
    exchange.close()
told = {"said": exchange.said, "complaints": exchange.complaints, "names": sorted(exchange.names)}
print(json.dumps({**told, "events": exchange.events}))
