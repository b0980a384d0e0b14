"""The pages and manifests of this package, filled in."""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import jinja2

from pipeline.export.transcript import clock


def package_file(name: str) -> Traversable:
    """A file that lies beside this module."""
    return files(__package__ or "pipeline.export").joinpath(name)


def fill(name: str, **values: Any) -> str:
    """A template with its values, which are escaped for HTML and XML."""
    return _environment().get_template(name).render(**values)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: package_file(name).read_text("utf-8")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["clock"] = clock
    return environment
