"""What a small language model is asked, and what it is shown first.

Small models follow an example better than an instruction, and each example costs a second of
reading on one core: two of a plan, one of a paragraph.
"""

from collections.abc import Sequence

from deployments.llm.llama_server import Message

# Titles that name their topic keep the paragraphs on it. Nothing about bodies: shown the heart,
# a small model explains all the world by brains and cells.
_PLANS = (
    (
        "Lesson: How bread is made. Plan 4 parts.",
        "1. What bread is made of\n2. Why bread dough rises\n3. How bread is baked\n"
        "4. How to keep bread fresh",
    ),
    (
        "Lesson: How do birds fly? Plan 3 parts.",
        "1. What makes birds light\n2. How wings lift a bird\n3. How birds steer and land",
    ),
)
SHOWN_TITLES = tuple(line for _, titles in _PLANS for line in titles.splitlines())
SHOWN_PARAGRAPH = (
    "Bread dough rises because of yeast. Yeast is a living thing that eats the sugar in flour and "
    "gives off gas. The gas makes bubbles, and the dough holds them like a balloon. That is why "
    "bread is soft."
)
_PARAGRAPH = ("Lesson: How bread is made. Part: Why dough rises.", SHOWN_PARAGRAPH)


def plan(lesson: str, parts: int) -> list[Message]:
    """Asks for a numbered list of titles, whose first number is already there."""
    asked = f"Lesson: {lesson} Plan {parts} parts."
    return [*_turns(_PLANS), _user(asked), _assistant("1.")]


def paragraph(lesson: str, title: str) -> list[Message]:
    """Asks for what is said under one title."""
    return [*_turns([_PARAGRAPH]), _user(f"Lesson: {lesson} Part: {title}.")]


def example(asked: Sequence[Message], said: str) -> list[Message]:
    """Asks for more than was said."""
    return [*asked, _assistant(said), _user("Give an example.")]


def _turns(shown: Sequence[tuple[str, str]]) -> list[Message]:
    return [turn for asked, said in shown for turn in (_user(asked), _assistant(said))]


def _user(content: str) -> Message:
    return {"role": "user", "content": content}


def _assistant(content: str) -> Message:
    return {"role": "assistant", "content": content}
