"""Drafts: lessons that are being thought up, kept for whoever does."""

import re
from typing import Annotated

from fastapi import APIRouter, Header, Response, status

from db import drafts
from db.models import Draft
from serve.deps import LessonReader, LessonWriter, OwnDraft, Paging, Transaction
from serve.errors import DraftChanged, FieldError, RequestInvalid, TooManyDrafts, VersionNeeded
from serve.idempotency import CREATES
from serve.limits import StrictRoute
from serve.schemas import DraftAsk, DraftPage, DraftRead

MOST_DRAFTS = 100
ENTITY_TAG = re.compile(r'"(\d{1,9})"')
IfMatch = Annotated[
    str | None,
    Header(max_length=20, description='The ETag of what was read: `"3"`; `*` for any.'),
]

router = APIRouter(prefix="/api/drafts", tags=["drafts"], route_class=StrictRoute)


@router.get("")
def list_drafts(user: LessonReader, db: Transaction, paging: Paging) -> DraftPage:
    """Own drafts, newest first, without what they hold."""
    page = drafts.page(db, user.id, cursor=paging.cursor, limit=paging.limit)
    return DraftPage.model_validate(page)


@router.post("", status_code=status.HTTP_201_CREATED, dependencies=[CREATES])
def create_draft(
    ask: DraftAsk, user: LessonWriter, db: Transaction, response: Response
) -> DraftRead:
    """Keeps a draft: any JSON object of up to 256 KiB. There may be a hundred."""
    draft = drafts.add(db, user.id, ask.title, ask.content, most=MOST_DRAFTS)
    if draft is None:
        raise TooManyDrafts(MOST_DRAFTS)
    response.headers["Location"] = f"/api/drafts/{draft.id}"
    return _read(draft, response)


@router.get("/{draft_id}")
def read_draft(draft: OwnDraft, response: Response) -> DraftRead:
    """A draft; its ETag is its version."""
    return _read(draft, response)


@router.put("/{draft_id}")
def update_draft(
    ask: DraftAsk,
    user: LessonWriter,  # noqa: ARG001
    draft: OwnDraft,
    db: Transaction,
    response: Response,
    if_match: IfMatch = None,
) -> DraftRead:
    """Replaces a draft, if it is still as it was read: `If-Match` says at which version."""
    version = _version(if_match)
    if if_match is None:
        raise VersionNeeded
    asked = draft.version if version is None else version
    changed = drafts.change(db, draft, asked, ask.title, ask.content)
    if changed is None:
        raise DraftChanged(draft.version)
    return _read(changed, response)


@router.delete("/{draft_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_draft(
    user: LessonWriter,  # noqa: ARG001
    draft: OwnDraft,
    db: Transaction,
    if_match: IfMatch = None,
) -> None:
    """Deletes a draft; with `If-Match`, only at that version."""
    if not drafts.remove(db, draft, _version(if_match)):
        raise DraftChanged(draft.version)


def _read(draft: Draft, response: Response) -> DraftRead:
    response.headers["ETag"] = f'"{draft.version}"'
    return DraftRead.model_validate(draft)


def _version(if_match: str | None) -> int | None:
    """None for any. Raises RequestInvalid for what is no tag of ours."""
    if if_match is None or if_match.strip() == "*":
        return None
    tag = ENTITY_TAG.fullmatch(if_match.strip())
    if tag is None:
        told = "This is no ETag of a draft."
        raise RequestInvalid(FieldError("if-match", "tag_invalid", told))
    return int(tag[1])
