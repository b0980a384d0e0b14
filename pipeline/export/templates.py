"""The pages and manifests of this package, filled in."""

import re
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import jinja2

from pipeline.export.transcript import clock

NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no document may hold, however they are written (XML 1.0, 2.2)."""


def package_file(name: str) -> Traversable:
    """A file that lies beside this module."""
    return files(__package__ or "pipeline.export").joinpath(name)


def fill(name: str, **values: Any) -> str:
    """A template with its values, which are escaped for HTML and XML, and rid of what neither can
    hold: whoever names a lesson may have pasted anything."""
    return _environment().get_template(name).render(**values)


def _writable(value: object) -> object:
    # what is marked up already was made here
    return NOT_IN_XML.sub("", value) if type(value) is str else value


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: package_file(name).read_text("utf-8")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_writable,
    )
    environment.filters["clock"] = clock
    return environment
