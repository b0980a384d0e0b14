"""A consent is proved by speaking: words to read, a recording, and what the studio makes of it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select

from db import users
from db.models import AssetKind, Consent, Role, Verification
from db.session import Database
from pipeline.storage import Storage
from tests.api import files
from tests.browser.studio.conftest import Visitor
from tests.factories import an_asset

LONG_ENOUGH = "Speak for at least 5 seconds."


def speak(page: Page) -> None:
    """Into the microphone, in which somebody hums."""
    page.get_by_role("button", name="Start recording").click()
    expect(page.get_by_text(LONG_ENOUGH)).to_be_visible()
    expect(page.get_by_text(LONG_ENOUGH)).to_be_hidden()
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Use this recording").click()


def test_what_is_hummed_is_no_consent_and_another_language_waits_for_an_administrator(
    visit: Callable[..., Visitor], database: Database, storage: Storage
) -> None:
    visitor = visit(permissions=["microphone"])
    page = visitor.page
    visitor.enter()
    with database.transaction() as db:
        owner = users.by_login(db, "ada")
        assert owner is not None
        voice = an_asset(db, owner, kind=AssetKind.VOICE, content_type="audio/wav")
        storage.put(voice.storage_key, files.wav(files.voice(6.0)), "audio/wav")
    visitor.open(f"/library/{voice.id}")
    page.get_by_role("button", name="Show what to read").click()
    expect(page.get_by_text("I agree that this studio makes lessons")).to_be_visible()
    assert visitor.violations() == []
    speak(page)
    expect(page.get_by_role("alert")).to_contain_text("The statement was not heard")
    expect(page.get_by_text("I agree that this studio makes lessons")).to_be_hidden()

    page.get_by_role("button", name="Language").click()
    page.get_by_role("option", name="Deutsch").click()
    page.get_by_role("button", name="Show new words").click()
    expect(page.get_by_text("Ich bin einverstanden")).to_have_attribute("lang", "de")
    speak(page)
    expect(page.get_by_text("Waiting for an administrator to listen")).to_be_visible()
    assert visitor.violations() == []

    root = visit()
    root.enter("root", role=Role.ADMIN)
    root.open("/admin/consents")
    page = root.page
    expect(page.get_by_text("in a language that the studio cannot check by itself")).to_be_visible()
    page.get_by_role("button", name="Listen to what Nobody in particular spoke").click()
    sound = page.get_by_label("What Nobody in particular spoke", exact=True)
    page.wait_for_function("sound => sound.duration >= 5", arg=sound.element_handle())
    assert root.violations() == []
    page.get_by_role("button", name="Take it for proved: the consent of Nobody").click()
    dialog = page.get_by_role("alertdialog")
    assert root.violations() == []
    dialog.get_by_role("button", name="Take it for proved").click()
    expect(page.get_by_text("Every consent that holds is proved.")).to_be_visible()
    with database.transaction() as db:
        proved = db.scalars(select(Consent).where(Consent.asset_id == voice.id)).one()
        assert proved.state is Verification.VERIFIED
