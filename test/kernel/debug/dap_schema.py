"""Checks messages, a JSON text a line, against the Debug Adapter Protocol's own schema, which debugpy carries."""

import json
import sys
from pathlib import Path

import debugpy
from jsonschema import Draft4Validator

SCHEMA = "_vendored/pydevd/_pydevd_bundle/_debug_adapter/debugProtocol.json"
definitions = json.loads((Path(debugpy.__file__).parent / SCHEMA).read_text())["definitions"]


def definition_of(message):
    """The protocol's name for a message; Jupyter's own requests have the general one."""
    if message["type"] == "event":
        return capitalized(message["event"]) + "Event"
    if not message["success"]:
        return "ErrorResponse"
    name = capitalized(message["command"]) + "Response"
    return name if name in definitions else "Response"


def capitalized(name):
    return name[:1].upper() + name[1:]


def complaints(message):
    validator = Draft4Validator({"$ref": f"#/definitions/{definition_of(message)}", "definitions": definitions})
    return [f"{definition_of(message)} {list(error.path)}: {error.message}" for error in validator.iter_errors(message)]


found = [[definition_of(message), complaints(message)] for message in map(json.loads, sys.stdin)]
print(json.dumps(found))
