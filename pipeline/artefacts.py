"""What steps leave in storage, by the digest of all that made it, and how it is found again.

An artefact is a folder. Its JSON file is written last: where that is, the rest is whole. All of
this blocks.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from pydantic import TypeAdapter

from pipeline.errors import ArtefactMissing
from pipeline.lesson import Phoneme, Scene, Speech, Word
from pipeline.media.hls import Fragments
from pipeline.media.sound import flac_bytes, read_sound
from pipeline.storage import Storage, artefact_key, artefact_prefix

JSON, FLAC, MP4, WEBP = "application/json", "audio/flac", "video/mp4", "image/webp"


@dataclass(frozen=True, slots=True)
class SpeechFacts:
    """``timings.json`` beside ``speech.flac``: times relative to the start of the scene."""

    seconds: float
    frames: int
    words: tuple[Word, ...]
    phonemes: tuple[Phoneme, ...]
    sentences: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """``clip.json`` beside ``clip.mp4``, and where its fragments lie.

    ``poster``: whether ``poster.webp`` is there too; clips of older studios have none.
    """

    seconds: float
    frames: int
    fragments: Fragments
    poster: bool = False


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
        found = self._marker("speech", digest, "timings.json")
        return None if found is None else _SPEECH.validate_json(found)

    def keep_speech(self, digest: str, speech: Speech) -> SpeechFacts:
        facts = SpeechFacts(
            speech.seconds, speech.frames, speech.words, speech.phonemes, speech.sentences
        )
        self._put("speech", digest, "speech.flac", flac_bytes(speech.samples), FLAC)
        self._put("speech", digest, "timings.json", _SPEECH.dump_json(facts), JSON)
        return facts

    def sound(self, digest: str, facts: SpeechFacts) -> Speech:
        """The whole speech. Raises ArtefactMissing."""
        samples = read_sound(self._storage.get(self._key("speech", digest, "speech.flac")))
        return Speech(samples, facts.words, facts.phonemes, facts.sentences)

    def clip(self, digest: str) -> ClipFacts | None:
        found = self._marker("video", digest, "clip.json")
        return None if found is None else _CLIP.validate_json(found)

    def keep_clip(self, digest: str, file: Path, facts: ClipFacts, poster: bytes) -> ClipFacts:
        """With ``poster``, the WebP that stands for it."""
        kept = replace(facts, poster=True)
        self._storage.put_file(self._key("video", digest, "clip.mp4"), file, MP4)
        self._put("video", digest, "poster.webp", poster, WEBP)
        self._put("video", digest, "clip.json", _CLIP.dump_json(kept), JSON)
        return kept

    def download_sound(self, digest: str, path: Path) -> None:
        self._storage.download(self._key("speech", digest, "speech.flac"), path)

    def download_clip(self, digest: str, path: Path) -> None:
        self._storage.download(self._key("video", digest, "clip.mp4"), path)

    def speech_key(self, digest: str) -> str:
        """The key of the sound, as the scene's row keeps it."""
        return self._key("speech", digest, "speech.flac")

    def clip_key(self, digest: str) -> str:
        """The key of the clip, as the scene's row keeps it."""
        return self._key("video", digest, "clip.mp4")

    def poster_key(self, digest: str) -> str:
        """The key of the clip's poster, as the scene's row keeps it."""
        return self._key("video", digest, "poster.webp")

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

    def _put(self, step: str, digest: str, file: str, data: bytes, content_type: str) -> None:
        self._storage.put(self._key(step, digest, file), data, content_type)


def clip_facts(storage: Storage, clip_key: str) -> ClipFacts:
    """What stands beside a clip, by the key that its scene's row keeps. Raises ArtefactMissing."""
    return _CLIP.validate_json(storage.get(clip_key.removesuffix(".mp4") + ".json"))
