"""A request whose client has gone: Ray Serve cancels it as asyncio does, at once."""

import asyncio
import threading
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from db import drafts
from db.models import Draft
from tests.api.conftest import Person

LIMIT_SECONDS = 240
A_WHILE_SECONDS = 0.2


class Held:
    """``drafts.change`` in the middle of its transaction, until it is ``let_on``."""

    def __init__(self) -> None:
        self.begun, self.let_on, self.still_in_it = threading.Event(), threading.Event(), False
        self._change = drafts.change

    def __call__(self, db: Session, *asked: Any) -> Draft | None:
        transaction = db.get_transaction()
        self.begun.set()
        assert self.let_on.wait(LIMIT_SECONDS)
        self.still_in_it = transaction is db.get_transaction()
        return self._change(db, *asked)


async def test_a_cancelled_request_keeps_its_transaction_until_its_thread_is_out_of_it(
    ada: Person, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = ada.post("/api/drafts", json={"title": "Before", "content": {}})
    address, change = draft.headers["Location"], {"title": "Of who has gone", "content": {}}
    headers = ada.headers | {"If-Match": draft.headers["ETag"]}
    held = Held()
    monkeypatch.setattr(drafts, "change", held)

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://studio") as browser:
        asked = asyncio.create_task(browser.put(address, json=change, headers=headers))
        assert await asyncio.to_thread(held.begun.wait, LIMIT_SECONDS)
        asked.cancel()
        ended, _ = await asyncio.wait({asked}, timeout=A_WHILE_SECONDS)
        held.let_on.set()
        with pytest.raises(asyncio.CancelledError):
            await asked

    assert not ended
    assert held.still_in_it
    assert ada.get(address).json()["title"] == "Before"
