"""What administrators do in the studio, and what everybody sets up for their programs."""

import re
from collections.abc import Callable

from playwright.sync_api import expect
from sqlalchemy import select

from db.models import Role, User, Webhook
from db.session import Database
from tests.browser.studio.conftest import Visitor
from tests.browser.studio.test_shell import assert_fit_for_all, settle


def test_an_administrator_gives_more_and_a_new_password(
    visit: Callable[..., Visitor], database: Database
) -> None:
    visit().enter()
    root = visit()
    page = root.page
    root.enter("root", role=Role.ADMIN)
    page.get_by_role("link", name="Studio").click()
    page.get_by_label("Search by email or username").fill("ada@")
    expect(page.get_by_text("1 account", exact=True)).to_be_visible()
    page.get_by_role("link", name="ada", exact=True).click()
    page.get_by_role("button", name="Minutes of video a month").click()
    page.get_by_role("option", name="A limit of their own").click()
    quota = page.get_by_role("group", name="Minutes of video a month")
    limit = quota.get_by_role("textbox", name="Limit")
    limit.fill("many")
    page.get_by_role("button", name="Save the quotas").click()
    expect(page.get_by_text("Give a number, 0 or more.")).to_be_visible()
    limit.fill("90")
    page.get_by_role("button", name="Save the quotas").click()
    expect(page.get_by_text("The quotas are saved.")).to_be_visible()
    expect(page.get_by_text("0 minutes of 90 minutes")).to_be_visible()
    with database.transaction() as db:
        ada = db.scalars(select(User).where(User.username == "ada")).one()
        assert ada.quotas == {"video_minutes": 90.0}
    assert_fit_for_all(root)

    page.get_by_role("button", name="Make a new password").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Make a new password").click()
    password = page.get_by_label("New password", exact=True).input_value()
    page.get_by_role("button", name="I have copied it").click()
    again = visit()
    again.open("/sign-in")
    again.page.get_by_label("Email address or username").fill("ada")
    again.page.get_by_label("Password", exact=True).fill(password)
    again.page.get_by_role("button", name="Sign in").click()
    expect(again.page.get_by_role("heading", name="Hello, ada")).to_be_visible()
    again.open("/admin")
    expect(again.page.get_by_text("This page is for administrators.")).to_be_visible()

    root.open("/admin/audit?action=user.password_reset")
    expect(page.get_by_text("sessions ended")).to_be_visible()
    assert_fit_for_all(root)
    root.open("/admin/capacity")
    expect(page.get_by_text("There is nothing to do.")).to_be_visible()
    assert_fit_for_all(root)


def test_a_webhook_shows_its_secret_once_and_its_deliveries_whenever(
    visitor: Visitor, database: Database
) -> None:
    page = visitor.page
    visitor.enter()
    visitor.open("/settings/webhooks")
    page.get_by_role("button", name="Make a webhook").click()
    page.get_by_label("Address").fill("ftp://hooks.example.com")
    page.get_by_role("button", name="Make the webhook").click()
    expect(page.get_by_role("dialog")).to_contain_text("https://")
    assert visitor.violations() == []
    page.get_by_label("Address").fill("https://hooks.example.com/lectern")
    page.get_by_role("button", name="Make the webhook").click()
    secret = page.get_by_label("Secret", exact=True)
    expect(secret).to_have_value(re.compile(r"^whsec_\S{20}"))
    page.get_by_role("button", name="I have copied it").click()
    page.reload()
    page.get_by_role("link", name="https://hooks.example.com/lectern").click()
    expect(secret).to_be_hidden()
    page.get_by_role("button", name="Send a test").click()
    page.get_by_role("button", name=re.compile("^Test")).click()
    expect(page.get_by_text("It has not been tried yet.")).to_be_visible()
    expect(page.get_by_role("region", name="What is sent")).to_contain_text("ping")
    assert_fit_for_all(visitor)

    page.get_by_role("button", name="What can be done with").click()
    page.get_by_role("menuitem", name="Pause").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused by you")).to_be_visible()
    page.get_by_role("button", name="What can be done with").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.get_by_text("You have no webhook.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Paused by you")).to_be_visible()
    with database.transaction() as db:
        assert not db.scalars(select(Webhook)).one().enabled


def test_what_is_used_and_left_is_told(visitor: Visitor) -> None:
    visitor.enter()
    visitor.open("/settings/usage")
    expect(visitor.page.get_by_text("999 left")).to_be_hidden()
    expect(visitor.page.get_by_text("0 of 1,000")).to_be_visible()
    settle(visitor)
    assert_fit_for_all(visitor)
