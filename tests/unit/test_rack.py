"""A rack gives each request the engine it asks for, or says why not."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

import pytest

from deployments.rack import Rack
from pipeline.engines import EngineCard, ScriptEngine, ScriptPiece, ScriptRequest
from pipeline.errors import EngineUnavailable, NoEngineFits


@dataclass
class Scribe:
    name: str
    missing: str | None = None

    async def card(self, ask: ScriptRequest) -> EngineCard:
        return EngineCard(self.name, "1", "fake", "A scribe for tests", missing=self.missing)

    async def write(self, ask: ScriptRequest) -> AsyncGenerator[ScriptPiece, None]:
        yield ScriptPiece(0, self.name)


async def chosen(engines: list[Scribe], asked: str) -> str:
    rack: Rack[ScriptRequest, ScriptEngine] = Rack(engines)
    ask = ScriptRequest("Tides", engine=asked)
    card = await rack.card(ask)
    engine = await rack.engine(ask)
    assert [piece.text async for piece in engine.write(ask)] == [card.name]
    return card.name


async def test_auto_takes_the_first_that_can_run() -> None:
    assert await chosen([Scribe("large", "its weights"), Scribe("small")], "auto") == "small"
    assert await chosen([Scribe("large"), Scribe("small")], "auto") == "large"


async def test_an_engine_asked_for_by_name_is_taken_although_a_better_one_is_there() -> None:
    assert await chosen([Scribe("large"), Scribe("small")], "small") == "small"


async def test_an_engine_that_cannot_run_is_refused_with_what_it_lacks() -> None:
    with pytest.raises(EngineUnavailable, match="“large” cannot run here: its weights"):
        await chosen([Scribe("large", "its weights"), Scribe("small")], "large")


async def test_an_unknown_engine_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(EngineUnavailable, match="there are large, small"):
        await chosen([Scribe("large"), Scribe("small")], "huge")


async def test_auto_with_nothing_that_runs_says_what_each_lacks() -> None:
    told = r"No engine here can do this: small: a device; large: its weights\."
    with pytest.raises(NoEngineFits, match=told):
        await chosen([Scribe("large", "its weights"), Scribe("small", "a device")], "auto")
