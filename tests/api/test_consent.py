"""Nobody is shown or heard without their consent."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from db.models import Asset, AssetKind, AuditEntry, Consent
from db.session import Database
from tests.api import files
from tests.api.conftest import Person
from tests.api.problems import assert_problem, fields
from tests.factories import a_spec, an_asset

ADA = {"statement": "permission", "person": "Ada Lovelace", "scope": "Rain 101"}


@pytest.fixture
def face(ada: Person, database: Database) -> str:
    """A portrait of Ada's that nobody has agreed to."""
    with database.transaction() as db:
        return str(an_asset(db, ada.user, consented=False).id)


def consent(owner: Person, asset: str, **given: Any) -> dict[str, Any]:
    answer = owner.post(f"/api/assets/{asset}/consent", json=ADA | given)
    assert answer.status_code == 201, answer.text
    recorded: dict[str, Any] = answer.json()
    return recorded


def state(person: Person, asset: str) -> Any:
    return person.get(f"/api/assets/{asset}").json()["consent_state"]


def test_an_upload_has_no_consent_until_it_is_recorded(ada: Person, database: Database) -> None:
    asset = ada.upload("portrait", files.encoded(files.astronaut())).json()
    assert (asset["consent_state"], asset["consent"]) == ("missing", None)
    recorded = consent(ada, asset["id"])
    assert recorded == ADA | {
        "id": recorded["id"],
        "expires_at": None,
        "recorded_at": recorded["recorded_at"],
        "recorded_by": str(ada.user.id),
        "revoked_at": None,
        "revoked_by": None,
        "state": "recorded",
        "verified_at": None,
        "verified_by": None,
        "pending_reason": None,
    }
    read = ada.get(f"/api/assets/{asset['id']}").json()
    assert (read["consent_state"], read["consent"]) == ("valid", recorded)
    with database.transaction() as db:
        (entry,) = db.scalars(select(AuditEntry).where(AuditEntry.action == "consent.recorded"))
        assert (entry.actor_id, entry.target) == (ada.user.id, f"asset:{asset['id']}")
        assert entry.details["person"] == "Ada Lovelace"


def test_no_lesson_is_taken_without_consent(ada: Person, face: str, database: Database) -> None:
    with database.transaction() as db:
        voice = str(an_asset(db, ada.user, kind=AssetKind.VOICE, consented=False).id)
    spec = a_spec(UUID(face), voice_id=voice, video={"background": face})
    body = assert_problem(ada.post("/api/jobs", json=spec), 422, "request_invalid")
    assert fields(body) == {
        ("portrait_id", "consent_missing"),
        ("voice_id", "consent_missing"),
        ("video.background", "consent_missing"),
    }
    consent(ada, face, statement="invented", person="A drawing")
    body = assert_problem(ada.post("/api/jobs", json=spec), 422, "request_invalid")
    assert fields(body) == {("voice_id", "consent_missing")}
    consent(ada, voice, statement="self")
    assert ada.post("/api/jobs", json=spec).status_code == 202


def test_a_revoked_consent_is_kept_and_no_longer_good(
    ada: Person, face: str, database: Database
) -> None:
    consent(ada, face)
    ended = ada.delete(f"/api/assets/{face}/consent")
    assert (ended.status_code, ended.json()) == (200, {"jobs_stopped": [], "lessons": []})
    assert state(ada, face) == "revoked"
    (row,) = ada.get(f"/api/assets/{face}/consent").json()
    assert (row["person"], row["revoked_by"]) == ("Ada Lovelace", str(ada.user.id))
    assert row["state"] == "revoked"
    assert row["revoked_at"] > row["recorded_at"]
    body = assert_problem(ada.post("/api/jobs", json=a_spec(UUID(face))), 422, "request_invalid")
    assert fields(body) == {("portrait_id", "consent_missing")}
    assert_problem(ada.delete(f"/api/assets/{face}/consent"), 404, "consent_not_found")
    with database.transaction() as db:
        actions = db.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [each for each in actions if each.startswith("consent.")] == [
        "consent.recorded",
        "consent.revoked",
    ]


def test_a_new_consent_takes_the_place_of_the_old_one(ada: Person, face: str) -> None:
    consent(ada, face)
    consent(ada, face, scope="Snow 101")
    old, new = ada.get(f"/api/assets/{face}/consent").json()
    assert (old["scope"], new["scope"]) == ("Rain 101", "Snow 101")
    assert old["revoked_at"] is not None
    assert new["revoked_at"] is None
    assert state(ada, face) == "valid"


def test_a_consent_runs_out(ada: Person, face: str, database: Database) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    consent(ada, face, expires_at=tomorrow.isoformat())
    assert state(ada, face) == "valid"
    with database.transaction() as db:
        db.execute(update(Consent).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert state(ada, face) == "expired"
    body = assert_problem(ada.post("/api/jobs", json=a_spec(UUID(face))), 422, "request_invalid")
    assert fields(body) == {("portrait_id", "consent_missing")}


def test_a_consent_says_who_and_why(ada: Person, face: str) -> None:
    place = f"/api/assets/{face}/consent"
    asked = {"statement": "hearsay", "person": " ", "expires_at": "2001-01-01T00:00:00Z"}
    assert fields(assert_problem(ada.post(place, json=asked), 422, "request_invalid")) == {
        ("statement", "enum"),
        ("person", "string_too_short"),
        ("expires_at", "value_error"),
    }


def test_a_slide_needs_no_consent(ada: Person, database: Database) -> None:
    with database.transaction() as db:
        slide = str(an_asset(db, ada.user, kind=AssetKind.SLIDE).id)
    assert state(ada, slide) is None
    refused = ada.post(f"/api/assets/{slide}/consent", json=ADA)
    assert_problem(
        refused, 409, "consent_not_needed", "A slide shows nobody and sounds like nobody."
    )


def test_nobody_agrees_for_the_assets_of_another(ada: Person, bob: Person, face: str) -> None:
    place = f"/api/assets/{face}/consent"
    for answer in (bob.get(place), bob.post(place, json=ADA), bob.delete(place)):
        assert_problem(answer, 404, "asset_not_found")
    assert state(ada, face) == "missing"


def test_the_list_is_narrowed_by_consent(ada: Person, database: Database) -> None:
    with database.transaction() as db:
        ids = [
            str(an_asset(db, ada.user, name=name, consented=False).id)
            for name in ("missing", "valid", "revoked", "expired")
        ]
        an_asset(db, ada.user, kind=AssetKind.SLIDE)
    for asset in ids[1:]:
        consent(ada, asset)
    ada.delete(f"/api/assets/{ids[2]}/consent")
    with database.transaction() as db:
        ended = update(Consent).where(Consent.asset_id == UUID(ids[3]))
        db.execute(ended.values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    for wanted in ("missing", "valid", "revoked", "expired"):
        found = ada.get("/api/assets", params={"consent": wanted}).json()["items"]
        assert [item["name"] for item in found] == [wanted]
        assert [item["consent_state"] for item in found] == [wanted]


def test_consents_go_with_their_asset(ada: Person, face: str, database: Database) -> None:
    consent(ada, face)
    assert ada.delete(f"/api/assets/{face}").status_code == 200
    with database.transaction() as db:
        assert db.scalars(select(Consent)).all() == []
        assert db.scalars(select(Asset)).all() == []
