"""The operations of the interface, as its own description tells of them; nothing is started."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from serve.deps import Studio
from serve.ingress import create_app
from serve.security import Tokens

EVENTS = "text/event-stream"


@dataclass(frozen=True)
class Operation:
    """``needed``: the scopes and roles of its security requirement; None when it has none."""

    id: str
    method: str
    path: str
    needed: tuple[str, ...] | None
    example: Any
    streams: bool
    headers: tuple[str, ...]

    @property
    def scopes(self) -> tuple[str, ...]:
        return tuple(each for each in self.needed or () if not each.startswith("role:"))


def operations() -> list[Operation]:
    return list(_operations(_description()))


def _description() -> dict[str, Any]:
    """Of a studio none of whose parts is there."""
    nothing = cast(Any, None)
    parts = (nothing, nothing, nothing, nothing, nothing, nothing)
    return create_app(Studio(*parts, Tokens("x" * 32), nothing, "1.2.3")).openapi()


def _operations(description: dict[str, Any]) -> Iterator[Operation]:
    schemas = description["components"]["schemas"]
    for path, methods in description["paths"].items():
        for method, told in methods.items():
            needed = [each for scheme in told.get("security", []) for each in scheme.values()]
            yield Operation(
                id=told["operationId"],
                method=method.upper(),
                path=path,
                needed=tuple(scope for each in needed for scope in each) if needed else None,
                example=_example(told, schemas),
                headers=tuple(
                    each["name"] for each in told.get("parameters", ()) if each["in"] == "header"
                ),
                streams=EVENTS in told["responses"].get("200", {}).get("content", {}),
            )


def _example(told: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """The first example of a JSON body; None where there is no such body."""
    body = told.get("requestBody", {}).get("content", {}).get("application/json")
    if body is None:
        return None
    if "examples" in body:
        return next(iter(body["examples"].values()))["value"]
    kinds = [body["schema"], *body["schema"].get("anyOf", [])]
    names = [kind["$ref"].rpartition("/")[2] for kind in kinds if "$ref" in kind]
    return schemas[names[0]]["examples"][0]
