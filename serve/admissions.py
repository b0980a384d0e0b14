"""Whether those who follow a stream still may: it ends soon after the sign-in or key it came by.

Also where the role of its reader is another by then: they may come again, and are judged anew.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Collection, Iterable, Iterator, Mapping
from contextlib import aclosing, contextmanager, suppress
from uuid import UUID

import structlog
from anyio.to_thread import run_sync
from fastapi.sse import ServerSentEvent
from sqlalchemy.exc import SQLAlchemyError

from db import keys, users
from db.models import Role
from db.session import Database
from serve.access import Caller
from serve.errors import AccountDisabled, KeyEnded, RoleChanged, SessionEnded, TokenRefused
from serve.schemas import StreamProblem

CHECK_SECONDS = 30.0
"""How late it is noticed that a session or a key has run out, which no notice tells."""
RETRY_SECONDS = 1.0

log = structlog.get_logger("lectern.admissions")


class Admission:
    """Leave to follow one stream. ``ended`` says why it was taken back."""

    def __init__(self, who: Caller) -> None:
        self.user_id = who.user.id
        self.session_id = who.session.id if who.session else None
        self.key_id = who.key.id if who.key else None
        self.role = who.user.role
        self.ended: TokenRefused | None = None
        self._wait: asyncio.Timeout | None = None

    @property
    def ids(self) -> set[UUID]:
        """Of all it rests on: when one of them has ended, so has it."""
        return {each for each in (self.user_id, self.session_id, self.key_id) if each is not None}

    async def next_of(self, told: AsyncGenerator[ServerSentEvent, None]) -> ServerSentEvent | None:
        """None at the end, and as soon as the admission has ended."""
        if self.ended is not None:
            return None
        try:
            async with asyncio.timeout(None) as self._wait:
                return await anext(told, None)
        except TimeoutError:
            if self.ended is None:
                raise
            return None
        finally:
            self._wait = None

    def end(self, why: TokenRefused) -> None:
        if self.ended is None:
            self.ended = why
            if self._wait is not None:
                self._wait.reschedule(asyncio.get_running_loop().time())


class Admissions:
    """Those of all who follow streams of this process.

    Notices only say whom to doubt; the tables say whether rightly. However many are doubted, they
    share one look: a stream costs nothing while nothing ends.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held: defaultdict[UUID, set[Admission]] = defaultdict(set)
        self._doubted: set[Admission] = set()
        self._doubts = asyncio.Event()

    async def while_admitted(
        self, who: Caller, told: AsyncGenerator[ServerSentEvent, None]
    ) -> AsyncGenerator[ServerSentEvent, None]:
        """What is told; once they may hear no more of it, a ``problem`` that says why, and the end.

        The reader has been let in already; what has ended since then is noticed here.
        """
        with self._admitted(who) as admission:
            async with aclosing(told):
                while (event := await admission.next_of(told)) is not None:
                    yield event
            if admission.ended is not None:
                yield ServerSentEvent(event="problem", data=_problem(admission.ended))

    def doubt(self, ids: Iterable[UUID]) -> None:
        """Has those checked who rest on these sessions, keys or users."""
        for each in ids:
            self._doubted |= self._held.get(each, set())
        if self._doubted:
            self._doubts.set()

    def doubt_all(self) -> None:
        self.doubt(list(self._held))

    async def check_forever(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + CHECK_SECONDS
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(due):
                    await self._doubts.wait()
            if loop.time() >= due:
                self.doubt_all()
                due = loop.time() + CHECK_SECONDS
            self._doubts.clear()
            await self._check()

    async def _check(self) -> None:
        doubted, self._doubted = self._doubted, set()
        if not doubted:
            return
        try:
            ends = await run_sync(_ends, self._database, doubted)
        except SQLAlchemyError as error:
            log.warning("not checked", reason=str(error))
            await asyncio.sleep(RETRY_SECONDS)
            self._doubted |= doubted
            self._doubts.set()
            return
        for admission, why in ends.items():
            admission.end(why)

    @contextmanager
    def _admitted(self, who: Caller) -> Iterator[Admission]:
        admission = Admission(who)
        for each in admission.ids:
            self._held[each].add(admission)
        # what has ended while they were being let in was told to nobody
        self._doubted.add(admission)
        self._doubts.set()
        try:
            yield admission
        finally:
            self._doubted.discard(admission)
            for each in admission.ids:
                self._held[each].discard(admission)
                if not self._held[each]:
                    del self._held[each]


def _ends(database: Database, doubted: Collection[Admission]) -> Mapping[Admission, TokenRefused]:
    """Those that have ended, and why."""
    sessions = {each.session_id for each in doubted if each.session_id is not None}
    held_keys = {each.key_id for each in doubted if each.key_id is not None}
    with database.transaction() as db:
        standing = users.standing(db, sessions) | keys.standing(db, held_keys)
    found = ((each, _end(each, standing)) for each in doubted)
    return {admission: why for admission, why in found if why is not None}


def _end(admission: Admission, standing: Mapping[UUID, Role | None]) -> TokenRefused | None:
    roles = [standing[each] for each in admission.ids if each in standing]
    if not roles:
        return KeyEnded() if admission.key_id is not None else SessionEnded()
    if None in roles:
        return AccountDisabled()
    return None if admission.role in roles else RoleChanged()


def _problem(why: TokenRefused) -> StreamProblem:
    return StreamProblem(code=why.code, detail=str(why), advice=why.advice)
