"""What webhooks are told is sent by whoever is there, until it got through."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from db import audit, deliveries, webhooks
from db.audit import AuditFilter
from db.deliveries import Tried
from db.models import Delivery, DeliveryStatus, User, Webhook
from db.session import Database
from pipeline.delivery_schedule import Schedule
from pipeline.outbound import Outbound, OutboundLimits
from pipeline.outbound_rules import OutboundRules
from serve.webhook_secrets import WebhookSecrets, new_secret
from tests.fakes.death import AwayDatabase
from tests.fakes.receiver import (
    answers,
    breaks_off,
    closes,
    drips,
    hangs,
    receiving,
)
from tests.fakes.senders import AT_ONCE, GENEROUS, SECRETS, Hooked, is_signed, sending
from tests.fakes.studio import until

pytestmark = pytest.mark.anyio
SHORT = OutboundLimits(seconds=1)


@pytest.fixture
def hooked(database: Database) -> Hooked:
    return Hooked(database)


# --- sending ---------------------------------------------------------------------------------


async def test_a_delivery_is_signed_named_and_sent_byte_for_byte(hooked: Hooked) -> None:
    async with receiving(answers(200, b"thank you")) as receiver, sending(hooked.sender()):
        webhook_id, secret = hooked.webhook(receiver.url)
        job_id = hooked.ended(title="Ärger")
        (delivery,) = await hooked.settled(webhook_id)
    (request,) = receiver.received
    assert request.body == delivery.body.encode()
    headers = request.headers
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"] == "Lectern-Webhooks/1"
    assert headers["lectern-event"] == "job.succeeded"
    assert headers["lectern-event-id"] == f"{job_id}.2"
    assert headers["lectern-delivery-id"] == str(delivery.id)
    assert is_signed(headers["lectern-signature"], request.body, secret)
    assert not is_signed(headers["lectern-signature"], request.body, new_secret())
    assert delivery.status is DeliveryStatus.SUCCEEDED
    (tried,) = delivery.tries
    assert (tried.number, tried.status, tried.answer) == (1, 200, "thank you")
    assert tried.error_code is None
    assert tried.milliseconds >= 0


async def test_two_secrets_sign_during_a_change_and_one_after_it(hooked: Hooked) -> None:
    async with receiving() as receiver, sending(hooked.sender()):
        webhook_id, old = hooked.webhook(receiver.url)
        new = new_secret()
        with hooked.database.transaction() as session:
            webhook = webhooks.lock(session, webhook_id)
            assert webhook is not None
            webhooks.rotate(webhook, SECRETS.seal(new), timedelta(hours=1))
        hooked.ended()
        await hooked.settled(webhook_id)
        hooked.shift(webhook_id, previous_until=timedelta(hours=2))
        hooked.ended()
        await hooked.settled(webhook_id, 2)
    during, after = receiver.received
    signed = [
        is_signed(each.headers["lectern-signature"], each.body, secret)
        for each in (during, after)
        for secret in (old, new)
    ]
    assert signed == [True, True, False, True]


@pytest.mark.parametrize(
    ("behaviour", "status", "code"),
    [
        (answers(500), 500, "receiver_refused"),
        (answers(404), 404, "receiver_refused"),
        (answers(302, b"", Location="http://127.0.0.1:1/"), 302, "redirect_refused"),
        (closes, None, "answer_broke_off"),
        (breaks_off, None, "answer_broke_off"),
        (hangs, None, "receiver_too_slow"),
        (drips, None, "receiver_too_slow"),
    ],
    ids=["500", "404", "redirect", "closes", "breaks off", "hangs", "drips"],
)
async def test_what_does_not_get_through_is_tried_again_until_it_does(
    hooked: Hooked, behaviour: object, status: int | None, code: str
) -> None:
    sender = hooked.sender(limits=SHORT if code == "receiver_too_slow" else GENEROUS)
    async with receiving(behaviour, behaviour, answers(200)) as receiver, sending(sender):  # type: ignore[arg-type]
        webhook_id, _ = hooked.webhook(receiver.url)
        hooked.ended()
        (delivery,) = await hooked.settled(webhook_id)
    assert delivery.status is DeliveryStatus.SUCCEEDED
    assert len({each.body for each in receiver.received}) == 1
    *failed, last = delivery.tries
    assert (last.status, last.error_code) == (200, None)
    assert {(each.status, each.error_code) for each in failed} == {(status, code)}
    assert hooked.read(webhook_id).failing_since is None


async def test_a_receiver_that_says_far_too_much_is_heard_to_its_beginning(hooked: Hooked) -> None:
    async with receiving(answers(200, b"x" * 5_000_000)) as receiver, sending(hooked.sender()):
        webhook_id, _ = hooked.webhook(receiver.url)
        hooked.ended()
        (delivery,) = await hooked.settled(webhook_id)
    assert delivery.status is DeliveryStatus.SUCCEEDED
    assert delivery.tries[0].answer == "x" * 512


async def test_an_answer_that_no_database_can_hold_is_written_down_all_the_same(
    hooked: Hooked,
) -> None:
    async with receiving(answers(200, b"\x00\xff ok")) as receiver, sending(hooked.sender()):
        webhook_id, _ = hooked.webhook(receiver.url)
        hooked.ended()
        (delivery,) = await hooked.settled(webhook_id)
    assert delivery.tries[0].answer == "\ufffd\ufffd ok"


async def test_a_delivery_is_given_up_after_eight_tries(hooked: Hooked) -> None:
    async with receiving(answers(503, b"not now")) as receiver, sending(hooked.sender()):
        webhook_id, _ = hooked.webhook(receiver.url)
        hooked.ended()
        (delivery,) = await hooked.settled(webhook_id)
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.FAILED, 8)
    assert [each.number for each in delivery.tries] == list(range(1, 9))
    assert (delivery.error_code, delivery.error_detail) == (
        "receiver_refused",
        "The receiver answered 503.",
    )
    assert len(receiver.received) == 8
    webhook = hooked.read(webhook_id)
    assert webhook.enabled
    assert webhook.failing_since is not None


async def test_retry_after_puts_the_next_try_off(hooked: Hooked) -> None:
    async with (
        receiving(answers(429, b"", Retry_After="7200")) as receiver,
        sending(hooked.sender()),
    ):
        webhook_id, _ = hooked.webhook(receiver.url)
        hooked.ended()
        delivery = await hooked.tried(webhook_id)
    waits = delivery.next_at - delivery.tries[0].created_at
    assert waits == timedelta(hours=2)
    assert len(receiver.received) == 1


async def test_410_ends_the_delivery_and_disables_the_webhook(hooked: Hooked) -> None:
    async with receiving(answers(410)) as receiver, sending(hooked.sender(at_once_each=1)):
        webhook_id, _ = hooked.webhook(receiver.url)
        for _ in range(3):
            hooked.ended()
        found = await hooked.settled(webhook_id, 3)
    assert len(receiver.received) == 1
    assert [each.error_code for each in found] == ["receiver_gone", *["webhook_disabled"] * 2]
    webhook = hooked.read(webhook_id)
    assert not webhook.enabled
    assert webhook.disabled_at is not None
    assert webhook.disabled_reason == "The receiver answered 410: it wants no more."
    with hooked.database.transaction() as session:
        (act,) = audit.page(session, AuditFilter(action="webhook")).items
    assert (act.action, act.target) == ("webhook.given_up", f"webhook:{webhook_id}")


async def test_a_webhook_that_fails_for_days_is_disabled_with_the_reason(hooked: Hooked) -> None:
    slow = Schedule(pauses_seconds=(3600.0,) * 7)
    async with receiving(answers(500)) as receiver, sending(hooked.sender(schedule=slow)):
        webhook_id, _ = hooked.webhook(receiver.url)
        hooked.ended()
        await hooked.tried(webhook_id)
        assert hooked.read(webhook_id).enabled
        hooked.shift(webhook_id, failing_since=timedelta(days=5), next_at=timedelta(days=1))
        (delivery,) = await hooked.settled(webhook_id)
    assert (delivery.attempts, delivery.error_code) == (2, "webhook_disabled")
    webhook = hooked.read(webhook_id)
    assert not webhook.enabled
    assert webhook.disabled_reason == (
        "Nothing has got through for 5 days; at last: The receiver answered 500."
    )


async def test_an_address_that_leads_inside_is_not_sent_to(hooked: Hooked) -> None:
    strict = Outbound(OutboundRules(http=True), GENEROUS)
    async with receiving() as receiver, sending(hooked.sender(outbound=strict)):
        webhook_id, _ = hooked.webhook(receiver.url)
        hooked.ended()
        (delivery,) = await hooked.settled(webhook_id)
    assert receiver.received == []
    assert (delivery.status, delivery.error_code) == (DeliveryStatus.FAILED, "address_refused")
    assert delivery.error_detail is not None
    assert "127.0.0.1 is not a public address" in delivery.error_detail


async def test_a_webhook_that_hangs_does_not_hold_up_the_others(hooked: Hooked) -> None:
    sender = hooked.sender(at_once=4, at_once_each=2, limits=OutboundLimits(seconds=3600))
    async with receiving(hangs) as hanging, receiving() as quick, sending(sender):
        stuck, _ = hooked.webhook(hanging.url)
        for _ in range(20):
            hooked.ended()
        await until(lambda: len(hanging.received) == 2)
        fine, _ = hooked.webhook(quick.url)
        for _ in range(20):
            hooked.ended()
        await hooked.settled(fine, 20)
        assert len(hanging.received) == 2
    assert len({each.headers["lectern-event-id"] for each in quick.received}) == 20
    assert {each.status for each in hooked.deliveries(stuck)} == {DeliveryStatus.PENDING}


async def test_several_senders_send_everything_once(hooked: Hooked) -> None:
    async with receiving() as receiver:
        webhook_id, _ = hooked.webhook(receiver.url)
        for _ in range(30):
            hooked.ended()
        async with sending(*(hooked.sender() for _ in range(3))):
            await hooked.settled(webhook_id, 30)
    ids = [each.headers["lectern-delivery-id"] for each in receiver.received]
    assert (len(ids), len(set(ids))) == (30, 30)


async def test_a_sender_that_is_drained_ends_what_it_has_begun(hooked: Hooked) -> None:
    released = asyncio.Event()

    async def waits(writer: asyncio.StreamWriter) -> None:
        await released.wait()
        await answers(200)(writer)

    async with receiving(waits) as receiver:
        webhook_id, _ = hooked.webhook(receiver.url)
        hooked.ended()
        sender = hooked.sender()
        running = asyncio.create_task(sender.run())
        await until(lambda: receiver.received)
        draining = asyncio.create_task(sender.drain())
        await asyncio.sleep(0)
        hooked.ended()
        released.set()
        await draining
        await running
        first, second = hooked.deliveries(webhook_id)
    assert (first.status, second.status) == (DeliveryStatus.SUCCEEDED, DeliveryStatus.PENDING)


async def test_an_outage_of_the_database_is_waited_out(hooked: Hooked) -> None:
    away = AwayDatabase(hooked.database)

    async def while_away(writer: asyncio.StreamWriter) -> None:
        away.away.set()
        await answers(200)(writer)

    async with receiving(while_away) as receiver, sending(hooked.sender(database=away)):
        webhook_id, _ = hooked.webhook(receiver.url)
        hooked.ended()
        await until(lambda: away.refused > 0)
        away.away.clear()
        (delivery,) = await hooked.settled(webhook_id)
    assert (delivery.status, len(receiver.received)) == (DeliveryStatus.SUCCEEDED, 1)


# --- leases ----------------------------------------------------------------------------------


def test_who_comes_back_too_late_writes_nothing(hooked: Hooked) -> None:
    webhook_id, _ = hooked.webhook("https://hooks.example.com")
    hooked.ended()
    with hooked.database.transaction() as session:
        late = deliveries.claim(session, seconds=-1, at_once=4)
    with hooked.database.transaction() as session:
        now = deliveries.claim(session, seconds=600, at_once=4)
    assert late is not None
    assert now is not None
    assert (late.id, late.lease, now.lease) == (now.id, 1, 2)
    with hooked.database.transaction() as session:
        assert deliveries.settle(session, late, Tried(1, 500, "", "no", "No."), None) is None
    with hooked.database.transaction() as session:
        assert deliveries.settle(session, now, Tried(1, 200), None) is not None
    (delivery,) = hooked.deliveries(webhook_id)
    assert (delivery.status, len(delivery.tries)) == (DeliveryStatus.SUCCEEDED, 1)


def test_what_is_leased_is_nobody_elses(hooked: Hooked) -> None:
    hooked.webhook("https://hooks.example.com")
    hooked.ended()
    with hooked.database.transaction() as session:
        assert deliveries.claim(session, seconds=600, at_once=4) is not None
    with hooked.database.transaction() as session:
        assert deliveries.claim(session, seconds=600, at_once=4) is None


def test_nothing_is_sent_for_a_user_who_is_disabled(hooked: Hooked) -> None:
    hooked.webhook("https://hooks.example.com")
    hooked.ended()

    def claimed(disabled_at: datetime | None) -> bool:
        with hooked.database.transaction() as session:
            session.get_one(User, hooked.owner_id).disabled_at = disabled_at
            session.flush()
            return deliveries.claim(session, seconds=600, at_once=4) is not None

    assert not claimed(datetime.now(UTC))
    assert claimed(None)


def test_a_webhook_that_is_disabled_takes_its_deliveries_from_whoever_sends_them(
    hooked: Hooked,
) -> None:
    webhook_id, _ = hooked.webhook("https://hooks.example.com")
    hooked.ended()
    with hooked.database.transaction() as session:
        due = deliveries.claim(session, seconds=600, at_once=4)
        webhook = webhooks.lock(session, webhook_id)
        assert webhook is not None
        webhooks.disable(session, webhook)
    assert due is not None
    with hooked.database.transaction() as session:
        assert deliveries.settle(session, due, Tried(1, 200), None) is None
    (delivery,) = hooked.deliveries(webhook_id)
    assert (delivery.status, delivery.error_code) == (DeliveryStatus.FAILED, webhooks.STOPPED)


# --- what is kept ----------------------------------------------------------------------------


async def test_secrets_are_sealed_anew_when_the_studio_has_a_new_one(hooked: Hooked) -> None:
    webhook_id, secret = hooked.webhook("https://hooks.example.com")
    before = hooked.read(webhook_id).secret
    newest = "another secret of the studio, 32 bytes and more"
    both = WebhookSecrets((newest, *SECRETS.studio_secrets))
    async with sending(hooked.sender(secrets=both)):
        await until(lambda: hooked.read(webhook_id).secret != before)
    assert WebhookSecrets((newest,)).open(hooked.read(webhook_id).secret) == secret


async def test_a_secret_that_cannot_be_opened_is_an_error_with_a_name(hooked: Hooked) -> None:
    async with receiving() as receiver, sending(hooked.sender()):
        webhook_id, _ = hooked.webhook(receiver.url, secret="not sealed")
        hooked.ended()
        (delivery,) = await hooked.settled(webhook_id)
    assert (delivery.status, delivery.error_code) == (DeliveryStatus.FAILED, "secret_unreadable")
    assert receiver.received == []


async def test_deliveries_are_forgotten_after_a_month(hooked: Hooked) -> None:
    webhook_id, _ = hooked.webhook("https://hooks.example.com")
    for status in (DeliveryStatus.SUCCEEDED, DeliveryStatus.PENDING):
        hooked.ended()
        with hooked.database.transaction() as session:
            newest = session.scalars(select(Delivery).order_by(Delivery.id.desc())).first()
            assert newest is not None
            newest.status, newest.next_at = status, datetime.now(UTC) + timedelta(days=1)
            newest.finished_at = None if status is DeliveryStatus.PENDING else datetime.now(UTC)
    hooked.shift(webhook_id, created_at=timedelta(days=31))
    hooked.ended()
    assert len(hooked.deliveries(webhook_id)) == 3
    with hooked.database.transaction() as session:
        assert deliveries.forget(session, AT_ONCE.kept) == 1
    left = hooked.deliveries(webhook_id)
    assert [each.status for each in left] == [DeliveryStatus.PENDING] * 2


def test_a_users_webhooks_go_with_the_user(hooked: Hooked) -> None:
    webhook_id, _ = hooked.webhook("https://hooks.example.com")
    hooked.ended()
    with hooked.database.transaction() as session:
        session.delete(session.get_one(User, hooked.owner_id))
    with hooked.database.transaction() as session:
        assert session.get(Webhook, webhook_id) is None
