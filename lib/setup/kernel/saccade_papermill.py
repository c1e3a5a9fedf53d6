"""Papermill's translator for TypeScript notebooks, registered when papermill starts.

A parameter becomes an assignment, `size = "smoke";`, as `npm run studies` writes it, so that the type declared in the
cell tagged "parameters" still holds. A name that cell does not have, or a value of the wrong type, is an error that
lists the parameters; types that cannot be told from that cell alone are left to the kernel's own check.
"""
import json
import math
import re

from papermill.engines import NBClientEngine
from papermill.exceptions import PapermillException
from papermill.models import Parameter
from papermill.translators import Translator, papermill_translators

NAME = r"[A-Za-z_$][\w$]*"
DECLARATION = re.compile(rf"^\s*(?:export\s+)?let\s+({NAME})\s*(?::\s*([^=;]+?))?\s*=\s*(.+?)\s*;?\s*(?://\s*(.*))?$")
ALIAS = re.compile(rf"^\s*(?:export\s+)?type\s+({NAME})\s*=\s*([^;]+?)\s*;?\s*(?://.*)?$", re.M)
LITERAL = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|-?\d+(?:\.\d+)?|true|false|null)""")


class TypeScriptTranslator(Translator):
    """State from one notebook's inspection to its translation; papermill does both in one call."""

    def __init__(self):
        self.cell = None
        self.parameters = []

    def inspect(self, parameters_cell):
        self.cell = parameters_cell["source"]
        aliases = dict(ALIAS.findall(self.cell))
        self.parameters = []
        for line in self.cell.splitlines():
            match = DECLARATION.match(line)
            if match:
                name, annotation, default, remark = match.groups()
                known = annotation or type_of_literal(default)
                self.parameters.append((Parameter(name, annotation or known or "None", default, remark or ""), aliases.get(known, known)))
        return [parameter for parameter, _ in self.parameters]

    def codify(self, parameters, comment="Parameters"):
        cell, declared = self.cell, self.parameters
        self.cell, self.parameters = None, []
        lines = [f"// {comment}"]
        listed = ", ".join(f"{name_and_type(p)} = {p.default}" for p, _ in declared) or "none"
        if declared:
            lines.append(f"// declared: {listed}")
        types = {p.name: known for p, known in declared}
        for name, value in parameters.items():
            if not re.fullmatch(NAME, name):
                raise PapermillException(f"parameters: a name must be one of TypeScript's, got {name}")
            if cell is not None and not re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", cell):
                raise PapermillException(f"parameters: {name} is not declared; the parameters are {listed}")
            if not fits(value, types.get(name)):
                raise PapermillException(f"parameters: {name} must be of type {types[name]}, got {translate(value)}; the parameters are {listed}")
            lines.append(f"{name} = {translate(value)};")
        return "\n".join(lines) + "\n"

    def translate(self, val):
        return translate(val)

    def comment(self, cmt_str):
        return f"// {cmt_str}"

    def assign(self, name, str_val):
        return f"{name} = {str_val};"


def name_and_type(parameter):
    """The name alone where papermill has its word "None" for a type that is not known."""
    known = parameter.inferred_type_name
    return parameter.name if known == "None" else f"{parameter.name}: {known}"


def translate(value):
    """The value as TypeScript, in the words of JSON.stringify where JSON has any."""
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(translate(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{translate(str(key))}:{translate(item)}" for key, item in value.items()) + "}"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int):
        if abs(value) > 2**53 - 1:
            raise PapermillException(f"parameters: an integer must be within 2^53, got {value}")
        return str(value)
    if isinstance(value, float):
        if math.isnan(value):
            return "NaN"
        if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        if value.is_integer() and abs(value) < 1e21:
            return str(int(value))
        return re.sub(r"e([+-])0+", r"e\1", repr(value))
    return json.dumps(str(value), ensure_ascii=False)


def type_of_literal(text):
    """number, string or boolean where the text is such a literal, else None."""
    if re.fullmatch(r"-?\d[\d_]*(\.\d+)?(e[+-]?\d+)?", text, re.I):
        return "number"
    if text in ("true", "false"):
        return "boolean"
    return "string" if re.fullmatch(r"""("([^"\\]|\\.)*"|'([^'\\]|\\.)*')""", text) else None


def fits(value, known):
    """Whether the value is of the type; True where the type is not one of those understood here."""
    if known is None:
        return True
    known = known.strip()
    simple = {
        "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
        "string": lambda v: not isinstance(v, (bool, int, float, list, tuple, dict, type(None))),
        "boolean": lambda v: isinstance(v, bool),
    }
    if known in simple:
        return simple[known](value)
    if known.endswith("[]") and known[:-2] in simple:
        return isinstance(value, (list, tuple)) and all(simple[known[:-2]](item) for item in value)
    members = LITERAL.findall(known)
    if members and LITERAL.sub("", known).replace("|", "").strip() == "":
        return translate(value) in [translate(m[1:-1]) if m[0] in "\"'" else m for m in members]
    return True


translator = TypeScriptTranslator()
papermill_translators.register("saccade", translator)
papermill_translators.register("typescript", translator)


class SaccadeEngine(NBClientEngine):
    """Papermill's own engine: papermill loads what is registered as an engine, and with it the translator above."""
