"""Executes one notebook with nbclient and tells what happens as JSON lines on standard output.

Standard input holds one JSON object: notebook, output (paths), kernel, assignments (source text put behind the cell
tagged "parameters"), timeoutS (limit of one cell, null for none), plotly (path of plotly.js for the page), lock (path of
a file that only one execution has at a time, null for none). Works under every kernel: what a failed cell said is taken
from its error output where there is one, and from its standard error stream otherwise. A SIGINT interrupts the running
cell, and nothing is executed after it. Whoever started it being gone, it ends its kernel and itself.
"""
import asyncio
import fcntl
import json
import os
import re
import signal
import sys
import threading
import time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from page import to_page


# Characters that one cell may show. A study's largest output is an image; a cell in a loop shows without end.
MAX_OUTPUT = 20_000_000
# Characters of a failed cell's own words that are passed on.
MAX_SAID = 4_000
# Seconds between two lines of a training run's progress that are passed on; the last one is, too.
PROGRESS_S = 1
# Seconds that an interrupted cell may take to end: it writes a checkpoint.
ENDS_WITHIN_S = 120
# Seconds between two looks at whether the one who started this is still there.
PARENT_CHECK_S = 0.5
# Seconds that the kernel of an execution that was killed may take to be gone.
LOCK_WITHIN_S = 30


class Interrupted(Exception):
    """A SIGINT came: no further cell is executed."""


class Client(NotebookClient):
    """Ends a cell that shows more than MAX_OUTPUT: what it keeps, not what it replaces, as progress does for hours."""

    shown = 0
    flooded = False
    interrupted = False
    told = 0.0
    newest = ""
    telling = None

    def process_message(self, msg, cell, cell_index):
        self.tell_progress(msg)
        size = size_of(msg["content"])
        if msg["msg_type"] == "clear_output":
            self.shown = 0
        elif msg["msg_type"] != "update_display_data":
            self.shown += size
        if max(size, self.shown) <= MAX_OUTPUT:
            return super().process_message(msg, cell, cell_index)
        if not self.flooded:
            self.flooded = True
            self.task_poll_for_reply.cancel()  # nbclient then says that the kernel died
        return None

    async def async_execute_cell(self, *args, **kwargs):
        if self.interrupted:
            raise Interrupted
        self.shown = 0
        if self.telling is not None:
            self.telling.cancel()  # that cell is over
            self.telling = None
        return await super().async_execute_cell(*args, **kwargs)

    def tell_progress(self, msg):
        """A training run's line, where the message is one: an output that is updated in place, with a bar."""
        data = msg["content"].get("data") or {}
        if msg["msg_type"] not in ("display_data", "update_display_data") or "<progress" not in str(data.get("text/html")):
            return
        self.newest = str(data.get("text/plain", "")).split("\n")[0][:200]
        wait = self.told + PROGRESS_S - time.monotonic()
        if wait <= 0:
            self.tell_newest()
        elif self.telling is None:
            self.telling = asyncio.get_running_loop().call_later(wait, self.tell_newest)

    def tell_newest(self):
        self.telling = None
        self.told = time.monotonic()
        tell("progress", text=self.newest)

    def listen(self):
        """Has a SIGINT interrupt the running cell; one that does not end then is ended with its kernel."""
        loop = asyncio.get_running_loop()
        later = lambda work: asyncio.ensure_future(work) if self.km is not None else None

        def interrupt():
            self.interrupted = True
            later(self.km.interrupt_kernel())
            loop.call_later(ENDS_WITHIN_S, lambda: self.km is not None and later(self.km.shutdown_kernel(now=True)))

        loop.add_signal_handler(signal.SIGINT, interrupt)


def size_of(content):
    """Characters that a message shows, a figure's description and an error's traceback included."""
    texts = [content.get("text", ""), content.get("evalue", ""), *content.get("traceback", []), *content.get("data", {}).values()]
    return sum(len(text) if isinstance(text, str) else len(json.dumps(text)) for text in texts)


def tell(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


def inject(notebook, assignments):
    """Puts the assignments behind the parameters cell, in a cell of their own."""
    for index, cell in enumerate(notebook.cells):
        if "parameters" in cell.metadata.get("tags", []):
            if not assignments:
                return
            added = nbformat.v4.new_code_cell(assignments, metadata={"tags": ["injected-parameters"]})
            if "id" not in cell:
                added.pop("id", None)
            notebook.cells.insert(index + 1, added)
            return
    raise LookupError('the notebook has no cell tagged "parameters"')


def said(cell):
    """What a failed cell says of itself: its traceback, else its error's name, and its standard error."""
    texts = []
    for output in cell.outputs:
        if output.output_type == "error":
            texts.append("\n".join(output.traceback) or f"{output.ename}: {output.evalue}")
        elif output.output_type == "stream" and output.name == "stderr":
            texts.append(output.text)
    text = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(texts)).strip()
    return text if len(text) <= MAX_SAID else f"… {text[-MAX_SAID:]}"


def parameters(notebook, index):
    """What may be set, where the cell that failed is the one that sets it."""
    if "injected-parameters" not in notebook.cells[index].metadata.get("tags", []):
        return ""
    declared = [cell.source for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    return "\nThe notebook's parameters, their types and defaults:\n" + "\n".join(declared)


def end_with_parent(client):
    """Kills the kernel and this process once the one who started it is gone, as after a kill -9."""
    parent = os.getppid()

    def watch():
        while os.getppid() == parent:
            time.sleep(PARENT_CHECK_S)
        pid = getattr(getattr(client.km, "provisioner", None), "pid", None)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def take(lock):
    """Options for the kernel's process, which has the lock as long as it lives; None where another has it."""
    if lock is None:
        return {}
    os.makedirs(os.path.dirname(lock), exist_ok=True)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o666)
    for _ in range(LOCK_WITHIN_S * 10):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return {"pass_fds": (descriptor,)}
        except BlockingIOError:
            time.sleep(0.1)
    return None


def save(notebook, path, plotly_script):
    """The executed notebook and its HTML, each whole or not at all."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    page = to_page(notebook, plotly_script)
    for target, text in ((path, nbformat.writes(notebook)), (re.sub(r"\.ipynb$", ".html", path), page)):
        with open(f"{target}.partial", "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(f"{target}.partial", target)


def main():
    task = json.load(sys.stdin)
    try:
        notebook = nbformat.read(task["notebook"], as_version=4)
    except Exception as error:  # nbformat has no error of its own for what is no notebook
        return tell("failed", position=None, total=0, text=f"the notebook cannot be read: {error}"[:MAX_SAID])
    try:
        inject(notebook, task["assignments"])
    except LookupError as error:
        return tell("failed", position=None, total=0, text=str(error))
    code = [index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    spec = notebook.metadata.setdefault("kernelspec", {})
    spec["name"] = task["kernel"]
    spec.setdefault("display_name", task["kernel"])  # a notebook that names no kernel has none
    state = {"index": None, "since": time.monotonic()}

    kernel_options = take(task.get("lock"))
    if kernel_options is None:
        return tell("failed", position=None, total=0, text="the study is being executed at this size by another process")

    def started(cell, cell_index):
        if state["index"] is None:
            client.listen()
        state.update(index=cell_index, since=time.monotonic())
        if cell_index in code:
            tell("cell", position=code.index(cell_index) + 1, total=len(code), head=cell.source.strip().split("\n")[0])

    client = Client(
        notebook,
        kernel_name=task["kernel"],
        timeout=task["timeoutS"],
        resources={"metadata": {"path": os.path.dirname(task["notebook"])}},
        on_cell_start=started,
    )
    end_with_parent(client)
    try:
        client.execute(**kernel_options)
    except Interrupted:
        outcome = ("interrupted", "")
    except CellExecutionError:
        text = said(notebook.cells[state["index"]]) or "the kernel reported an error without a text"
        outcome = ("failed", text + parameters(notebook, state["index"]))
    except CellTimeoutError:
        outcome = ("timeout", said(notebook.cells[state["index"]]))
    except DeadKernelError:
        text = said(notebook.cells[state["index"]]) if state["index"] is not None else ""
        outcome = ("flooded", f"one cell may show {MAX_OUTPUT:,} characters") if client.flooded else ("died", text)
    except RuntimeError as error:  # the kernel could not be started or did not answer
        outcome = ("died", str(error))
    else:
        outcome = ("passed", "")
    if client.interrupted and outcome[0] != "passed":
        outcome = ("interrupted", outcome[1])
    save(notebook, task["output"], task["plotly"])
    position = code.index(state["index"]) + 1 if state["index"] in code else None
    tell(outcome[0], position=position, total=len(code), text=outcome[1])


main()
