"""What is written in figures, signs and short forms, against the same in words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deployments.zyphra.builtin import NAME
from deployments.zyphra.hibari_model import HibariModel
from deployments.zyphra.narration import Sentence, read_narration
from deployments.zyphra.reading import REWRITES, refuse_unreadable
from deployments.zyphra.spoken import pronounce, say
from pipeline.errors import LanguageUnsupported, LecternError

READINGS = [
    ("He said no.", "He said no"),
    ("“No. no.” Still no.", "No no Still no"),
    ("Our star is the Sun.", "Our star is the sun"),
    ("I ate a fig.", "I ate a fig"),
    ("a + b = c", "A. plus b equals c"),
    ("<info@example.com>", "info at example dot com"),
    ("for Gen Z", "for jen Z"),
    ("a.de/a", "A dot D E slash A."),
    ("It costs $5.99.", "It costs five dollars and ninety nine cents."),
    ("$5 million", "five million dollars"),
    ("£1m", "one million pounds"),
    ("$1.2B", "one point two billion dollars"),
    ("20€", "twenty euros"),
    ("€1.50", "one euro and fifty cents"),
    ("$5/month", "five dollars per month"),
    ("$3.50/kg", "three dollars and fifty cents per kilogram"),
    ("$10–$20", "ten dollars to twenty dollars"),
    ("¥500", "five hundred yen"),
    ("1,250 people", "one thousand two hundred fifty people"),
    ("3.14", "three point one four"),
    ("2.0", "two point zero"),
    ("v2.0", "version two point zero"),
    ("1.2.3", "one point two point three"),
    ("007", "zero zero seven"),
    ("1e6", "one times ten to the power of six"),
    ("1 000 000", "one million"),
    ("-3", "minus three"),
    ("10^3", "ten to the power of three"),
    ("In 1999 and 2024", "In nineteen ninety nine and twenty twenty four"),
    ("the 1990s", "the nineteen nineties"),
    ("March 3, 2024", "March third, twenty twenty four"),
    ("2024-03-04", "March fourth, twenty twenty four"),
    ("3/4/2024", "March fourth, twenty twenty four"),
    ("Jan. 5", "January fifth"),
    ("at 7:30 pm", "at seven thirty P.M."),
    ("at 19:05", "at nineteen oh five"),
    ("9am-5pm", "nine A.M. to five P.M."),
    ("Mon-Fri", "Monday to Friday"),
    ("10:00", "ten o'clock"),
    ("50%", "fifty percent"),
    ("10-20% off", "ten to twenty percent off"),
    ("5 km", "five kilometers"),
    ("1 kg", "one kilogram"),
    ("a 5-km run", "a five kilometer run"),
    ("30 m/s", "thirty meters per second"),
    ("9.8 m/s²", "nine point eight meters per second squared"),
    ("3 km²", "three square kilometers"),
    ("1 kg/m³", "one kilogram per cubic meter"),
    ("5 µm", "five micrometers"),
    ("20 °C", "twenty degrees Celsius"),
    ("-5°C", "minus five degrees Celsius"),
    ("72°F", "seventy two degrees Fahrenheit"),
    ("in °C", "in degrees Celsius"),
    ("5 kΩ", "five kilohms"),
    ("100 W", "one hundred watts"),
    ("40 dB", "forty decibels"),
    ("5 GB", "five gigabytes"),
    ("6'2\"", "six feet two inches"),
    ("400 ppm", "four hundred parts per million"),
    ("3 × 4 = 12", "three times four equals twelve"),
    ("5 − 3", "five minus three"),
    ("10 - 3 = 7", "ten minus three equals seven"),
    ("10–20 people", "ten to twenty people"),
    ("x ≥ 5", "x is greater than or equal to five"),
    ("π ≈ 3.14", "pi is about three point one four"),
    ("~10", "about ten"),
    ("√2", "the square root of two"),
    ("E = mc²", "E equals M C squared"),
    ("10⁻³", "ten to the power of minus three"),
    ("½", "one half"),
    ("2½ cups", "two and a half cups"),
    ("1/2 cup", "one half cup"),
    ("3/4 of it", "three quarters of it"),
    ("16:9", "sixteen to nine"),
    ("24/7", "twenty four seven"),
    ("5x faster", "five times faster"),
    ("1920x1080", "nineteen twenty by ten eighty"),
    ("Δt", "delta t"),
    ("α and β", "alpha and beta"),
    ("B → C", "B to C"),
    ("Tom & Jerry", "Tom and Jerry"),
    ("e.g. this", "E.G. this"),
    ("etc. and so on", "etc and so on"),
    ("vs. them", "versus them"),
    ("Dr. Smith", "doctor Smith"),
    ("St. Paul", "Saint Paul"),
    ("No. 5", "number five"),
    ("Fig. 3", "figure three"),
    ("ca. 100", "circa one hundred"),
    ("p. 5", "page five"),
    ("pp. 10-12", "pages ten to twelve"),
    ("World War II", "World War two"),
    ("Chapter IV", "Chapter four"),
    ("Henry VIII", "Henry the eighth"),
    ("Types I, II and III", "Types one, two and three"),
    ("the XXth century", "the twentieth century"),
    ("the 21st century", "the twenty first century"),
    ("H₂O", "H two O"),
    ("CO2", "C O two"),
    ("C#", "C sharp"),
    ("C++", "C plus plus"),
    ("www.example.org", "W W W dot example dot org"),
    ("https://example.com/a-b", "example dot com slash A dash B"),
    ("info@example.com", "info at example dot com"),
    ("notes.txt", "notes dot T X T"),
    ("+1 555 123", "plus one five five five one two three"),
    ("555-1234", "five five five one two three four"),
    ("#1", "number one"),
    ("№ 5", "number five"),
    ("Łódź", "Lodz"),
    ("ﬁne", "fine"),
    ("COVID‑19", "COVID nineteen"),
    ("50/50", "fifty fifty"),
    ("[note]", "note"),
]
SOURCES = [
    ("at 7:30 pm, then", ["at", "7:30 7:30", "pm,", "then"]),
    ("paid $5 million today", ["paid", "$5", "million million", "today"]),
    ("3 March 2024", ["3 3 3", "March", "2024"]),
    ("pp. 10-12 say", ["pp.", "10-12 10-12 10-12", "say"]),
    ("10^3 = 1000", ["10^3 " * 6, "=", "1000"]),
    ("9.8 m/s² down", ["9.8", "m/s² m/s² m/s² m/s²", "down"]),
    ("see example.com now", ["see", "example.com " * 3, "now"]),
    ("plants — yes — grow", ["plants", "—", "yes", "—", "grow"]),
    (
        "opens at ~0.15 of it; when wide > 8 px",
        ["opens", "at", "~0.15 ~0.15", "of", "it;", "when", "wide", "> >", "8", "px"],
    ),
    ("ports are +10000; the rest", ["ports", "are", "+10000; +10000;", "the", "rest"]),
    ("Tea™ is ‡ good", ["Tea™", "is", "good"]),
]

ALPHABET = frozenset("AIWYOiuæɑɔɛɜɪʊʌaəɐᵊᵻbdfhjklmnpstvwzðŋɡɹʃʒθʧʤT")
SCRAPS = st.one_of(
    st.sampled_from([written for written, _ in READINGS]),
    st.text("aAIVX019 .,:;!?'\"-–—/()[]<>@#$€%&*+=~^_|°²³⁻½×→µμΩΔéß’“”", max_size=6),
    st.text(max_size=4),
)


@pytest.fixture(scope="module")
def model() -> HibariModel:
    return HibariModel()


def sounds(model: HibariModel, text: str) -> str:
    """The phonemes of a text, without stress and punctuation."""
    symbols = model.read(say(text.split(), REWRITES))
    return "".join(
        s.character for s in symbols if s.character.isalpha() and s.character not in "ˈˌː"
    )


@pytest.mark.parametrize(("written", "said"), READINGS)
def test_written_sounds_like_said(model: HibariModel, written: str, said: str) -> None:
    assert sounds(model, written) == sounds(model, said)


def test_words_that_are_read_as_they_stand_keep_their_place() -> None:
    for text, _ in READINGS:
        written = f"Please look at {text} and then stop".split()
        kept = [written[spoken.source] for spoken in say(written, REWRITES)]
        assert kept[:3] == ["Please", "look", "at"]
        assert kept[-3:] == ["and", "then", "stop"]


@pytest.mark.parametrize(("text", "sources"), SOURCES)
def test_spoken_words_know_the_written_word_they_read(text: str, sources: list[str]) -> None:
    words = text.split()
    expected = [word for source in sources for word in source.split()]
    assert [words[spoken.source] for spoken in say(words, REWRITES)] == expected


def rewritten(text: str, *pronunciations: tuple[str, str]) -> str:
    return " ".join(spoken.text for spoken in say(text.split(), [pronounce(pronunciations)]))


def test_pronunciations_are_whole_words_in_any_case_and_the_longest_wins() -> None:
    assert (
        rewritten(
            "Sql, (SQL Server) concat cats SQL's cat.",
            ("SQL", "sequel"),
            ("sql server", "sequel serving machine"),
            ("cat", "kitten"),
        )
        == "sequel, (sequel serving machine) concat cats sequel's kitten."
    )


def test_pronunciations_of_signs_and_of_nothing_are_harmless() -> None:
    spellings = ("C++", "see plus plus"), ("", "x"), ("  ", "y"), ("a.b*", "z")
    assert rewritten("C++ a.b* aXbb", *spellings) == "see plus plus z aXbb"


def test_a_pronunciation_is_taken_literally() -> None:
    assert rewritten("cat", ("cat", r"\1 \g<0>")) == r"\1 \g<0>"


def test_foreign_words_in_an_english_sentence_are_transliterated(model: HibariModel) -> None:
    assert sounds(model, "The word привет means hello.") == sounds(
        model, "The word privet means hello."
    )


@pytest.mark.parametrize(
    ("narration", "script"),
    [
        ("Привет, мир.", "Cyrillic"),
        ("مرحبا بالعالم", "Arabic"),
        ("שלום עולם", "Hebrew"),
        ("你好，世界。", "Cjk"),
        ("Καλημέρα κόσμε", "Greek"),
        ("This is fine. Это нет.", "Cyrillic"),
    ],
)
def test_sentences_in_other_scripts_are_refused(narration: str, script: str) -> None:
    with pytest.raises(LanguageUnsupported, match=script):
        refuse_unreadable(NAME, read_narration(narration))


@pytest.mark.parametrize("narration", ["El Niño, café.", "π and Δt", "42", "5 °C", "Ångström"])
def test_latin_letters_signs_and_figures_are_not_refused(narration: str) -> None:
    refuse_unreadable(NAME, read_narration(narration))


@settings(max_examples=150, deadline=None)
@given(scraps=st.lists(SCRAPS, max_size=10), glue=st.sampled_from(["", " "]))
def test_any_text_is_read_word_after_word_or_refused(
    model: HibariModel, scraps: list[str], glue: str
) -> None:
    try:
        parts = read_narration(glue.join(scraps))
        refuse_unreadable(NAME, parts)
    except LecternError:
        return
    for part in parts:
        if isinstance(part, Sentence):
            spoken = say(part.words, REWRITES)
            symbols = model.read(spoken)
            sources = [symbol.word for symbol in symbols]
            assert sources == sorted(sources)
            assert set(sources) <= set(range(len(part.words)))


def test_phonemes_are_of_the_alphabet_that_is_documented(model: HibariModel) -> None:
    text = " ".join(written for written, _ in READINGS) + " Oyez, a vision of the genre, Zhou."
    assert set(sounds(model, text)) <= ALPHABET
