"""The composer: a writer's own notes, in order, and nothing else."""

import asyncio
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deployments.llm.composer import Composer
from pipeline.engines import ScriptPiece, ScriptRequest
from pipeline.errors import NothingToSay
from pipeline.lesson import Scene
from pipeline.scene_cuts import LONGEST_SECONDS
from pipeline.script import collect
from pipeline.sentences import PAUSE, estimate_seconds


def composed(notes: str) -> tuple[Scene, ...]:
    return asyncio.run(collect(Composer().write(ScriptRequest(prompt=None, notes=notes))))


def pieces(notes: str) -> list[ScriptPiece]:
    async def all_of_them() -> list[ScriptPiece]:
        return [p async for p in Composer().write(ScriptRequest(prompt=None, notes=notes))]

    return asyncio.run(all_of_them())


def as_pairs(notes: str) -> list[tuple[str | None, str]]:
    return [(scene.title, scene.narration) for scene in composed(notes)]


def test_headings_become_titles_and_list_items_sentences() -> None:
    notes = """# What it is
- how green plants make food
- it happens in the leaves

# Why it matters
Without it there is no oxygen. we breathe what plants let go
"""
    assert as_pairs(notes) == [
        ("What it is", "What it is. How green plants make food. It happens in the leaves."),
        ("Why it matters", "Without it there is no oxygen. We breathe what plants let go."),
    ]


def test_short_items_become_one_sentence_with_what_leads_into_them() -> None:
    assert as_pairs("You need:\n1. flour\n2) water\n• a little salt\n") == [
        ("You need", "You need: flour, water, a little salt.")
    ]


def test_points_below_a_point_follow_it() -> None:
    notes = """# Cells
- a cell has a wall around it
    - it keeps the water in
    - it is made of cellulose
- nucleus
    1. DNA
    2. nucleolus
"""
    assert as_pairs(notes) == [
        (
            "Cells",
            "Cells. A cell has a wall around it: It keeps the water in. It is made of cellulose. "
            "Nucleus: DNA, nucleolus.",
        )
    ]


def test_plain_lines_are_sentences_and_a_line_above_others_their_title() -> None:
    notes = """The water cycle

sun heats the sea
water goes up as vapour

Rain
- clouds get heavy
- then rain falls on the hills
"""
    assert as_pairs(notes) == [
        ("The water cycle", "Sun heats the sea. Water goes up as vapour."),
        ("Rain", "Rain. Clouds get heavy. Then rain falls on the hills."),
    ]


def test_wrapped_lines_stay_one_sentence() -> None:
    notes = (
        "Bread is one of the oldest foods that people make and the dough of it is\n"
        "only flour and water, which is kneaded until it is smooth and then left to\n"
        "rise for an hour or two.\n"
    )
    [scene] = composed(notes)
    assert scene.narration == " ".join(notes.split())


def test_without_headings_the_first_words_are_the_title() -> None:
    [scene] = composed("The heart of a blue whale is as big as a small car, more or less")
    assert scene.title == "The heart of a blue whale"


def test_a_title_with_nothing_below_opens_the_next_scene() -> None:
    assert as_pairs("# Photosynthesis\n## Light\nPlants catch light.") == [
        ("Light", "Photosynthesis. Plants catch light.")
    ]
    assert as_pairs("# One\nSomething is said.\n# The end")[-1] == ("The end", "The end.")


@pytest.mark.parametrize("mark", ["[pause]", "[pause 0.8s]", "[Pause 2 s]"])
def test_pauses_are_kept_where_they_stand(mark: str) -> None:
    [scene] = composed(f"water boils {mark}\nthen add {mark} the rice")
    assert scene.narration == f"Water boils. {mark} Then add {mark} the rice."


@pytest.mark.parametrize(
    ("notes", "narration"),
    [
        ("**bold** and _soft_ and `code`", "Bold and soft and code."),
        ("see [the page](https://example.org/a) for more", "See the page for more."),
        ("plants are green 🌱✨", "Plants are green."),
        ("- [x] wash your hands first", "Wash your hands first."),
        ("sugar -> energy for the cell", "Sugar, energy for the cell."),
        ("pH is a measure of acid", "pH is a measure of acid."),
        ("Is it safe?", "Is it safe?"),
        ("he said “stop.”", "He said “stop.”"),
        ("e.g. a dog, or a cat;", "E.g. a dog, or a cat."),
        ("wait for approx. ten minutes", "Wait for approx. ten minutes."),
    ],
)
def test_marks_are_left_out_and_words_kept(notes: str, narration: str) -> None:
    assert [scene.narration for scene in composed(notes)] == [narration]


def test_code_and_addresses_are_not_read_out() -> None:
    [scene] = composed("Install it first.\n\n```\npip install x\n```\n\nhttps://example.org/x\n")
    assert scene.narration == "Install it first."


def test_a_fence_that_is_never_closed_swallows_nothing() -> None:
    assert "After it" in composed("Before it.\n```\nAfter it.")[0].narration


def test_long_notes_fall_into_scenes_of_ten_to_forty_seconds() -> None:
    facts = "\n".join(f"- fact {i} says that the river is longer than the road" for i in range(60))
    seconds = [estimate_seconds(scene.narration) for scene in composed(f"# Rivers\n{facts}")]
    assert len(seconds) > 4
    assert all(10 <= each <= 40 for each in seconds)


def test_a_table_is_read_row_by_row() -> None:
    [scene] = composed("| metal | melts at |\n|---|---|\n| tin | 232 |\n| lead | 327 |")
    assert scene.narration == "Metal, melts at. Tin, 232. Lead, 327."


@pytest.mark.parametrize(
    ("notes", "said"),
    [
        ("When did it begin?\n\n1984.", "When did it begin? 1984."),
        ("1984.", "1984."),
        ("1984.\n1985.", "1984. 1985."),
        ("What is three and four?\n- 7.", "What is three and four? 7."),
        ("1.\nFirst we look.\n2.\nThen we think.", "First we look. Then we think."),
    ],
)
def test_a_number_that_stands_alone_is_said_unless_it_counts_something(
    notes: str, said: str
) -> None:
    [scene] = composed(notes)
    assert scene.narration == said


@pytest.mark.parametrize("notes", ["", "   \n", "---\n***", "😀", "# \n", "1.", "[pause 2s]"])
def test_notes_without_words_are_refused(notes: str) -> None:
    with pytest.raises(NothingToSay):
        composed(notes)


def test_without_notes_the_card_says_that_it_needs_them() -> None:
    for notes in (None, "", "--"):
        ask = ScriptRequest(prompt="Explain vaccines", notes=notes)
        card = asyncio.run(Composer().card(ask))
        assert card.missing == "it needs your notes: it only orders what you wrote"
    ask = ScriptRequest(prompt="Explain vaccines", notes="they train the body", minutes=5)
    card = asyncio.run(Composer().card(ask))
    assert (card.missing, card.draft) == (None, False)


def test_minutes_asked_for_add_nothing() -> None:
    short = ScriptRequest(prompt=None, notes="one fact only")
    long = ScriptRequest(prompt="Much more!", notes="one fact only", minutes=30)
    written = [asyncio.run(collect(Composer().write(ask))) for ask in (short, long)]
    assert written[0] == written[1]


WORD = st.text("abcdeghiklmnoprstuvAEINST'é7", min_size=1, max_size=9)
# an apostrophe is no word, and a number with nothing behind its full stop counts the next line
PHRASE = (
    st.lists(WORD, min_size=1, max_size=14)
    .map(" ".join)
    .filter(lambda said: any(letter.isalpha() for letter in said))
)
LINE = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "", "- ", "* ", "1. ", "  - ", "    * ", "# ", "## ", "> ", "• ", "a) "]),
    PHRASE,
    st.sampled_from(["", "", ".", "!", "?", ":", ",", " [pause 1s]", " **x**", " -> y", " 😀"]),
    st.sampled_from(["", "", "\n", "\n---\n"]),
)
NOTES = st.lists(LINE, min_size=1, max_size=25).map("\n".join)


def words_in(text: str) -> set[str]:
    return set(re.findall(r"\w+", PAUSE.sub(" ", text).casefold()))


@settings(max_examples=300, deadline=None)
@given(NOTES)
def test_every_word_of_the_script_is_in_the_notes_and_none_is_lost(notes: str) -> None:
    scenes = composed(notes)
    written = words_in(" ".join(f"{scene.title} {scene.narration}" for scene in scenes))
    enumerators = {"1", "a"}
    assert written <= words_in(notes)
    assert words_in(notes) - written <= enumerators


@settings(max_examples=100, deadline=None)
@given(NOTES)
def test_every_scene_has_a_title_and_whole_sentences(notes: str) -> None:
    for scene in composed(notes):
        assert scene.title
        assert re.search(r"[.!?:](?: \[pause 1s\])*$", scene.narration)
        assert estimate_seconds(scene.narration) <= LONGEST_SECONDS + 15


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_composed_or_refused(notes: str) -> None:
    try:
        found = pieces(notes)
    except NothingToSay:
        return
    assert [piece.scene for piece in found] == sorted(piece.scene for piece in found)
