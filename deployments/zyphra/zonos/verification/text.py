"""Texts: numbers to words, phonemes, ids."""

from collections.abc import Iterator

from deployments.zyphra.zonos.normalise import normalise_numbers
from deployments.zyphra.zonos.phonemes import normalise, phonemise
from deployments.zyphra.zonos.symbols import symbol_ids
from deployments.zyphra.zonos.verification.check import Check, Golden


def check_numbers(golden: Golden) -> Iterator[Check]:
    wrong = sum(normalise_numbers(row["text"]) != row["normalized"] for row in golden.data)
    yield Check(golden.file, f"{len(golden.data)} texts", wrong if golden.data else 1, 0)


def check_phonemes(golden: Golden) -> Iterator[Check]:
    """Row by row; each stage from the golden result of the one before."""
    rows = golden.data["rows"]
    stages = {
        "normalised": [normalise(r["text"], r["language"]) == r["normalized"] for r in rows],
        "phonemes": [phonemise(r["normalized"], r["language"]) == r["phonemes"] for r in rows],
        "ids": [symbol_ids(r["phonemes"]) == r["ids"] for r in rows],
    }
    for what, right in stages.items():
        yield Check(golden.file, what, len(right) - sum(right) if right else 1, 0)
