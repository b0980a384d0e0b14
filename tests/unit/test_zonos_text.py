"""Text to phoneme ids, in five languages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deployments.zyphra.zonos.japanese import normalise_japanese
from deployments.zyphra.zonos.normalise import normalise_numbers
from deployments.zyphra.zonos.phonemes import NothingToPhonemise, phoneme_ids, phonemise
from deployments.zyphra.zonos.symbols import (
    BEGIN,
    END,
    LANGUAGES,
    SYMBOL_IDS,
    SYMBOLS,
    UNKNOWN,
    LanguageUnknown,
    language_id,
    symbol_ids,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("$,5", "five dollars"),
        ("$.5", "five cents"),
        ("$12.5", "twelve dollars, five cents"),
        ("£3", "three pounds"),
        ("9" * 40, " ".join(["nine"] * 40)),
        ("1" + "0" * 5000, "one" + " oh" * 5000),
        ("$" + "1" * 5000, " ".join(["one"] * 5000) + " dollars"),
        ("", ""),
    ],
)
def test_numbers_upstream_stumbles_over_are_read(text: str, words: str) -> None:
    assert normalise_numbers(text) == words


@settings(deadline=None)
@given(st.text(alphabet="0123456789.,$£ stndrh-"))
def test_no_digit_is_left_in_any_text(text: str) -> None:
    assert not any("0" <= letter <= "9" for letter in normalise_numbers(text))


@settings(deadline=None)
@given(st.text(alphabet="abc xyz!?é"))
def test_text_without_numbers_stays_as_it_is(text: str) -> None:
    assert normalise_numbers(text) == text


def test_japanese_is_read_in_katakana_however_long_its_numbers() -> None:
    assert normalise_japanese("3500円") == "サンセンゴヒャク エン"
    assert "キュウ" in normalise_japanese("9" * 100)


def test_words_are_phonemised_one_by_one_and_spaces_kept() -> None:
    apart = [phonemise(word, "en-us") for word in ("rock", "roll")]
    assert phonemise("rock   roll", "en-us") == "   ".join(apart)


@pytest.mark.parametrize("language", ["en-us", "fr-fr", "de", "cmn", "ja"])
def test_five_languages_begin_and_end_and_are_known(language: str) -> None:
    ids = phoneme_ids("Hallo", language)
    assert (ids[0], ids[-1]) == (BEGIN, END)
    assert len(ids) > 4
    assert language in LANGUAGES


def test_text_without_anything_is_refused() -> None:
    with pytest.raises(NothingToPhonemise):
        phonemise("", "en-us")


@pytest.mark.parametrize("call", [lambda: phonemise("a", "tlh"), lambda: language_id("tlh")])
def test_unknown_language_is_refused(call: object) -> None:
    assert callable(call)
    with pytest.raises(LanguageUnknown, match="tlh"):
        call()


def test_symbols_have_the_models_189_ids() -> None:
    assert len(SYMBOLS) == 185
    assert max(SYMBOL_IDS.values()) == 188
    assert SYMBOL_IDS["'"] == 187
    assert symbol_ids("a✗") == [BEGIN, SYMBOL_IDS["a"], UNKNOWN, END]
    assert (len(LANGUAGES), language_id("en-us")) == (109, 24)
