"""Webhooks over HTTP: whose they are, where they may lead, what of them is shown."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from db import audit, webhooks
from db.audit import AuditFilter
from db.models import Asset, Delivery, DeliveryStatus, Webhook
from db.session import Database
from pipeline.deliveries import Sender, SenderTiming
from pipeline.delivery_schedule import Schedule
from pipeline.outbound import Outbound, OutboundLimits
from serve import webhooks as serve_webhooks
from serve.webhook_secrets import WebhookSecrets
from tests.addresses import INSIDE, MALFORMED
from tests.api.conftest import TOKENS, Person
from tests.api.problems import assert_problem, fields
from tests.factories import a_delivery, a_spec
from tests.fakes.receiver import answers, receiving
from tests.fakes.senders import LOOPBACK, is_signed, sending
from tests.fakes.studio import until

ASK = {"url": "https://hooks.example.com/lectern?key=abc", "kinds": ["job.failed", "job.cancelled"]}
SECRETS = WebhookSecrets(TOKENS.secrets)


def made(person: Person, **given: Any) -> dict[str, Any]:
    answer = person.post("/api/webhooks", json=ASK | given)
    assert answer.status_code == 201, answer.text
    webhook: dict[str, Any] = answer.json()
    return webhook


def row(database: Database, webhook_id: str) -> Webhook:
    with database.transaction() as db:
        return db.get_one(Webhook, UUID(webhook_id))


def sent(database: Database, webhook_id: str, **given: Any) -> str:
    """A delivery of the webhook's; its id."""
    with database.transaction() as db:
        return str(a_delivery(db, db.get_one(Webhook, UUID(webhook_id)), **given).id)


# --- making and changing ---------------------------------------------------------------------


def test_a_webhook_shows_its_secret_once_and_keeps_it_sealed(
    ada: Person, database: Database
) -> None:
    answer = ada.post("/api/webhooks", json=ASK | {"description": "course builder"})
    assert answer.status_code == 201
    webhook = answer.json()
    assert answer.headers["location"] == f"/api/webhooks/{webhook['id']}"
    secret = webhook.pop("secret")
    assert secret.startswith("whsec_")
    assert len(secret) == 49
    kept = row(database, webhook["id"])
    assert secret not in kept.secret
    assert SECRETS.open(kept.secret) == secret
    assert ada.get(f"/api/webhooks/{webhook['id']}").json() == webhook
    assert ada.get("/api/webhooks").json() == {"items": [webhook], "next_cursor": None, "total": 1}
    assert webhook.pop("created_at").endswith("Z")
    del webhook["id"]
    assert webhook == {
        "url": "https://hooks.example.com/lectern?key=abc",
        "kinds": ["job.cancelled", "job.failed"],
        "description": "course builder",
        "enabled": True,
        "disabled_at": None,
        "disabled_reason": None,
        "failing_since": None,
        "previous_secret_until": None,
    }


def test_every_webhook_has_a_secret_of_its_own(ada: Person) -> None:
    assert made(ada)["secret"] != made(ada)["secret"]


def test_what_is_left_out_stays_as_it_is(ada: Person) -> None:
    webhook = made(ada, description="old")
    del webhook["secret"]
    path = f"/api/webhooks/{webhook['id']}"
    assert ada.patch(path, json={}).json() == webhook
    change = {"url": "https://bücher.example.com:8443/hook", "kinds": ["batch.finished"]}
    changed = ada.patch(path, json=change).json()
    url = "https://xn--bcher-kva.example.com:8443/hook"
    assert changed == webhook | {"url": url, "kinds": ["batch.finished"]}
    assert ada.patch(path, json={"description": ""}).json() == changed | {"description": ""}


def test_a_disabled_webhook_gives_up_what_was_to_be_sent(ada: Person, database: Database) -> None:
    webhook = made(ada)
    path = f"/api/webhooks/{webhook['id']}"
    pending = ada.post(f"{path}/test").json()
    disabled = ada.patch(path, json={"enabled": False}).json()
    assert not disabled["enabled"]
    assert disabled["disabled_at"] is not None
    assert disabled["disabled_reason"] is None
    found = ada.get(f"{path}/deliveries/{pending['id']}").json()
    assert (found["status"], found["error_code"]) == ("failed", "webhook_disabled")
    assert found["next_at"] is None
    for refused in ("test", f"deliveries/{pending['id']}/redeliver"):
        answer = ada.post(f"{path}/{refused}")
        assert_problem(answer, 409, "webhook_disabled", "The webhook is disabled.")
    enabled = ada.patch(path, json={"enabled": True}).json()
    assert (enabled["enabled"], enabled["disabled_at"]) == (True, None)
    assert ada.post(f"{path}/deliveries/{pending['id']}/redeliver").status_code == 202


def test_a_webhook_can_be_made_disabled(ada: Person) -> None:
    webhook = made(ada, enabled=False)
    assert not webhook["enabled"]
    assert webhook["disabled_at"] is not None


def test_one_that_the_studio_gave_up_starts_afresh_when_it_is_enabled(
    ada: Person, database: Database
) -> None:
    webhook = made(ada)
    with database.transaction() as db:
        locked = webhooks.lock(db, UUID(webhook["id"]))
        assert locked is not None
        locked.failing_since = datetime.now(UTC) - timedelta(days=6)
        webhooks.disable(db, locked, "Nothing has got through for 5 days.")
    read = ada.get(f"/api/webhooks/{webhook['id']}").json()
    assert (read["enabled"], read["disabled_reason"]) == (
        False,
        "Nothing has got through for 5 days.",
    )
    again = ada.patch(f"/api/webhooks/{webhook['id']}", json={"enabled": True}).json()
    assert (again["disabled_reason"], again["failing_since"]) == (None, None)


def test_a_deleted_webhook_is_gone_with_its_deliveries(ada: Person, database: Database) -> None:
    webhook = made(ada)
    ada.post(f"/api/webhooks/{webhook['id']}/test")
    assert ada.delete(f"/api/webhooks/{webhook['id']}").status_code == 204
    for answer in (
        ada.get(f"/api/webhooks/{webhook['id']}"),
        ada.delete(f"/api/webhooks/{webhook['id']}"),
        ada.get(f"/api/webhooks/{webhook['id']}/deliveries"),
    ):
        assert_problem(answer, 404, "webhook_not_found", "You have no webhook with this id.")
    with database.transaction() as db:
        assert db.query(Delivery).count() == 0


def test_somebody_elses_webhook_is_not_there(ada: Person, bob: Person, database: Database) -> None:
    webhook = made(ada)
    delivery = sent(database, webhook["id"])
    path = f"/api/webhooks/{webhook['id']}"
    for answer in (
        bob.get(path),
        bob.patch(path, json={"enabled": False}),
        bob.delete(path),
        bob.post(f"{path}/rotate", json={}),
        bob.post(f"{path}/test"),
        bob.get(f"{path}/deliveries"),
        bob.get(f"{path}/deliveries/{delivery}"),
        bob.post(f"{path}/deliveries/{delivery}/redeliver"),
    ):
        assert_problem(answer, 404, "webhook_not_found")
    assert bob.get("/api/webhooks").json()["items"] == []
    mine = made(bob)
    stolen = bob.get(f"/api/webhooks/{mine['id']}/deliveries/{delivery}")
    assert_problem(stolen, 404, "delivery_not_found")


def test_the_number_of_webhooks_is_bounded(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve_webhooks, "MOST_WEBHOOKS", 2)
    first, _ = made(ada), made(ada)
    told = "You have 2 webhooks, and can have no more."
    assert_problem(ada.post("/api/webhooks", json=ASK), 409, "too_many_webhooks", told)
    ada.delete(f"/api/webhooks/{first['id']}")
    made(ada)


def test_webhooks_are_found_by_what_is_known_of_them(ada: Person) -> None:
    by_kind = made(ada, kinds=["batch.finished"])
    off = made(ada, enabled=False, url="https://other.example.com/")
    described = made(ada, description="50% of Course Builder")

    def found(**asked: Any) -> list[str]:
        return [each["id"] for each in ada.get("/api/webhooks", params=asked).json()["items"]]

    assert found() == [described["id"], off["id"], by_kind["id"]]
    assert found(kind="batch.finished") == [by_kind["id"]]
    assert found(enabled=False) == [off["id"]]
    assert found(enabled=True) == [described["id"], by_kind["id"]]
    assert found(q="other.EXAMPLE") == [off["id"]]
    assert found(q="50% of course") == [described["id"]]
    assert found(q="50_ of") == []
    page = ada.get("/api/webhooks", params={"limit": 2}).json()
    assert (len(page["items"]), page["total"]) == (2, 3)
    assert found(limit=2, cursor=page["next_cursor"]) == [by_kind["id"]]


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"kinds": []}, ("kinds", "too_short")),
        ({"kinds": ["job.exploded"]}, ("kinds.0", "literal_error")),
        ({"kinds": ["ping"]}, ("kinds.0", "literal_error")),
        ({"url": ""}, ("url", "string_too_short")),
        ({"url": "https://example.com/" + "x" * 2000}, ("url", "string_too_long")),
        ({"description": "x" * 501}, ("description", "string_too_long")),
        ({"description": "a\0b"}, ("description", "value_error")),
        ({"secret": "mine"}, ("secret", "extra_forbidden")),
    ],
)
def test_a_webhook_is_checked_field_by_field(
    ada: Person, change: dict[str, Any], wrong: tuple[str, str]
) -> None:
    answer = ada.post("/api/webhooks", json=ASK | change)
    assert fields(assert_problem(answer, 422, "request_invalid")) == {wrong}


UNSAFE = INSIDE | {name: url for name, url in MALFORMED.items() if 0 < len(url) < 2000}


def test_no_webhook_leads_into_the_house(ada: Person) -> None:
    webhook = made(ada)
    for name, url in UNSAFE.items():
        for answer in (
            ada.post("/api/webhooks", json=ASK | {"url": url}),
            ada.patch(f"/api/webhooks/{webhook['id']}", json={"url": url}),
        ):
            problem = assert_problem(answer, 422, "request_invalid")
            assert fields(problem) == {("url", "address_refused")}, name
    assert ada.get("/api/webhooks").json()["total"] == 1
    assert ada.get(f"/api/webhooks/{webhook['id']}").json()["url"] == ASK["url"]
    assert len(UNSAFE) >= 30


# --- secrets ---------------------------------------------------------------------------------


def test_a_new_secret_takes_over_while_the_old_one_still_signs(
    ada: Person, database: Database
) -> None:
    webhook = made(ada)
    changed = ada.post(f"/api/webhooks/{webhook['id']}/rotate", json={"overlap_hours": 2})
    assert changed.status_code == 200
    body = changed.json()
    assert body["secret"] != webhook["secret"]
    until = datetime.fromisoformat(body["previous_secret_until"])
    assert abs(until - datetime.now(UTC) - timedelta(hours=2)) < timedelta(minutes=5)
    kept = row(database, webhook["id"])
    assert SECRETS.open(kept.secret) == body["secret"]
    assert SECRETS.open(kept.previous_secret or "") == webhook["secret"]
    read = ada.get(f"/api/webhooks/{webhook['id']}").json()
    assert read == {name: value for name, value in body.items() if name != "secret"}


def test_a_secret_that_has_leaked_can_be_ended_at_once(ada: Person, database: Database) -> None:
    webhook = made(ada)
    body = ada.post(f"/api/webhooks/{webhook['id']}/rotate", json={"overlap_hours": 0}).json()
    assert body["previous_secret_until"] is None
    assert row(database, webhook["id"]).previous_secret is None


def test_a_secret_that_signs_no_more_is_not_spoken_of(ada: Person, database: Database) -> None:
    webhook = made(ada)
    ada.post(f"/api/webhooks/{webhook['id']}/rotate", json={"overlap_hours": 1})
    with database.transaction() as db:
        db.query(Webhook).update({"previous_until": datetime.now(UTC) - timedelta(seconds=1)})
    assert ada.get(f"/api/webhooks/{webhook['id']}").json()["previous_secret_until"] is None


@pytest.mark.parametrize("hours", [-1, 169, True])
def test_the_time_of_two_secrets_is_bounded(ada: Person, hours: int) -> None:
    answer = ada.post(f"/api/webhooks/{made(ada)['id']}/rotate", json={"overlap_hours": hours})
    ((where, _),) = fields(assert_problem(answer, 422, "request_invalid"))
    assert where == "overlap_hours"


def test_what_is_done_with_webhooks_is_in_the_audit_without_what_is_secret(
    ada: Person, database: Database
) -> None:
    webhook = made(ada)
    path = f"/api/webhooks/{webhook['id']}"
    ada.patch(path, json={"enabled": False, "description": "x"})
    rotated = ada.post(f"{path}/rotate", json={}).json()
    ada.delete(path)
    with database.transaction() as db:
        acts = audit.page(db, AuditFilter(action="webhook")).items[::-1]
    assert [each.action for each in acts] == [
        "webhook.created",
        "webhook.changed",
        "webhook.secret_changed",
        "webhook.deleted",
    ]
    assert {each.target for each in acts} == {f"webhook:{webhook['id']}"}
    assert {each.actor_id for each in acts} == {ada.user.id}
    assert acts[0].details == {
        "host": "hooks.example.com",
        "kinds": ["job.cancelled", "job.failed"],
    }
    told = json.dumps([each.details for each in acts])
    for secret in (webhook["secret"], rotated["secret"], "abc"):
        assert secret not in told


# --- deliveries ------------------------------------------------------------------------------


def test_a_ping_is_a_delivery_like_any_other(ada: Person) -> None:
    webhook = made(ada)
    answer = ada.post(f"/api/webhooks/{webhook['id']}/test")
    assert answer.status_code == 202
    ping = answer.json()
    whole = ada.get(f"/api/webhooks/{webhook['id']}/deliveries/{ping['id']}").json()
    told = json.loads(whole.pop("body"))
    assert whole == ping
    assert told["id"] == ping["event_id"]
    assert told["kind"] == ping["kind"] == "ping"
    assert told["webhook"] == {"id": webhook["id"], "kinds": webhook["kinds"]}
    assert datetime.fromisoformat(told["created_at"]).tzinfo is not None
    assert (ping["status"], ping["attempts"], ping["tries"]) == ("pending", 0, [])
    assert ping["next_at"] is not None


def test_a_job_that_ends_is_told_to_the_webhook_it_names(ada: Person, portrait: Asset) -> None:
    named, other = made(ada), made(ada)
    spec = a_spec(portrait.id, webhook_id=named["id"], external_id="lesson-7")
    job = ada.post("/api/jobs", json=spec).json()
    assert job["spec"]["webhook_id"] == named["id"]
    assert ada.post(f"/api/jobs/{job['id']}/cancel").status_code == 202
    (delivery,) = ada.get(f"/api/webhooks/{named['id']}/deliveries").json()["items"]
    assert (delivery["kind"], delivery["job_id"]) == ("job.cancelled", job["id"])
    path = f"/api/webhooks/{named['id']}/deliveries/{delivery['id']}"
    told = json.loads(ada.get(path).json()["body"])
    assert told["job"]["external_id"] == "lesson-7"
    assert ada.get(f"/api/webhooks/{other['id']}/deliveries").json()["items"] == []


def test_a_job_names_no_webhook_but_ones_own(ada: Person, bob: Person, portrait: Asset) -> None:
    for webhook_id in (made(bob)["id"], str(uuid4())):
        answer = ada.post("/api/jobs", json=a_spec(portrait.id, webhook_id=webhook_id))
        problem = assert_problem(answer, 422, "request_invalid")
        assert fields(problem) == {("webhook_id", "webhook_not_found")}


def test_deliveries_are_found_by_what_is_known_of_them(ada: Person, database: Database) -> None:
    webhook_id, job_id, batch_id = made(ada)["id"], uuid4(), uuid4()
    first = sent(database, webhook_id, job_id=job_id, event_id="one", kind="job.failed")
    second = sent(database, webhook_id, batch_id=batch_id, kind="batch.finished")
    failed = {"status": DeliveryStatus.FAILED, "error_code": "no", "error_detail": "No."}
    third = sent(database, webhook_id, **failed)

    def found(**asked: Any) -> list[str]:
        answer = ada.get(f"/api/webhooks/{webhook_id}/deliveries", params=asked)
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json()["items"]]

    assert found() == [third, second, first]
    assert found(status="failed") == [third]
    assert found(kind="batch.finished") == [second]
    assert found(event_id="one") == found(job_id=str(job_id)) == [first]
    assert found(batch_id=str(batch_id)) == [second]
    hour = timedelta(hours=1)
    assert found(created_after=(datetime.now(UTC) - hour).isoformat()) == [third, second, first]
    assert found(created_before=(datetime.now(UTC) - hour).isoformat()) == []
    page = ada.get(f"/api/webhooks/{webhook_id}/deliveries", params={"limit": 2}).json()
    assert found(limit=2, cursor=page["next_cursor"]) == [first]
    unknown = ada.get(f"/api/webhooks/{webhook_id}/deliveries", params={"state": "failed"})
    assert_problem(unknown, 422, "request_invalid")


def test_a_redelivery_is_the_same_event_in_a_delivery_of_its_own(
    ada: Person, database: Database
) -> None:
    webhook_id = made(ada)["id"]
    old = sent(database, webhook_id, event_id="one", body='{"id": "one"}')
    answer = ada.post(f"/api/webhooks/{webhook_id}/deliveries/{old}/redeliver")
    assert answer.status_code == 202
    again = answer.json()
    assert (again["event_id"], again["redelivery_of"]) == ("one", old)
    assert (again["status"], again["attempts"]) == ("pending", 0)
    assert again["id"] != old
    whole = ada.get(f"/api/webhooks/{webhook_id}/deliveries/{again['id']}").json()
    assert whole["body"] == '{"id": "one"}'
    early = ada.post(f"/api/webhooks/{webhook_id}/deliveries/{again['id']}/redeliver")
    assert_problem(early, 409, "delivery_under_way", "The delivery is still being tried.")


def test_a_delivery_that_is_not_there_cannot_be_sent_again(ada: Person) -> None:
    answer = ada.post(f"/api/webhooks/{made(ada)['id']}/deliveries/{uuid4()}/redeliver")
    assert_problem(answer, 404, "delivery_not_found")


def test_the_log_tells_what_each_try_came_to(ada: Person, database: Database) -> None:
    webhook = made(ada)
    ada.post(f"/api/webhooks/{webhook['id']}/test")

    async def send() -> None:
        outbound = Outbound(LOOPBACK, OutboundLimits(seconds=240))
        timing = SenderTiming(poll_seconds=0.1)
        once = Schedule(pauses_seconds=(3600.0,) * 7)
        sender = Sender(database, outbound, SECRETS, schedule=once, timing=timing)
        async with receiving(answers(503, b"not now")) as receiver:
            with database.transaction() as db:
                db.query(Webhook).update({"url": receiver.url})
            async with sending(sender):
                await until(lambda: delivery()["attempts"] == 1)
            (request,) = receiver.received
        assert is_signed(request.headers["lectern-signature"], request.body, webhook["secret"])

    def delivery() -> dict[str, Any]:
        with database.transaction() as db:
            return {"attempts": db.query(Delivery).one().attempts}

    asyncio.run(send())
    (told,) = ada.get(f"/api/webhooks/{webhook['id']}/deliveries").json()["items"]
    (tried,) = told["tries"]
    assert tried.pop("milliseconds") >= 0
    assert tried.pop("created_at").endswith("Z")
    assert tried == {
        "number": 1,
        "status": 503,
        "answer": "not now",
        "error_code": "receiver_refused",
        "error_detail": "The receiver answered 503.",
    }
    assert (told["status"], told["attempts"], told["error_code"]) == ("pending", 1, None)
    assert ada.get(f"/api/webhooks/{webhook['id']}").json()["failing_since"] is not None
