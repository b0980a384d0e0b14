"""A script engine that needs no model: the same three scenes for the same prompt."""

from collections.abc import AsyncGenerator

from pipeline.engines import EngineCard, ScriptPiece, ScriptRequest
from pipeline.errors import NothingToSay

_SCENES = (
    ("Opening", "This lesson is about {topic}. It has three short scenes."),
    ("Middle", "The second scene says a little more about {topic}. It comes in two sentences."),
    ("Closing", "That was the lesson about {topic}. Thank you for listening."),
)


class FakeScript:
    """Writes three scenes round the first words of the prompt or the notes; for tests."""

    async def card(self, ask: ScriptRequest) -> EngineCard:
        missing = None if ask.prompt or ask.notes else "it needs a prompt or notes"
        return EngineCard("fake", "1", "fake", "Written by a test engine", missing=missing)

    async def write(self, ask: ScriptRequest) -> AsyncGenerator[ScriptPiece, None]:
        words = (ask.prompt or ask.notes or "").split()
        if not words:
            raise NothingToSay("The prompt")
        topic = " ".join(words[:12]).rstrip(".!?")
        for index, (title, narration) in enumerate(_SCENES):
            yield ScriptPiece(index, title=title)
            for word in narration.format(topic=topic).split():
                yield ScriptPiece(index, text=f"{word} ")
