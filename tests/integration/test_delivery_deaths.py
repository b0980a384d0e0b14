"""A sender may die at any instruction: what webhooks are to be told is told all the same."""

import asyncio
import subprocess
import sys
from datetime import timedelta
from uuid import UUID

import pytest

from db.models import DeliveryStatus
from db.session import Database
from tests.fakes.death import Death, DyingDatabase
from tests.fakes.receiver import Receiver, answers, hangs, receiving
from tests.fakes.senders import Hooked, is_signed, sending
from tests.fakes.studio import until

pytestmark = pytest.mark.anyio
AN_HOUR = timedelta(hours=1)


def events_of(receiver: Receiver) -> list[str]:
    return [each.headers["lectern-event-id"] for each in receiver.received]


async def test_a_sender_may_die_after_any_of_its_effects(database: Database) -> None:
    """Every commit is, once, the last thing that a sender does; also a post before its commit."""
    place, died = 0, True
    while died:
        place += 1
        hooked = Hooked(database)
        async with receiving(answers(500), answers(200)) as receiver:
            webhook_id, secret = hooked.webhook(receiver.url)
            job_ids = [hooked.ended(), hooked.ended()]
            death = Death(at=place)
            await send_until_death(hooked, webhook_id, death)
            died = death.happened.is_set()
            hooked.shift(webhook_id, leased_until=AN_HOUR)
            async with sending(hooked.sender()):
                found = await hooked.settled(webhook_id, 2)
        assert {each.status for each in found} == {DeliveryStatus.SUCCEEDED}, place
        assert set(events_of(receiver)) == {f"{job_id}.2" for job_id in job_ids}, place
        # two events, one of them refused once; and at most what the dead had posted in vain
        assert len(receiver.received) <= 5, place
        for each in receiver.received:
            assert is_signed(each.headers["lectern-signature"], each.body, secret)
    assert place > 4


async def send_until_death(hooked: Hooked, webhook_id: UUID, death: Death) -> None:
    """One sender whose every commit is counted, until it dies or all is done."""

    def over() -> bool:
        found = hooked.deliveries(webhook_id)
        ended = all(each.status is not DeliveryStatus.PENDING for each in found)
        return death.happened.is_set() or ended

    doomed = hooked.sender(database=DyingDatabase(hooked.database, death))
    task = asyncio.create_task(doomed.run())
    await until(over)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await until(lambda: not death.under_way)


async def test_what_a_sender_was_posting_when_it_was_killed_with_nine_is_posted_again(
    database: Database, database_url: str
) -> None:
    hooked = Hooked(database)
    async with receiving(hangs, hangs, hangs, answers(200)) as receiver:
        webhook_id, _ = hooked.webhook(receiver.url)
        job_ids = [hooked.ended() for _ in range(3)]
        doomed = subprocess.Popen([sys.executable, "-m", "tests.fakes.sender_worker", database_url])
        try:
            await until(lambda: len(receiver.received) == 3)
        finally:
            doomed.kill()
            await asyncio.to_thread(doomed.wait)
        assert {each.attempts for each in hooked.deliveries(webhook_id)} == {0}
        hooked.shift(webhook_id, leased_until=AN_HOUR)
        async with sending(hooked.sender()):
            found = await hooked.settled(webhook_id, 3)
    assert {each.status for each in found} == {DeliveryStatus.SUCCEEDED}
    assert sorted(events_of(receiver)) == sorted(2 * [f"{job_id}.2" for job_id in job_ids])
    deliveries = {each.headers["lectern-delivery-id"] for each in receiver.received}
    assert deliveries == {str(each.id) for each in found}
