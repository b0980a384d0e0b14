"""Every page that has an address of its own, in both themes and on the narrowest screen."""

from collections.abc import Callable, Iterator
from typing import Literal

from playwright.sync_api import expect

from db import jobs, users
from db.models import Role
from tests.browser.studio.conftest import Visitor
from tests.factories import a_spec, an_asset

ANONYMOUS = ("/sign-in", "/register")
PAGES = (
    "/",
    "/lessons",
    "/lessons/new",
    "/library",
    "/batches",
    "/batches/new",
    "/settings",
    "/settings/password",
    "/settings/sessions",
    "/settings/keys",
    "/settings/webhooks",
    "/settings/usage",
    "/admin",
    "/admin/consents",
    "/admin/audit",
    "/admin/capacity",
    "/nowhere",
)
THEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
NARROW = {"width": 320, "height": 640}
ONE_WORD = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
"""Wider than the screen, in titles."""


def faults(visitor: Visitor, path: str) -> Iterator[str]:
    page = visitor.page
    visitor.open(path)
    page.get_by_role("heading", level=1).wait_for()
    expect(page.get_by_role("main").get_by_role("progressbar")).to_have_count(0)
    for theme in THEMES:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        yield from (f"{path}, {theme}: {each}" for each in visitor.violations())
    needed, there = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    if needed > there:
        yield f"{path}: {needed} pixels wide on a screen of {there}"


def test_every_page_is_fit_for_everybody(visit: Callable[..., Visitor]) -> None:
    visitor = visit(viewport=NARROW)
    found = [fault for path in ANONYMOUS for fault in faults(visitor, path)]
    visitor.enter()
    with visitor.database.transaction() as db:
        ada = users.by_login(db, "ada")
        assert ada is not None
        ada.role = Role.ADMIN
        scenes = [{"title": ONE_WORD, "narration": "Beef."}]
        spec = a_spec(an_asset(db, ada, name=ONE_WORD).id, title=ONE_WORD, scenes=scenes)
        lesson = jobs.create(db, ada.id, spec).id
        jobs.cancel(db, lesson)
    of_the_lesson = (f"/lessons/{lesson}", f"/lessons/{lesson}/change")
    found += [fault for path in (*PAGES, *of_the_lesson) for fault in faults(visitor, path)]
    assert not found, "\n".join(found)
