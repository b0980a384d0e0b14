"""The description of the interface, made without starting anything."""

from importlib.metadata import version
from typing import Any, cast

from serve.deps import Studio
from serve.ingress import create_app
from serve.security import Tokens


def description() -> dict[str, Any]:
    """OpenAPI 3.1, of a studio none of whose parts is there."""
    nothing = cast(Any, None)
    studio = Studio(
        database=nothing,
        storage=nothing,
        script=nothing,
        quiz=nothing,
        speech=nothing,
        video=nothing,
        tokens=Tokens("never used to sign: nothing is answered"),
        find_face=nothing,
        version=version("lectern"),
    )
    return create_app(studio).openapi()
