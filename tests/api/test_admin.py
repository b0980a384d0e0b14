"""What administrators do, and that there is always one left."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import Result
from pydantic import SecretStr
from typer.testing import CliRunner

from db import audit, users
from db.audit import AuditFilter
from db.models import AuditEntry, Role, User
from db.session import Database
from serve import audit_sweep
from serve.admins import AccountRefused, make_admin, make_first_admin
from serve.cli import app
from serve.deps import Studio
from serve.security import verify_password
from serve.settings import Settings
from tests.api.conftest import Person
from tests.api.problems import assert_problem, fields
from tests.factories import a_job

PASSWORD = "a quiet river at noon"


@pytest.fixture
def root(signed_in: Callable[..., Person]) -> Person:
    return signed_in(username="root", email="root@example.org", role=Role.ADMIN)


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [each["username"] for each in answer.json()["items"]]


def test_users_are_listed_and_filtered(
    root: Person, ada: Person, bob: Person, viewer: Person
) -> None:
    def listed(**wanted: Any) -> list[str]:
        return names(root.get("/api/admin/users", params=wanted))

    assert listed() == ["vic", "bob", "ada", "root"]
    assert listed(q="B") == ["bob"]
    assert listed(q="example.org") == ["vic", "bob", "ada", "root"]
    assert listed(q="%") == []
    assert listed(role="viewer") == ["vic"]
    root.patch(f"/api/admin/users/{ada.user.id}", json={"disabled": True})
    assert listed(disabled=True) == ["ada"]
    assert listed(disabled=False) == ["vic", "bob", "root"]
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    assert listed(created_after=tomorrow) == []
    assert len(listed(created_before=tomorrow)) == 4


def test_the_list_comes_in_pages(root: Person, ada: Person, bob: Person) -> None:
    first = root.get("/api/admin/users", params={"limit": 2})
    assert names(first) == ["bob", "ada"]
    assert first.json()["total"] == 3
    cursor = first.json()["next_cursor"]
    second = root.get("/api/admin/users", params={"limit": 2, "cursor": cursor})
    assert names(second) == ["root"]
    assert second.json()["next_cursor"] is None


def test_a_role_takes_effect_with_the_next_request(root: Person, ada: Person) -> None:
    place = f"/api/admin/users/{ada.user.id}"
    assert_problem(ada.get(place), 403, "not_allowed", "Your role, creator, does not allow this.")
    assert root.patch(place, json={"role": "admin"}).json()["role"] == "admin"
    assert ada.get(place).json()["username"] == "ada"
    root.patch(place, json={"role": "viewer"})
    assert_problem(ada.post("/api/scripts", json={"prompt": "Rain"}), 403, "not_allowed")


def test_a_disabled_user_is_out_at_once_and_can_come_back(root: Person, ada: Person) -> None:
    place = f"/api/admin/users/{ada.user.id}"
    disabled = root.patch(place, json={"disabled": True}).json()
    assert disabled["disabled_at"] is not None
    assert root.patch(place, json={"disabled": True}).json() == disabled
    assert_problem(ada.get("/api/auth/me"), 401, "token_refused")
    assert root.patch(place, json={"disabled": False}).json()["disabled_at"] is None
    assert ada.get("/api/auth/me").status_code == 200


def test_what_is_left_out_stays_and_what_is_unknown_is_refused(root: Person, ada: Person) -> None:
    place = f"/api/admin/users/{ada.user.id}"
    before = root.get(place).json()
    assert root.patch(place, json={}).json() == before
    wrong = assert_problem(root.patch(place, json={"role": "king"}), 422, "request_invalid")
    assert fields(wrong) == {("role", "enum")}
    missing = root.patch(f"/api/admin/users/{uuid4()}", json={})
    assert_problem(missing, 404, "user_not_found")


@pytest.mark.parametrize("change", [{"role": "creator"}, {"disabled": True}])
def test_the_last_administrator_cannot_resign(
    root: Person, ada: Person, change: dict[str, Any]
) -> None:
    place = f"/api/admin/users/{root.user.id}"
    assert_problem(root.patch(place, json=change), 409, "last_admin")
    root.patch(f"/api/admin/users/{ada.user.id}", json={"role": "admin"})
    assert root.patch(place, json=change).status_code == 200
    assert ada.get("/api/admin/users").status_code == 200


def test_of_two_who_resign_at_once_one_stays(
    root: Person, signed_in: Callable[..., Person], database: Database
) -> None:
    other = signed_in(username="other", role=Role.ADMIN)

    def resign(person: Person) -> int:
        place = f"/api/admin/users/{person.user.id}"
        return person.patch(place, json={"role": "viewer"}).status_code

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(resign, [root, other]))
    assert answers in ([200, 409], [200, 403])
    with database.transaction() as db:
        assert len(users.lock_admins(db)) == 1


def test_who_forgot_their_password_gets_a_new_one_and_is_signed_out(
    root: Person, ada: Person
) -> None:
    place = f"/api/admin/users/{ada.user.id}/password"
    assert_problem(ada.post(place), 403, "not_allowed")
    answer = root.post(place)
    assert answer.status_code == 200, answer.text
    assert_problem(ada.get("/api/auth/me"), 401, "token_refused")
    login = {"login": "ada", "password": answer.json()["password"]}
    assert ada.client.post("/api/auth/login", json=login).status_code == 200
    [told] = root.get("/api/admin/audit", params={"action": "user.password_reset"}).json()["items"]
    assert (told["target"], told["details"]) == (f"user:{ada.user.id}", {"sessions_ended": 1})
    assert_problem(root.post(f"/api/admin/users/{uuid4()}/password"), 404, "user_not_found")


def test_a_disabled_administrator_does_not_count(
    root: Person, signed_in: Callable[..., Person]
) -> None:
    signed_in(username="gone", role=Role.ADMIN, disabled_at=datetime.now(UTC))
    place = f"/api/admin/users/{root.user.id}"
    assert_problem(root.patch(place, json={"role": "viewer"}), 409, "last_admin")


def test_an_administrator_sees_no_lessons_of_others(
    root: Person, ada: Person, portrait: Any
) -> None:
    assert_problem(root.get(f"/api/assets/{portrait.id}"), 404, "asset_not_found")
    assert root.get("/api/assets").json()["items"] == []


def test_the_audit_is_searched_by_who_what_when_and_whereon(root: Person, ada: Person) -> None:
    place = f"/api/admin/users/{ada.user.id}"
    root.patch(place, json={"role": "viewer"}, headers={"User-Agent": "a browser"})
    key = root.post("/api/keys", json={"name": "k", "scopes": ["admin"]}).json()
    by_key = {"Authorization": f"Bearer {key['key']}"}
    root.client.patch(place, json={"disabled": True}, headers=by_key)

    def found(**wanted: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = root.get("/api/admin/audit", params=wanted).json()["items"]
        return items

    last, made, first = found(actor_id=str(root.user.id))
    assert (first["action"], first["target"]) == ("user.changed", f"user:{ada.user.id}")
    assert first["details"] == {"role": "viewer"}
    assert (first["address"], first["agent"]) == ("testclient", "a browser")
    assert first["session_id"] is not None
    assert first["key_id"] is None
    assert (last["details"], last["key_id"]) == ({"disabled": True}, key["id"])
    assert found(action="user.changed") == [last, first]
    assert found(action="key") == [made]
    assert found(action="ke") == []
    assert found(target=f"user:{ada.user.id}") == [last, first]
    for called in (ada.user.username, f" {ada.user.email.upper()} ", str(ada.user.id)):
        assert found(target=called) == [last, first]
    for called in (root.user.email, root.user.username.upper(), str(root.user.id)):
        assert found(actor=called) == [last, made, first]
    assert found(actor=ada.user.username) == found(actor="nobody") == found(target="nobody") == []
    assert found(created_after=first["created_at"]) == [last, made]
    assert found(created_before=made["created_at"]) == [first]
    assert found(actor_id=str(ada.user.id)) == []


def test_a_deleted_job_is_remembered_by_the_audit(
    root: Person, ada: Person, database: Database
) -> None:
    with database.transaction() as db:
        job = a_job(db, ada.user, title="How rain is made")
    assert ada.delete(f"/api/jobs/{job.id}").status_code == 204
    wanted = {"target": f"job:{job.id}"}
    (act,) = root.get("/api/admin/audit", params=wanted).json()["items"]
    assert (act["action"], act["actor_id"]) == ("job.deleted", str(ada.user.id))
    assert act["details"] == {"title": "How rain is made"}


def test_an_act_that_fails_is_not_in_the_audit(root: Person) -> None:
    root.patch(f"/api/admin/users/{root.user.id}", json={"role": "viewer"})
    assert root.get("/api/admin/audit").json()["items"] == []


def test_an_administrator_is_made_by_the_rules_of_every_account(database: Database) -> None:
    make_admin(database, "Root@Example.org", "Root", PASSWORD)
    for email, name, password in (
        ("root", "other", PASSWORD),
        ("other@example.org", "o", PASSWORD),
        ("other@example.org", "other", "short"),
        ("other@example.org", "other", "password1"),
        ("root@example.org", "other", PASSWORD),
    ):
        with pytest.raises(AccountRefused):
            make_admin(database, email, name, password)
    with database.transaction() as db:
        admin = db.query(User).one()
        acts = audit.page(db, audit.AuditFilter()).items
    assert (admin.email, admin.username, admin.role) == ("root@example.org", "root", Role.ADMIN)
    assert [(act.action, act.agent) for act in acts] == [("account.registered", "lectern")]


def test_the_environment_makes_the_first_administrator_only(database: Database) -> None:
    assert not make_first_admin(database, Settings())
    given = Settings(admin_email="root@example.org", admin_password=SecretStr(PASSWORD))
    assert make_first_admin(database, given)
    changed = given.model_copy(update={"admin_password": SecretStr("seven green ladders")})
    assert not make_first_admin(database, changed)
    with database.transaction() as db:
        admin = db.query(User).one()
    assert (admin.username, admin.role) == ("admin", Role.ADMIN)
    assert verify_password(PASSWORD, admin.password_hash)


def test_the_audit_is_kept_for_whole_days_and_its_sweeping_is_an_entry(
    studio: Studio, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.audit.MOST_FORGOTTEN", 3)
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    kept = midnight - timedelta(days=7)
    with database.transaction() as db:
        for at in [*(kept - timedelta(days=n, seconds=1) for n in range(4)), kept]:
            told = {"action": "key.created", "target": "key:1", "address": "", "agent": ""}
            db.add(AuditEntry(created_at=at, details={}, **told))
    assert audit_sweep.sweep(studio) == 0, "0 days are for ever"
    week = replace(studio, audit_days=7)
    assert [audit_sweep.sweep(week) for _ in range(3)] == [3, 1, 0]
    with database.transaction() as db:
        left = audit.page(db, AuditFilter()).items
    target = f"audit:{kept:%Y-%m-%d}"
    assert [(each.action, each.target, each.details) for each in left] == [
        ("audit.swept", target, {"entries": 1}),
        ("audit.swept", target, {"entries": 3}),
        ("key.created", "key:1", {}),
    ]


@pytest.fixture
def at_a_terminal(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Runs `lectern` beside this database."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str, typed: str = "", **environment: str) -> Result:
        given = {"DATABASE_URL": database_url, **environment}
        return CliRunner().invoke(app, words, input=typed, env=given)

    return run


def test_lectern_admin_create_asks_for_the_password(
    at_a_terminal: Callable[..., Result], database: Database
) -> None:
    typed = f"{PASSWORD}\n{PASSWORD}\n"
    told = at_a_terminal("admin", "create", "root@example.org", "root", typed=typed)
    assert told.exit_code == 0, told.output
    assert "root is an administrator." in told.output
    assert PASSWORD not in told.output
    with database.transaction() as db:
        assert [admin.username for admin in users.lock_admins(db)] == ["root"]


def test_migrating_makes_the_administrator_that_the_environment_names(
    at_a_terminal: Callable[..., Result], database: Database
) -> None:
    given = {"LECTERN_ADMIN_EMAIL": "root@example.org", "LECTERN_ADMIN_PASSWORD": PASSWORD}
    for _ in range(2):
        told = at_a_terminal("migrate-database", **given)
        assert told.exit_code == 0, told.output
    with database.transaction() as db:
        assert [admin.email for admin in users.lock_admins(db)] == ["root@example.org"]
