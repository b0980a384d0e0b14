"""Coming in, staying in, and going: nothing that was typed is lost on the way."""

from collections.abc import Callable

import httpx
from playwright.sync_api import expect
from sqlalchemy import select

from db import users
from db.models import User
from db.session import Database
from tests.browser.studio.conftest import PASSWORD, Visitor


def sign_in(visitor: Visitor, login: str, password: str) -> None:
    visitor.page.get_by_label("Email address or username").fill(login)
    visitor.page.get_by_label("Password", exact=True).fill(password)
    visitor.page.get_by_role("button", name="Sign in").click()


def end_sessions_of(database: Database, username: str) -> None:
    with database.transaction() as db:
        user_id = db.scalars(select(User.id).where(User.username == username)).one()
        users.end_sessions(db, user_id)


def test_who_registers_is_signed_in_and_stays_so_when_the_page_is_loaded_anew(
    visitor: Visitor,
) -> None:
    visitor.register()
    visitor.page.reload()
    expect(visitor.page.get_by_role("heading", name="Hello, ada")).to_be_visible()


def test_a_taken_name_and_a_weak_password_are_refused_in_words(visitor: Visitor) -> None:
    visitor.enter()
    visitor.sign_out()
    page = visitor.page
    page.get_by_role("link", name="Create one").click()
    page.get_by_role("button", name="Create the account").click()
    expect(page.get_by_text("This is not an email address.")).to_be_visible()
    expect(page.get_by_label("Email address")).to_be_focused()
    page.get_by_label("Email address").fill("other@example.org")
    page.get_by_label("Username").fill("Ada")
    page.get_by_label("Password", exact=True).fill("password1")
    page.get_by_role("button", name="Create the account").click()
    expect(page.get_by_role("alert")).to_contain_text("too easily guessed")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create the account").click()
    expect(page.get_by_role("alert")).to_contain_text("is there already")


def test_a_wrong_password_is_told_in_the_api_s_own_sentence(visitor: Visitor) -> None:
    visitor.enter()
    visitor.sign_out()
    sign_in(visitor, "ada", "a loud sea at midnight")
    alert = visitor.page.get_by_role("alert")
    expect(alert).to_contain_text("The name or the password is wrong.")
    expect(alert).to_contain_text("upper and lower case count")
    sign_in(visitor, "ada@example.org", PASSWORD)
    expect(visitor.page.get_by_role("heading", name="Hello, ada")).to_be_visible()


def test_a_forgotten_password_is_no_dead_end(visitor: Visitor) -> None:
    visitor.open("/sign-in")
    visitor.page.get_by_role("button", name="Forgot your password?").click()
    expect(visitor.page.get_by_text("Whoever runs it can give you a new password")).to_be_visible()


def test_who_is_sent_to_sign_in_comes_to_where_they_wanted_to_go(
    visit: Callable[..., Visitor],
) -> None:
    visit().enter()
    later = visit()
    later.open("/settings/keys")
    expect(later.page.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(later, "ada", PASSWORD)
    expect(later.page.get_by_role("heading", name="API keys")).to_be_visible()
    assert later.page.url == f"{later.address}/settings/keys"


def test_a_session_that_ends_costs_a_password_and_nothing_that_was_typed(
    visitor: Visitor, database: Database
) -> None:
    page = visitor.page
    visitor.enter()
    visitor.open("/settings")
    username = page.get_by_label("Username")
    expect(username).to_have_value("ada")
    username.fill("ada-lovelace")
    end_sessions_of(database, "ada")
    page.get_by_role("button", name="Save the profile").click()
    dialog = page.get_by_role("dialog", name="Please sign in again")
    expect(dialog).to_contain_text("nothing you typed is lost")
    dialog.get_by_label("Password", exact=True).fill("not this one")
    dialog.get_by_role("button", name="Go on").click()
    expect(dialog.get_by_role("alert")).to_contain_text("is wrong")
    dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    dialog.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Your profile is saved.")).to_be_visible()
    expect(username).to_have_value("ada-lovelace")
    with database.transaction() as db:
        assert db.scalars(select(User.username)).one() == "ada-lovelace"


def test_somebody_else_can_sign_in_where_a_session_has_ended(
    visitor: Visitor, database: Database
) -> None:
    visitor.enter()
    visitor.open("/settings/sessions")
    expect(visitor.page.get_by_text("This session")).to_be_visible()
    end_sessions_of(database, "ada")
    visitor.page.get_by_role("link", name="API keys").click()
    visitor.page.get_by_role("button", name="Sign in as somebody else").click()
    expect(visitor.page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_session_is_ended_from_another_one(visit: Callable[..., Visitor]) -> None:
    library, home = visit(), visit()
    library.enter()
    home.open("/sign-in")
    sign_in(home, "ada", PASSWORD)
    expect(home.page.get_by_role("heading", name="Hello, ada")).to_be_visible()
    home.open("/settings/sessions")
    home.page.get_by_role("button", name="End the session on Chrome on Linux").click()
    expect(home.page.get_by_text("The session has ended.")).to_be_visible()
    library.page.reload()
    expect(library.page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_new_password_is_the_one_that_counts(visitor: Visitor) -> None:
    page = visitor.page
    visitor.enter()
    visitor.open("/settings/password")
    page.get_by_label("Password now").fill("not this one")
    page.get_by_label("New password").fill("seven green ladders")
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_role("alert")).to_contain_text("The old password is wrong.")
    page.get_by_label("Password now").fill(PASSWORD)
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_text("Your password is changed.")).to_be_visible()
    visitor.sign_out()
    sign_in(visitor, "ada", "seven green ladders")
    expect(page.get_by_role("heading", name="Hello, ada")).to_be_visible()


def test_an_api_key_is_shown_once_and_works_until_it_is_revoked(visitor: Visitor) -> None:
    page = visitor.page
    visitor.enter()
    visitor.open("/settings/keys")
    page.get_by_role("button", name="Make a key").click()
    page.get_by_label("What it is for").fill("course builder")
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_text("Choose at least one.")).to_be_visible()
    page.get_by_text("See your profile").click()
    page.get_by_role("button", name="Make the key").click()
    key = page.get_by_label("API key").input_value()
    asked = {"Authorization": f"Bearer {key}"}
    me = httpx.get(f"{visitor.address}/api/auth/me", headers=asked, timeout=60)
    assert me.json()["username"] == "ada"
    page.get_by_role("button", name="I have copied it").click()
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    assert key not in page.content()
    page.get_by_role("button", name="Revoke course builder").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("You have no API key.")).to_be_visible()
    assert httpx.get(f"{visitor.address}/api/auth/me", headers=asked, timeout=60).status_code == 401
