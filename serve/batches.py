"""Batches taken in: every item checked as a job is, and told apart from those that are wrong."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from anyio.to_thread import run_sync
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile

from db import batches
from db.models import Batch, User
from pipeline.errors import EngineUnavailable
from pipeline.lesson import LessonSpec
from serve import lessons
from serve.batch_rows import Row, rows_of
from serve.bodies import FORM_BYTES, read_json
from serve.deps import Studio
from serve.errors import BatchRefused, BodyMalformed, FieldError
from serve.lessons import EngineAsk
from serve.problems import field_errors, tellable
from serve.schemas import BatchAsk, BatchForm, FieldProblem, RefusedItem

CARDS_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a batch; ``spec`` is None where it cannot even be read."""

    row: int
    external_id: str | None
    spec: LessonSpec | None
    errors: tuple[FieldError, ...] = ()

    def wrong(self, errors: Iterable[FieldError]) -> "Item":
        return replace(self, errors=(*self.errors, *errors))


@dataclass(frozen=True, slots=True)
class CheckedBatch:
    """A batch whose engines have been asked; its assets are looked at when it is taken in."""

    title: str
    atomic: bool
    items: Sequence[Item] = field(default_factory=tuple)
    proved_voices: bool = False


async def read_ask(request: Request) -> BatchAsk:
    """The body, as JSON or as a form with a file. Raises RequestValidationError, BodyMalformed."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await _read_form(request)
    return _validated(await request.json())


async def check(studio: Studio, ask: BatchAsk) -> CheckedBatch:
    """All that can be said without the database. Raises RequestInvalid."""
    items = await run_sync(_read_items, ask)
    asked = {each for item in items if item.spec for each in lessons.asked_engines(item.spec)}
    lacking = await _lacking(studio, asked)
    checked = [_with_engines(item, lacking) for item in items]
    return CheckedBatch(ask.title, ask.atomic, checked, studio.proved_voices)


def take_in(db: Session, owner: User, checked: CheckedBatch) -> Batch:
    """The batch with a job for each good item. Raises BatchRefused where that would be none, or not
    all that an atomic one asks for."""
    items = _with_assets(db, owner, checked.items, checked.proved_voices)
    bad = [item for item in items if item.errors]
    if bad and (checked.atomic or len(bad) == len(items)):
        raise BatchRefused(len(bad), len(items), *_all_errors(bad))
    good = [
        batches.NewItem(item.row, item.spec.model_dump(mode="json"))
        for item in items
        if item.spec is not None and not item.errors
    ]
    refused = [_refused(item).model_dump(mode="json") for item in bad]
    return batches.create(db, owner.id, title=checked.title, items=good, refused=refused)


def _validated(body: Any) -> BatchAsk:
    try:
        return BatchAsk.model_validate(body)
    except ValidationError as error:
        raise _as_the_framework_does(error) from error


async def _read_form(request: Request) -> BatchAsk:
    async with request.form(max_files=1, max_fields=10, max_part_size=FORM_BYTES) as form:
        fields: dict[str, Any] = dict(form)
        file = fields.get("csv")
        if isinstance(file, UploadFile):
            fields["csv"] = _decoded(await file.read())
    try:
        read = BatchForm.model_validate(fields)
    except ValidationError as error:
        raise _as_the_framework_does(error) from error
    return _validated(read.model_dump() | {"template": read_json(read.template)})


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BodyMalformed("the CSV is not in UTF-8") from error


def _as_the_framework_does(error: ValidationError) -> RequestValidationError:
    return RequestValidationError(_at_body(error))


def _at_body(error: ValidationError) -> list[Any]:
    return [each | {"loc": ("body", *each["loc"])} for each in error.errors()]


def _read_items(ask: BatchAsk) -> list[Item]:
    seen: set[str] = set()
    return [_told_apart(_read_item(row), seen) for row in rows_of(ask)]


def _read_item(row: Row) -> Item:
    told = row.spec.get("external_id")
    external_id = tellable(told) if isinstance(told, str) else None
    if row.error is not None:
        return Item(row.number, external_id, None, (row.error,))
    try:
        spec = LessonSpec.model_validate({"priority": "batch", **row.spec})
    except ValidationError as error:
        return Item(row.number, external_id, None, tuple(field_errors(_at_body(error))))
    item = Item(row.number, spec.external_id, spec)
    return item.wrong(
        [*_wrong_lane(spec), *lessons.wrong_words(spec), *lessons.wrong_exports(spec)]
    )


def _wrong_lane(spec: LessonSpec) -> Iterable[FieldError]:
    if spec.priority != "batch":
        told = "The jobs of a batch wait in the batch lane; send what is urgent as a job."
        yield FieldError("priority", "priority_refused", told)


def _told_apart(item: Item, seen: set[str]) -> Item:
    """The first of several items with one external id is good; what is none does not count."""
    if item.external_id is None or item.spec is None:
        return item
    if item.external_id in seen:
        told = "Another item of this batch has this external id."
        return item.wrong([FieldError("external_id", "external_id_taken", told)])
    seen.add(item.external_id)
    return item


async def _lacking(studio: Studio, asked: set[EngineAsk]) -> dict[EngineAsk, FieldError]:
    """Which of these engines cannot run: each is asked once, however many items want it."""
    slots = asyncio.Semaphore(CARDS_AT_ONCE)

    async def look(ask: EngineAsk) -> FieldError | None:
        async with slots:
            try:
                await lessons.check_engine(studio, ask)
            except EngineUnavailable as error:
                return FieldError(ask.field, error.code, str(error))
            return None

    asks = list(asked)
    found = await asyncio.gather(*map(look, asks))
    return {ask: error for ask, error in zip(asks, found, strict=True) if error is not None}


def _with_engines(item: Item, lacking: dict[EngineAsk, FieldError]) -> Item:
    if item.spec is None or not lacking:
        return item
    return item.wrong(lacking[ask] for ask in lessons.asked_engines(item.spec) if ask in lacking)


def _with_assets(
    db: Session, owner: User, items: Sequence[Item], proved_voices: bool
) -> list[Item]:
    specs = [item.spec for item in items if item.spec is not None]
    wrong = iter(lessons.wrong_names(db, owner, specs, proved_voices))
    return [item if item.spec is None else item.wrong(next(wrong)) for item in items]


def _all_errors(bad: Iterable[Item]) -> Iterable[FieldError]:
    for item in bad:
        for error in item.errors:
            place = f"items.{item.row - 1}.{error.field}"
            yield FieldError(place, error.code, error.message)


def _refused(item: Item) -> RefusedItem:
    errors = [FieldProblem.model_validate(error) for error in item.errors]
    return RefusedItem(row=item.row, external_id=item.external_id, errors=errors)
