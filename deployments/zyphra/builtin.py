"""The built-in voice: English, one speaker, a hundred times faster than it speaks, no GPU."""

from collections.abc import AsyncGenerator, Generator
from importlib.metadata import version
from threading import Lock

from deployments.zyphra.hibari_model import HibariModel
from deployments.zyphra.speaking import missing_language, narrate, read_request
from pipeline.engines import EngineCard, SpeechRequest, in_thread
from pipeline.lesson import Speech

IGNORES = ("voice_id", "speech.emotion", "speech.pitch_std")
NAME = "builtin"
REVISION = 1
"""Goes up with every change that makes the same narration sound or be timed differently."""


class Builtin:
    """Making one costs nothing; the voice is loaded by ``load`` or when it first speaks."""

    def __init__(self) -> None:
        self._model: HibariModel | None = None
        self._loading = Lock()

    def load(self) -> HibariModel:
        with self._loading:
            if self._model is None:
                self._model = HibariModel()
            return self._model

    async def card(self, ask: SpeechRequest) -> EngineCard:
        label = "Spoken by the built-in voice"
        if ask.voice is not None:
            label += ", not by yours"
        release = f"hibari-{version('hibari-tts')}+{REVISION}"
        missing = missing_language(ask)
        return EngineCard(NAME, release, "embedded", label, missing=missing, ignores=IGNORES)

    async def learn(self, ask: SpeechRequest) -> bytes | None:  # noqa: ARG002
        return None

    def speak(self, ask: SpeechRequest) -> AsyncGenerator[Speech, None]:
        return in_thread(self._speak(ask))

    def _speak(self, ask: SpeechRequest) -> Generator[Speech, None, None]:
        task = read_request(NAME, ask)
        yield from narrate(self.load(), task)
