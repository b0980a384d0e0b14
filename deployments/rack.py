"""The engines of one deployment, from which each request gets the one it asks for."""

from collections.abc import Sequence
from typing import Any, Generic, Protocol, TypeVar

from pipeline.engines import EngineCard
from pipeline.errors import EngineUnavailable, NoEngineFits


class Asking(Protocol):
    @property
    def engine(self) -> str: ...


class Carded(Protocol):
    async def card(self, ask: Any) -> EngineCard: ...


Ask = TypeVar("Ask", bound=Asking)
Engine = TypeVar("Engine", bound=Carded)


class Rack(Generic[Ask, Engine]):
    """Engines, best first. ``auto`` takes the first that can do what is asked.

    An engine's own ``card(ask)`` never raises: what it lacks for this request stands in
    ``missing``. The rack raises EngineUnavailable, for ``auto`` NoEngineFits, so that nothing falls
    back unsaid.
    """

    def __init__(self, engines: Sequence[Engine]) -> None:
        self._engines = tuple(engines)

    async def card(self, ask: Ask) -> EngineCard:
        return (await self._choose(ask))[0]

    async def engine(self, ask: Ask) -> Engine:
        return (await self._choose(ask))[1]

    async def _choose(self, ask: Ask) -> tuple[EngineCard, Engine]:
        offers = [(await engine.card(ask), engine) for engine in self._engines]
        if ask.engine == "auto":
            for card, engine in offers:
                if card.missing is None:
                    return card, engine
            # what is built in comes last, and is what most studios have: it is told of first
            lacks = "; ".join(f"{card.name}: {card.missing}" for card, _ in reversed(offers))
            raise NoEngineFits(f"{lacks}.")
        for card, engine in offers:
            if card.name == ask.engine:
                if card.missing is not None:
                    raise EngineUnavailable(card.name, card.missing)
                return card, engine
        names = ", ".join(card.name for card, _ in offers)
        raise EngineUnavailable(ask.engine, f"there is no such engine here; there are {names}.")
