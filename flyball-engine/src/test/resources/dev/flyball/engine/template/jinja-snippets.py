"""Renders every source of jinja-snippets.json with Jinja2 and writes the outcomes back.

Needs Python 3 with Jinja2 3.1. To add a case, add {"source": "..."} to the file and run this.
The environment has the settings that Hugging Face renders chat templates with.
"""

import datetime
import json
import pathlib

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.sandbox import ImmutableSandboxedEnvironment

FILE = pathlib.Path(__file__).with_name("jinja-snippets.json")
NOW = datetime.datetime(2026, 11, 21, 9, 30)


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("render_body"), [], [], body).set_lineno(line)

    def render_body(self, caller):
        return caller()


def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def outcome(environment, source, context):
    try:
        return {"source": source, "output": environment.from_string(source).render(context)}
    except Exception as error:
        return {"source": source, "error": type(error).__name__}


environment = ImmutableSandboxedEnvironment(
    trim_blocks=True, lstrip_blocks=True, extensions=[Generation, "jinja2.ext.loopcontrols"]
)
environment.filters["tojson"] = tojson
environment.globals["raise_exception"] = raise_exception
environment.globals["strftime_now"] = NOW.strftime

golden = json.loads(FILE.read_text())
cases = [json.dumps(outcome(environment, case["source"], golden["context"])) for case in golden["cases"]]
FILE.write_text('{"context": ' + json.dumps(golden["context"]) + ',\n"cases": [\n' + ",\n".join(cases) + "\n]}\n")
