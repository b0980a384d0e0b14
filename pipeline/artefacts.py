"""What steps leave in storage, by the digest of all that made it, and how it is found again.

An artefact is a folder. Its JSON file is written last: where that is, the rest is whole. When two
workers make the same one at once, a trained engine may give them different results: so files are
named by their content, and the JSON file that comes first stays and says which are meant. All of
this blocks.
"""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from pydantic import TypeAdapter

from pipeline.errors import ArtefactMissing
from pipeline.lesson import Phoneme, Scene, Speech, Word
from pipeline.media.hls import Fragments
from pipeline.media.sound import flac_bytes, read_sound
from pipeline.storage import Storage, artefact_key, artefact_prefix

JSON, FLAC, MP4, WEBP = "application/json", "audio/flac", "video/mp4", "image/webp"
TIMINGS, CLIP = "timings.json", "clip.json"
CONTENT_DIGITS = 16


@dataclass(frozen=True, slots=True)
class SpeechFacts:
    """``timings.json`` beside the sound: times relative to the start of the scene.

    ``content``: the start of the sound's SHA-256, part of its name; empty in older studios.
    """

    seconds: float
    frames: int
    words: tuple[Word, ...]
    phonemes: tuple[Phoneme, ...]
    sentences: tuple[tuple[int, int], ...]
    content: str = ""


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """``clip.json`` beside the clip, and where its fragments lie.

    ``poster``: whether there is one too; clips of older studios have none. ``content``: the start
    of the clip's SHA-256, part of the names of both; empty in older studios.
    """

    seconds: float
    frames: int
    fragments: Fragments
    poster: bool = False
    content: str = ""


Facts = TypeVar("Facts", SpeechFacts, ClipFacts)
_SCENES = TypeAdapter(tuple[Scene, ...])
_SPEECH = TypeAdapter(SpeechFacts)
_CLIP = TypeAdapter(ClipFacts)


class Artefacts:
    """The artefacts of one owner."""

    def __init__(self, storage: Storage, owner_id: UUID) -> None:
        self._storage = storage
        self._owner_id = owner_id

    def script(self, digest: str) -> tuple[Scene, ...] | None:
        found = self._marker("script", digest, "scenes.json")
        return None if found is None else _SCENES.validate_json(found)

    def keep_script(self, digest: str, scenes: tuple[Scene, ...]) -> None:
        self._put("script", digest, "scenes.json", _SCENES.dump_json(scenes), JSON)

    def speech(self, digest: str) -> SpeechFacts | None:
        found = self._marker("speech", digest, TIMINGS)
        return None if found is None else _SPEECH.validate_json(found)

    def keep_speech(self, digest: str, speech: Speech) -> SpeechFacts:
        """What is kept of that digest from now on: this, or what another worker kept before."""
        data = flac_bytes(speech.samples)
        content = hashlib.sha256(data).hexdigest()[:CONTENT_DIGITS]
        facts = SpeechFacts(
            speech.seconds, speech.frames, speech.words, speech.phonemes, speech.sentences, content
        )
        self._storage.put(self.speech_key(digest, facts), data, FLAC)
        kept = self._mark(self._key("speech", digest, TIMINGS), facts, _SPEECH)
        if kept.content != content:
            self._storage.delete([self.speech_key(digest, facts)])
        return kept

    def sound(self, digest: str, facts: SpeechFacts) -> Speech:
        """The whole speech. Raises ArtefactMissing."""
        samples = read_sound(self._storage.get(self.speech_key(digest, facts)))
        return Speech(samples, facts.words, facts.phonemes, facts.sentences)

    def clip(self, digest: str) -> ClipFacts | None:
        found = self._marker("video", digest, CLIP)
        return None if found is None else _CLIP.validate_json(found)

    def keep_clip(self, digest: str, file: Path, facts: ClipFacts, poster: bytes) -> ClipFacts:
        """With ``poster``, the WebP that stands for it; see ``keep_speech``."""
        made = replace(facts, poster=True, content=_content(file))
        names = self.clip_key(digest, made), self.poster_key(digest, made)
        self._storage.put_file(names[0], file, MP4)
        self._storage.put(names[1], poster, WEBP)
        kept = self._mark(self._key("video", digest, CLIP), made, _CLIP)
        if kept.content != made.content:
            self._storage.delete(names)
        return kept

    def download_sound(self, digest: str, facts: SpeechFacts, path: Path) -> None:
        self._storage.download(self.speech_key(digest, facts), path)

    def download_clip(self, digest: str, facts: ClipFacts, path: Path) -> None:
        self._storage.download(self.clip_key(digest, facts), path)

    def speech_key(self, digest: str, facts: SpeechFacts) -> str:
        """The key of the sound, as the scene's row keeps it."""
        return self._key("speech", digest, _named("speech", facts.content, "flac"))

    def clip_key(self, digest: str, facts: ClipFacts) -> str:
        """The key of the clip, as the scene's row keeps it."""
        return self._key("video", digest, _named("clip", facts.content, "mp4"))

    def poster_key(self, digest: str, facts: ClipFacts) -> str:
        """The key of the clip's poster, as the scene's row keeps it."""
        return self._key("video", digest, _named("poster", facts.content, "webp"))

    def prefix(self, step: str, digest: str) -> str:
        """What the keys of one artefact's objects start with."""
        return artefact_prefix(self._owner_id, step, digest)

    def delete(self, step: str, digest: str) -> None:
        self._storage.delete_prefix(self.prefix(step, digest))

    def _key(self, step: str, digest: str, file: str) -> str:
        return artefact_key(self._owner_id, step, digest, file)

    def _marker(self, step: str, digest: str, file: str) -> bytes | None:
        try:
            return self._storage.get(self._key(step, digest, file))
        except ArtefactMissing:
            return None

    def _mark(self, key: str, made: Facts, form: TypeAdapter[Facts]) -> Facts:
        """The artefact is whole. Returns what it is: another worker may have been first."""
        if self._storage.put_new(key, form.dump_json(made), JSON):
            return made
        return form.validate_json(self._storage.get(key))

    def _put(self, step: str, digest: str, file: str, data: bytes, content_type: str) -> None:
        self._storage.put(self._key(step, digest, file), data, content_type)


def clip_facts(storage: Storage, clip_key: str) -> ClipFacts:
    """What stands beside a clip, by the key that its scene's row keeps. Raises ArtefactMissing."""
    return _CLIP.validate_json(storage.get(f"{clip_key.rpartition('/')[0]}/{CLIP}"))


def _named(stem: str, content: str, kind: str) -> str:
    return f"{stem}-{content}.{kind}" if content else f"{stem}.{kind}"


def _content(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()[:CONTENT_DIGITS]
