"""The engines of one deployment, offered as one engine."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Generic, Protocol, TypeVar

from pipeline.engines import EngineCard
from pipeline.errors import EngineUnavailable


class Asked(Protocol):
    @property
    def engine(self) -> str: ...


Ask_contra = TypeVar("Ask_contra", contravariant=True)


class Carded(Protocol[Ask_contra]):
    async def card(self, ask: Ask_contra) -> EngineCard: ...


Ask = TypeVar("Ask", bound=Asked)
Engine = TypeVar("Engine")


class Rack(Generic[Ask, Engine]):
    """Engines, best first. ``auto`` takes the first that can do what is asked.

    An engine's own ``card(ask)`` never raises: what it lacks for this request, it says in
    ``missing``. The rack's raises EngineUnavailable, so that nothing falls back unsaid.
    """
