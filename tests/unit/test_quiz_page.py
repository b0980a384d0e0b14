"""The quiz as the player page holds it: ids that stay, and what the page is told."""

import re

from pipeline.export.player_page import strings
from pipeline.export.quiz_page import AskedQuestion, QuizPage
from pipeline.quiz import ChoiceSpec, QuestionSpec, QuizSpec

CHOICES = (ChoiceSpec(text="Rain", right=True), ChoiceSpec(text="Snow"))
FIRST = QuestionSpec(text="What falls?", choices=CHOICES)
SECOND = QuestionSpec(text="What is wet?", choices=CHOICES, scene=1)


def ids(*questions: QuestionSpec) -> list[str]:
    return [each.id for each in QuizPage(QuizSpec(questions=questions)).questions]


def test_a_question_keeps_its_id_whatever_stands_round_it() -> None:
    assert ids(FIRST, SECOND) == ids(SECOND, FIRST)[::-1]
    assert ids(FIRST.model_copy(update={"scene": 0, "feedback": "Yes."})) == ids(FIRST)
    other = FIRST.model_copy(update={"text": "What rises?"})
    assert ids(other) != ids(FIRST)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", each) for each in ids(FIRST, SECOND))


def test_answers_of_another_quiz_are_told_from_those_of_this_one() -> None:
    prints = {
        str(QuizPage(QuizSpec(questions=asked)).facts["print"])
        for asked in ((FIRST,), (SECOND,), (FIRST, SECOND), (SECOND, FIRST))
    }
    assert len(prints) == 4


def test_choices_are_lettered_and_the_page_knows_which_are_right() -> None:
    facts = AskedQuestion(SECOND).facts
    assert facts["scene"] == 1
    assert facts["choices"] == [
        {"id": "a", "text": "Rain", "right": True, "feedback": None},
        {"id": "b", "text": "Snow", "right": False, "feedback": None},
    ]


def test_every_language_of_the_player_says_what_passes_the_quiz() -> None:
    quiz = QuizPage(QuizSpec(questions=(FIRST,), mastery=0.75, tries=3))
    for language in ("en", "de", "fr", "ja", "zh"):
        found, text = strings(language)
        assert found == language
        assert all(figure in quiz.how(text) for figure in ("1", "75", "3"))
