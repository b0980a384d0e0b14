"""espeak-ng as a voice that says when each of its phonemes sounds (speak_lib.h, through ctypes).

The library is a small formant synthesiser of some hundred languages, hundreds of times faster than
speech. It keeps its state in global variables, and not even its own end resets all of them: each
recital has the library loaded anew (under a millisecond), so that the same words always give the
same times. It is a copy of the file, which nobody else in this process holds.
"""

import ctypes
import os
from _ctypes import dlclose
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import Any

import espeakng_loader
import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 22_050
SEED = 1
WORDS_A_MINUTE = 120
"""Slow, so that its phonemes are whole."""

SYNCHRONOUS = 2
PHONEME_EVENTS, IPA_NAMES, NO_EXIT = 0x0001, 0x0002, 0x8000
CHARS_UTF8 = 1
RATE_PARAMETER = 1
BUFFER_MILLISECONDS = 500
END_OF_LIST, WORD, PHONEME = 0, 1, 7
NAME_BYTES = 8


class EspeakBroken(RuntimeError):
    """The espeak-ng library did not do what it is there for."""


class EspeakLanguageUnknown(ValueError):
    """espeak-ng has no voice for the language."""


@dataclass(frozen=True, slots=True)
class Recited:
    """A phoneme as espeak-ng names it, the word it belongs to, and when it sounds, in seconds."""

    name: str
    word: int
    start: float
    end: float


@dataclass(frozen=True, slots=True, eq=False)
class Recital:
    """A wave [n] at ``SAMPLE_RATE``; where no phoneme is, it rests."""

    wave: NDArray[np.float32]
    phonemes: tuple[Recited, ...]


class _Name(ctypes.Union):
    _fields_ = (
        ("number", ctypes.c_int),
        ("pointer", ctypes.c_void_p),
        ("string", ctypes.c_char * NAME_BYTES),
    )


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Name),
    )


class _Voice(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_void_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("unused", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)
_speaking = Lock()


@dataclass(frozen=True, slots=True)
class _Told:
    """A word that begins or a phoneme: the place in the text (from 0) and in the wave."""

    type: int
    name: str
    position: int
    sample: int


def recite(words: Sequence[str], language: str, variant: str = "") -> Recital:
    """The words spoken as one sentence; ``variant`` names another larynx (``f2``, a woman's).

    Raises EspeakLanguageUnknown.
    """
    voice = voice_name(language) + (f"+{variant}" if variant else "")
    with _library() as library:
        wave, told = _synthesised(library, " ".join(words).replace("\0", " "), voice)
    return Recital(wave, tuple(_recited(told, words, len(wave))))


def voice_name(language: str) -> str:
    """The voice of a language: of just this one, or of what it is a kind of (``de-at``: ``de``).

    Raises EspeakLanguageUnknown.
    """
    voices = _voices()
    for tag in (language.lower(), language.lower().partition("-")[0]):
        if tag in voices:
            return voices[tag]
    raise EspeakLanguageUnknown(language)


def speaks(language: str) -> bool:
    return language.lower() in _voices() or language.lower().partition("-")[0] in _voices()


@contextmanager
def _library() -> Iterator[ctypes.CDLL]:
    with _speaking:
        library = ctypes.CDLL(_copy())
        try:
            _initialise(library)
            yield library
            library.espeak_Terminate()
        finally:
            dlclose(library._handle)


def _initialise(library: ctypes.CDLL) -> None:
    data = espeakng_loader.get_data_path().encode()
    options = PHONEME_EVENTS | IPA_NAMES | NO_EXIT
    rate = library.espeak_Initialize(SYNCHRONOUS, BUFFER_MILLISECONDS, data, options)
    if rate != SAMPLE_RATE:
        raise EspeakBroken(f"it answers {rate} where its sample rate should be")
    # breath and flutter of its voices; it begins with the time of day
    library.espeak_ng_SetRandSeed(SEED)


def _copy() -> str:
    return f"/proc/self/fd/{_copied()}"


@cache
def _copied() -> int:
    """A file without a name, which is gone with the process, however that ends."""
    copy = os.memfd_create("lectern-espeak")
    with os.fdopen(copy, "wb", closefd=False) as file:
        file.write(Path(espeakng_loader.get_library_path()).read_bytes())
    return copy


@cache
def _voices() -> dict[str, str]:
    """The file of a voice for each language, of several the one that names it first."""
    found: dict[str, tuple[int, str]] = {}
    with _library() as library:
        library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
        for voice in _listed(library.espeak_ListVoices(None)):
            file = voice.identifier.decode().rpartition("/")[2]
            for priority, language in _languages(voice.languages):
                if language not in found or priority < found[language][0]:
                    found[language] = (priority, file)
    return {language: file for language, (_, file) in found.items()}


def _listed(voices: Any) -> Iterator[Any]:
    at = 0
    while voices[at]:
        yield voices[at].contents
        at += 1


def _languages(address: int) -> Iterator[tuple[int, str]]:
    """Pairs of a byte (lower comes first) and a name, up to a byte of 0."""
    while priority := ctypes.string_at(address, 1)[0]:
        name = ctypes.string_at(address + 1)
        yield priority, name.decode().lower()
        address += 1 + len(name) + 1


def _synthesised(
    library: ctypes.CDLL, text: str, voice: str
) -> tuple[NDArray[np.float32], list[_Told]]:
    waves = [np.zeros(0, np.int16)]
    told: list[_Told] = []

    def take(wave: Any, count: int, events: Any) -> int:
        if wave and count > 0:
            waves.append(np.ctypeslib.as_array(wave, (count,)).copy())
        told.extend(_told(events))
        return 0

    callback = _CALLBACK(take)
    library.espeak_SetSynthCallback(callback)
    _done(library.espeak_SetVoiceByName(voice.encode()), f"the voice {voice}")
    _done(library.espeak_SetParameter(RATE_PARAMETER, WORDS_A_MINUTE, 0), "its rate")
    spoken = text.encode()
    size = ctypes.c_size_t(len(spoken) + 1)
    _done(library.espeak_Synth(spoken, size, 0, 1, 0, CHARS_UTF8, None, None), "speech")
    return np.concatenate(waves).astype(np.float32) / np.float32(32768), told


def _done(status: int, what: str) -> None:
    if status:
        raise EspeakBroken(f"it refuses {what} (status {status})")


def _told(events: Any) -> Iterator[_Told]:
    at = 0
    while (event := events[at]).type != END_OF_LIST:
        if event.type in (WORD, PHONEME):
            # a name may be cut in the middle of a character: it has eight bytes
            name = event.id.string.decode(errors="ignore") if event.type == PHONEME else ""
            yield _Told(event.type, name, event.text_position - 1, event.sample)
        at += 1


def _recited(told: Sequence[_Told], words: Sequence[str], length: int) -> Iterator[Recited]:
    """Phonemes up to the next; the hold of a consonant that begins a word belongs to it."""
    starts = np.cumsum([0, *(len(word) + 1 for word in words[:-1])]).tolist()
    marks: list[_Told] = []
    waiting: int | None = None
    for one in told:
        if one.type == WORD:
            waiting = one.sample
        else:
            begin = one.sample if waiting is None else waiting
            marks.append(_Told(PHONEME, one.name, one.position, begin))
            waiting = None
    marks.append(_Told(END_OF_LIST, "", 0, length))
    for mark, following in pairwise(marks):
        if mark.name and following.sample > mark.sample:
            word = max(0, bisect_right(starts, mark.position) - 1)
            start, end = mark.sample / SAMPLE_RATE, following.sample / SAMPLE_RATE
            yield Recited(mark.name, word, start, end)
