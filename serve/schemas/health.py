"""The state of the studio on the wire."""

from typing import Literal

from serve.schemas.base import Answer
from serve.schemas.scripts import EngineRead


class Alive(Answer):
    status: Literal["ok"] = "ok"
    version: str


class PartRead(Answer):
    """One part of the studio. ``detail`` says what is wrong when ``ok`` is false."""

    part: str
    ok: bool
    seconds: float
    engine: EngineRead | None = None
    detail: str | None = None


class Ready(Answer):
    status: Literal["ready"] = "ready"
    parts: list[PartRead]


class Pong(Answer):
    ok: bool
    parts: list[PartRead]
