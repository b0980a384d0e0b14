"""Engines that need no model: the same three scenes for the same prompt, and plain questions."""

from collections.abc import AsyncGenerator

from pipeline.engines import EngineCard, QuizRequest, ScriptPiece, ScriptRequest
from pipeline.errors import NothingToSay
from pipeline.quiz import ChoiceSpec, QuestionSpec
from pipeline.sentences import sentences

_SCENES = (
    ("Opening", "This lesson is about {topic}. It has three short scenes."),
    ("Middle", "The second scene says a little more about {topic}. It comes in two sentences."),
    ("Closing", "That was the lesson about {topic}. Thank you for listening."),
)


class FakeScript:
    """Writes three scenes round the first words of the prompt or the notes; for tests."""

    async def card(self, ask: ScriptRequest) -> EngineCard:
        missing = None if ask.prompt or ask.notes else "it needs a prompt or notes"
        return EngineCard(
            "fake", "1", "fake", "Written by a test engine", missing=missing, trained=False
        )

    async def write(self, ask: ScriptRequest) -> AsyncGenerator[ScriptPiece, None]:
        words = (ask.prompt or ask.notes or "").split()
        if not words:
            raise NothingToSay("The prompt")
        topic = " ".join(words[:12]).rstrip(".!?")
        for index, (title, narration) in enumerate(_SCENES):
            yield ScriptPiece(index, title=title)
            for word in narration.format(topic=topic).split():
                yield ScriptPiece(index, text=f"{word} ")


class FakeQuiz:
    """Asks, scene after scene, whether its first sentence is said there; for tests."""

    async def card(self, ask: QuizRequest) -> EngineCard:
        missing = None if ask.narrations else "it needs scenes"
        return EngineCard("fake", "1", "fake", "Asked by a test engine", True, missing)

    async def draft(self, ask: QuizRequest) -> AsyncGenerator[QuestionSpec, None]:
        for scene, narration in enumerate(ask.narrations[: ask.questions]):
            said = next(iter(sentences(narration)), "–")[:400]
            yield QuestionSpec(
                text=f"Is this said in scene {scene + 1}? “{said}”",
                choices=(ChoiceSpec(text="Yes", right=True), ChoiceSpec(text="No")),
                scene=scene,
                source=said,
                draft=True,
            )
