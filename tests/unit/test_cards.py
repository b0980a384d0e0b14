"""What is known of engines while their deployment holds all the calls it takes."""

import asyncio
import math

import pytest

from deployments import cards
from deployments.cards import Cards
from pipeline.engines import EngineCard, ScriptRequest, SpeechRequest
from pipeline.errors import EngineUnavailable, InfrastructureLost, LecternError

pytestmark = pytest.mark.anyio

ASK = SpeechRequest("Hello.")


class Deployment:
    """Answers when it has ``room``, with ``version`` or with what is ``wrong``."""

    def __init__(self, version: str = "1") -> None:
        self.version, self.wrong = version, None
        self.room = asyncio.Event()
        self.room.set()
        self.running: float | None = 1.0
        self.asked = self.said = 0
        self.cards: Cards[SpeechRequest] = Cards(self.card, lambda: self.running)

    wrong: LecternError | None

    async def card(self, ask: SpeechRequest) -> EngineCard:
        self.asked += 1
        await self.room.wait()
        if self.wrong is not None:
            raise self.wrong
        self.said += 1
        return EngineCard("voice", self.version, "fake", f"A voice of {ask.language}")

    async def versions(self, *asks: SpeechRequest) -> list[str]:
        found = await asyncio.gather(*map(self.cards.card, asks or (ASK,)))
        return [card.version for card in found]


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "GRACE_SECONDS", 0.01)


async def test_a_deployment_that_holds_all_its_calls_is_known_from_before() -> None:
    voice = Deployment()
    assert await voice.versions() == ["1"]
    voice.room.clear()
    others = [SpeechRequest(f"Sentence {n}.") for n in range(20)]
    assert await voice.versions(*others) == ["1"] * 20
    assert voice.asked == 2, "all of them wait for one answer"
    voice.room.set()


async def test_what_has_room_is_asked_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    voice = Deployment()
    assert await voice.versions() == ["1"]
    voice.version = "2"
    monkeypatch.setattr(cards, "GRACE_SECONDS", 240.0)
    assert await voice.versions() == ["2"]


async def test_another_version_is_taken_over_when_there_is_room_to_say_it() -> None:
    voice = Deployment()
    assert await voice.versions() == ["1"]
    voice.room.clear()
    voice.version = "2"
    assert await voice.versions() == ["1"]
    voice.room.set()
    while voice.said < 2:
        await asyncio.sleep(0)
    voice.room.clear()
    assert await voice.versions() == ["2"], "who asked had left before the answer came"
    voice.room.set()


@pytest.mark.parametrize("running", [None, math.inf])
async def test_what_is_gone_or_deployed_anew_is_not_known(running: float | None) -> None:
    voice = Deployment()
    assert await voice.versions() == ["1"]
    voice.room.clear()
    voice.running = running
    asked = asyncio.create_task(voice.versions())
    assert await asyncio.wait({asked}, timeout=0.1) == (set(), {asked})
    voice.wrong = InfrastructureLost("Zyphra did not answer")
    voice.room.set()
    with pytest.raises(InfrastructureLost):
        await asked


async def test_a_full_queue_is_busy_and_not_gone() -> None:
    voice = Deployment()
    assert await voice.versions() == ["1"]
    voice.wrong = InfrastructureLost("Zyphra: BackPressureError")
    assert await voice.versions() == ["1"]
    voice.running = None
    with pytest.raises(InfrastructureLost):
        await voice.versions()


async def test_an_engine_that_cannot_run_any_more_is_forgotten() -> None:
    voice = Deployment()
    assert await voice.versions() == ["1"]
    voice.wrong = EngineUnavailable("voice", "its weights")
    with pytest.raises(EngineUnavailable):
        await voice.versions()
    voice.wrong = InfrastructureLost("Zyphra: BackPressureError")
    with pytest.raises(InfrastructureLost):
        await voice.versions()


async def test_what_was_never_said_is_waited_for() -> None:
    voice = Deployment()
    assert await voice.versions() == ["1"]
    voice.room.clear()
    other = asyncio.create_task(voice.versions(SpeechRequest("Guten Tag.", language="de")))
    assert await asyncio.wait({other}, timeout=0.1) == (set(), {other})
    voice.room.set()
    assert await other == ["1"]


def test_scripts_differ_by_what_there_is_to_write_from_and_not_by_its_words() -> None:
    def casting(prompt: str | None, notes: str | None) -> object:
        return ScriptRequest(prompt, notes).casting

    assert casting("Tides", "One.") == casting("Rain", "Two.")
    apart = {
        casting("Tides", None),
        casting(None, "One."),
        casting(None, "[pause]"),
        casting("", ""),
    }
    assert len(apart) == 4
