"""The start page: a first lesson, what is being made, and what has been made."""

import pytest
from playwright.sync_api import expect

from tests.browser.studio.conftest import MADE_MILLISECONDS, Visitor


@pytest.mark.usefixtures("worker")
def test_the_sample_is_made_before_one_s_eyes_and_stays_with_its_poster(visitor: Visitor) -> None:
    page = visitor.page
    visitor.enter()
    expect(page.get_by_role("heading", name="Your first lesson")).to_be_visible()
    page.get_by_role("button", name="Make the sample lesson").click()
    page.wait_for_url("**/lessons/*")
    visitor.open("/")
    card = page.get_by_role("link", name="Why the sky is blue")
    expect(card).to_be_visible()
    poster = page.get_by_role("listitem").filter(has=card).locator("img")
    expect(poster).to_be_visible(timeout=MADE_MILLISECONDS)
    page.wait_for_function(
        "() => [...document.images].every((each) => each.complete && each.naturalWidth > 0)"
    )
    expect(page.get_by_text("Video made or on its way")).to_be_visible()


def test_a_lesson_that_waits_shows_its_place_and_follows_its_events(visitor: Visitor) -> None:
    """Nobody makes it: there is no worker here."""
    page = visitor.page
    visitor.enter()
    page.get_by_role("button", name="Make the sample lesson").click()
    page.wait_for_url("**/lessons/*")
    with page.expect_request("**/events") as following:
        visitor.open("/")
    assert following.value.headers["authorization"].startswith("Bearer ")
    expect(page.get_by_role("heading", name="Being made now")).to_be_visible()
    expect(page.get_by_text("Next in line")).to_be_visible()
