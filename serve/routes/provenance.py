"""Where a file comes from, as far as it says."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Request, UploadFile
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy.orm import Session

from db import marks
from db.models import User
from pipeline.provenance.inspection import FoundMark, Inspection
from pipeline.provenance.origin import SYNTHETIC
from serve.bodies import FORM_BYTES
from serve.deps import Bounds, LessonReader, Studio, StudioParts, Transaction
from serve.limits import StrictRoute
from serve.provenance import inspected
from serve.rates import COSTLY
from serve.schemas import CredentialsRead, FileToCheck, ProvenanceRead, WatermarkRead

FORM = {
    "required": True,
    "content": {"multipart/form-data": {"schema": {"$ref": "#/components/schemas/FileToCheck"}}},
}

router = APIRouter(prefix="/api/provenance", tags=["lessons"], route_class=StrictRoute)


async def sent_file(request: Request, user: LessonReader) -> AsyncIterator[UploadFile]:  # noqa: ARG001
    """The form, read by ourselves: the framework would read it before it knows who sends it."""
    async with request.form(max_files=1, max_fields=1, max_part_size=FORM_BYTES) as form:
        try:
            read = FileToCheck.model_validate(dict(form))
        except ValidationError as error:
            found = [each | {"loc": ("body", *each["loc"])} for each in error.errors()]
            raise RequestValidationError(found) from error
        yield read.file


async def inspection(
    user: LessonReader,  # noqa: ARG001
    file: Annotated[UploadFile, Depends(sent_file)],
    studio: StudioParts,
    bounds: Bounds,
) -> Inspection:
    """Outside of the transaction, which must not wait for a check to end."""
    return await inspected(studio, bounds, file.file)


@router.post("/check", openapi_extra={"requestBody": FORM}, dependencies=[COSTLY])
def check_provenance(
    found: Annotated[Inspection, Depends(inspection)],
    user: LessonReader,
    db: Transaction,
    studio: StudioParts,
) -> ProvenanceRead:
    """What a file of up to 25 MB says of its origin: content credentials, watermark, metadata."""
    credentials = CredentialsRead.model_validate(asdict(found.credentials))
    said = credentials.state in ("trusted", "untrusted") and credentials.source_type in SYNTHETIC
    return ProvenanceRead(
        synthetic=said or bool(found.watermarks),
        credentials=credentials,
        watermarks=[_watermark(db, user, studio, each) for each in found.watermarks],
        listened_seconds=round(found.listened_seconds, 2),
        metadata=found.metadata,
    )


def _watermark(db: Session, user: User, studio: Studio, mark: FoundMark) -> WatermarkRead:
    ours = mark.studio is not None and mark.studio == studio.studio_id
    lessons = marks.lessons_with(db, user.id, mark.speech) if ours and mark.speech else []
    return WatermarkRead(**asdict(mark), ours=ours, lessons=lessons)
