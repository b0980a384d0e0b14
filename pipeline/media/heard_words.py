"""Which words of a known list are heard in a recording, by PocketSphinx and its English model.

It is not asked what was said but which of all possible statements: a grammar holds them, with
their denials, and in the place of each word the whole list. Whatever else is spoken is heard as one
of them too, and then has the right words by chance alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import soxr
from pocketsphinx import Config, Decoder

from pipeline.lesson import SAMPLE_RATE, Samples
from pipeline.spoken_consent import COUNT, Language

RATE = 16_000
LEVEL = 20_000
"""The highest value of the sound as it is listened to, of 32,767."""
EDGE_SECONDS = 0.2
"""Silence before and after, without which the first and last word are easily missed."""


@dataclass(frozen=True, slots=True)
class Heard:
    """``agreed``: the sentence itself was heard rather than one that denies it."""

    agreed: bool
    words: tuple[str, ...]


def hear(sound: Samples, language: Language) -> Heard:
    """Takes about a third of a second of processor time for ten of sound."""
    # decoding a grammar by itself: no model of the language is loaded
    decoder = Decoder(Config(lm=None, loglevel="FATAL"))
    decoder.add_jsgf_string("statement", _grammar(language))
    decoder.activate_search("statement")
    decoder.start_utt()
    decoder.process_raw(_as_pcm(sound), full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    text = "" if found is None else found.hypstr
    agreed = text.startswith(_plain(language.sentence))
    return Heard(agreed, tuple(text.split()[-COUNT:]) if text else ())


def _grammar(language: Language) -> str:
    """JSpeech Grammar Format (W3C note, 2000)."""
    said = " | ".join(_plain(each) for each in (language.sentence, *language.denials))
    word = " | ".join(language.words)
    return (
        "#JSGF V1.0;\ngrammar statement;\n"
        f"public <statement> = ({said}) {_plain(language.lead)}{' <word>' * COUNT};\n"
        f"<word> = {word};\n"
    )


def _plain(text: str) -> str:
    return " ".join(_letters(text))


def _letters(text: str) -> Iterator[str]:
    for word in text.lower().split():
        yield "".join(letter for letter in word if letter.isalpha())


def _as_pcm(sound: Samples) -> bytes:
    """16 bit, mono, ``RATE``; sound that is silence stays silence."""
    edge = np.zeros(round(EDGE_SECONDS * RATE), np.float32)
    wave = np.concatenate([edge, soxr.resample(sound, SAMPLE_RATE, RATE), edge])
    return bytes((wave * LEVEL / max(1e-6, float(np.abs(wave).max()))).astype("<i2").tobytes())
