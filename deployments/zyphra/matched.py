"""The voice match: English in the style of Kokoro that sounds most like a voice sample, no GPU.

It sounds similar to the sample; it is not a clone of it. The style is looked for once a sample,
before the first sentence is spoken, and kept in memory for as long as the sample is in use.
"""

from collections import OrderedDict
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing
from hashlib import sha256
from pathlib import Path
from threading import Lock

from deployments.model_files import missing as missing_files
from deployments.zyphra.kokoro import Kokoro, StyledVoice
from deployments.zyphra.likeness import SpeakerEncoder
from deployments.zyphra.speaking import missing_language, narrate, read_request
from deployments.zyphra.style_map import Listener, load_map
from deployments.zyphra.style_search import SENTENCE, TRIES, Match, StyleSearch
from pipeline.engines import EngineCard, SpeechRequest, in_thread
from pipeline.errors import EngineUnavailable, VoiceSilent
from pipeline.lesson import SAMPLE_RATE, Speech
from pipeline.media.sound import read_sound

IGNORES = ("speech.emotion", "speech.pitch_std")
NAME = "matched"
REVISION = 1
"""Goes up with every change that makes the same narration sound or be timed differently."""
LABEL = "Voice match: similar to your sample, not a clone"
NO_SAMPLE = "it needs a voice sample"
NO_FILES = "its model files; run `lectern models pull matched`"
HEARD_SECONDS = 60.0
"""Of a sample; more does not change what it sounds like."""
KEPT = 256
"""Samples whose styles are remembered: those used last."""


class Matched:
    """Making one costs nothing; the networks are loaded when it first speaks.

    ``tries`` is how many styles are heard for a sample.
    """

    def __init__(self, models: Path, tries: int = TRIES) -> None:
        self._models, self._tries = models, tries
        self._parts: tuple[Kokoro, SpeakerEncoder] | None = None
        self._searches: OrderedDict[bytes, StyleSearch] = OrderedDict()
        self._loading = Lock()
        self._looking_up = Lock()

    async def card(self, ask: SpeechRequest) -> EngineCard:
        release = f"kokoro-82m-int8+{REVISION}"
        missing = self._missing(ask)
        return EngineCard(NAME, release, "embedded", LABEL, missing=missing, ignores=IGNORES)

    async def learn(self, ask: SpeechRequest) -> bytes | None:
        """The style that sounds most like the sample. Raises SoundUnreadable, VoiceSilent."""
        if ask.voice is None:
            return None
        async with aclosing(in_thread(self._learn(ask.voice))) as steps:
            async for step in steps:
                if step is not None:
                    return step
        return None

    async def speak(self, ask: SpeechRequest) -> AsyncGenerator[Speech, None]:
        async with aclosing(in_thread(self._speak(ask))) as steps:
            async for step in steps:
                if step is not None:
                    yield step

    def match(self, sample: bytes) -> Generator[None, None, Match]:
        """The style for a voice sample; yields after each step, so that the work can be ended.

        Raises SoundUnreadable, VoiceSilent.
        """
        search = self._search(sample)
        while (found := search.step()) is None:
            yield
        return found

    def _learn(self, sample: bytes) -> Generator[bytes | None, None, None]:
        match = yield from self.match(sample)
        yield match.to_bytes()

    def _missing(self, ask: SpeechRequest) -> str | None:
        if ask.voice is None:
            return NO_SAMPLE
        if missing_files(NAME, self._models):
            return NO_FILES
        return missing_language(ask)

    def _speak(self, ask: SpeechRequest) -> Generator[Speech | None, None, None]:
        if ask.voice is None:
            raise EngineUnavailable(NAME, NO_SAMPLE)
        task = read_request(NAME, ask)
        kokoro, _ = self.load()
        known = None if ask.learnt is None else Match.from_bytes(ask.learnt)
        match = known or (yield from self.match(ask.voice))
        yield from narrate(StyledVoice(kokoro, match.style, match.gain), task)

    def load(self) -> tuple[Kokoro, SpeakerEncoder]:
        """Raises EngineUnavailable when files are missing."""
        with self._loading:
            if self._parts is None:
                if missing_files(NAME, self._models):
                    raise EngineUnavailable(NAME, NO_FILES)
                encoder = SpeakerEncoder(self._models / "resemblyzer" / "pretrained.pt")
                self._parts = (Kokoro(self._models / "kokoro"), encoder)
            return self._parts

    def _search(self, sample: bytes) -> StyleSearch:
        """The one search for a sample, however many ask for it at once."""
        key = sha256(sample).digest()
        with self._looking_up:
            search = self._searches.pop(key, None) or self._begun(sample)
            self._searches[key] = search
            while len(self._searches) > KEPT:
                self._searches.popitem(last=False)
        return search

    def _begun(self, sample: bytes) -> StyleSearch:
        kokoro, encoder = self.load()
        voice = encoder.embed(read_sound(sample, HEARD_SECONDS), SAMPLE_RATE)
        if not voice.any():
            raise VoiceSilent
        return StyleSearch(Listener(kokoro, encoder, SENTENCE), load_map(), voice, self._tries)
