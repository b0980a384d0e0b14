"""How English is read aloud: what is written in figures and signs, put into words."""

import unicodedata
from collections.abc import Sequence

from hibari.g2p.normalize import normalize

from deployments.zyphra.narration import Part, Sentence
from deployments.zyphra.spoken import Rewrite
from pipeline.errors import LanguageUnsupported

REWRITES: tuple[Rewrite, ...] = (normalize,)


def refuse_unreadable(engine: str, parts: Sequence[Part]) -> None:
    """Raises LanguageUnsupported if a sentence is mostly in letters that English does not have."""
    for part in parts:
        if isinstance(part, Sentence):
            letters = [c for c in part.text if c.isalpha()]
            foreign = [c for c in letters if not readable(c)]
            if len(foreign) * 2 > len(letters):
                raise LanguageUnsupported(engine, _script(foreign[0]), "English")


def readable(letter: str) -> bool:
    return _script(letter) in ("Latin", "Greek")


def _script(letter: str) -> str:
    return unicodedata.name(letter, "unknown").split()[0].title()
