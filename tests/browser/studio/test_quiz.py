"""A quiz in the wizard: drafted, checked, one's own, and missing where it cannot be asked."""

import re

from playwright.sync_api import expect
from sqlalchemy import select

from db.models import Draft
from tests.browser.studio.conftest import Visitor
from tests.browser.studio.test_wizard import assert_fit, go_to

LACKING = "A question of the quiz that cannot be asked yet"


def test_questions_are_drafted_checked_and_written(visitor: Visitor) -> None:
    page = visitor.page
    visitor.enter()
    visitor.open("/lessons/new")
    go_to(page, "Script")
    expect(page.get_by_role("button", name="Draft questions")).to_be_disabled()
    page.get_by_role("button", name="Add a scene").click()
    page.get_by_label("What is said").fill("Rain falls on the hills.")
    page.get_by_role("button", name="Draft questions").click()
    drafted = page.get_by_role("group", name="Question 1")
    expect(drafted).to_contain_text("From the sentence “Rain falls on the hills.”")
    expect(drafted).to_contain_text("learners are told that it is a draft")
    expect(page.get_by_text("Asked by a test engine. Check each question")).to_be_visible()
    assert_fit(visitor)
    drafted.get_by_text("I have checked it").click()
    expect(drafted.get_by_text("learners are told")).to_have_count(0)

    page.get_by_role("button", name="Add a question").click()
    own = page.get_by_role("group", name="Question 2")
    own.get_by_label("Question", exact=True).fill("Where does it fall?")
    own.get_by_label("Choice 1", exact=True).fill("On the hills")
    own.get_by_label("Choice 2", exact=True).fill("on the  hills.")
    expect(own).to_contain_text("Two choices say the same.")
    go_to(page, "Review")
    page.get_by_role("link", name=LACKING).click()
    own.get_by_label("Choice 2", exact=True).fill("Nowhere")
    own.get_by_role("button", name="Asked").click()
    page.get_by_role("option", name="After scene 1").click()
    page.get_by_role("button", name=re.compile("To pass")).click()
    page.get_by_role("option", name="All right").click()
    expect(page.get_by_text("Everything is kept")).to_be_visible()

    page.reload()
    expect(own.get_by_label("Choice 2", exact=True)).to_have_value("Nowhere")
    go_to(page, "Review")
    expect(page.get_by_role("link", name=LACKING)).to_have_count(0)
    with visitor.database.transaction() as db:
        content = db.scalars(select(Draft)).one().content
    first, second = content["quiz"]["questions"]
    assert (first["draft"], second["draft"]) == (False, False)
    assert second["after"] == content["scenes"][0]["key"]
    assert [choice["right"] for choice in second["choices"]] == [True, False]
    assert content["quiz"]["mastery"] == "1"
