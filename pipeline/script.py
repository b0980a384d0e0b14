"""A script: scenes as they arrive from an engine, or cut from a text that someone wrote."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator

from pipeline.engines import ScriptPiece
from pipeline.errors import NothingToSay, PromptUnanswered
from pipeline.lesson import Scene, SceneSpec
from pipeline.outline import Section, read_prose
from pipeline.scene_cuts import Paragraph, cut_scenes, in_breaths
from pipeline.sentences import sentences, speakable


async def as_scenes(pieces: AsyncGenerator[ScriptPiece, None]) -> AsyncIterator[Scene]:
    """Each scene as soon as it is whole; those without words are left out of the count."""
    count = at = 0
    title: str | None = None
    text = ""
    async for piece in pieces:
        if piece.scene != at:
            if speakable(text):
                yield Scene(count, title, _narration(text))
                count += 1
            at, title, text = piece.scene, None, ""
        title = piece.title or title
        text += piece.text
    if speakable(text):
        yield Scene(count, title, _narration(text))


async def collect(pieces: AsyncGenerator[ScriptPiece, None]) -> tuple[Scene, ...]:
    """The whole script. Raises PromptUnanswered if nothing in it can be spoken."""
    scenes = tuple([scene async for scene in as_scenes(pieces)])
    if not scenes:
        raise PromptUnanswered
    return scenes


def split_script(text: str) -> tuple[SceneSpec, ...]:
    """Scenes of 10 to 40 seconds from a script as it was written, word for word.

    Headings, rules and lines like “Scene 2: …” begin a scene; a long part is cut between its
    paragraphs, or else its sentences. Raises NothingToSay.
    """
    scenes = tuple(scene for section in read_prose(text) for scene in _scenes_of(section))
    if not scenes:
        raise NothingToSay("The script")
    return scenes


def _scenes_of(section: Section) -> Iterator[SceneSpec]:
    title = section.title
    for scene in cut_scenes([_paragraph(text) for text in section.texts() if speakable(text)]):
        yield SceneSpec(narration="\n\n".join(map(" ".join, scene)), title=title)
        title = None


def _paragraph(text: str) -> Paragraph:
    return tuple(piece for sentence in sentences(text) for piece in in_breaths(sentence))


def _narration(text: str) -> str:
    paragraphs = (" ".join(paragraph.split()) for paragraph in text.split("\n\n"))
    return "\n\n".join(filter(None, paragraphs))
