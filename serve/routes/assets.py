"""What users upload: portraits, voices, slides, scripts."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response, status
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from db import assets, consents
from db.assets import AssetOrder
from db.models import Asset, AssetKind, AssetStatus, Consent, ConsentState
from serve import consent_ends, direct_uploads, spoken_consents, uploads
from serve.asset_deletion import delete_asset as delete_with_all
from serve.asset_reads import asset_page, asset_read, place_of
from serve.bodies import FORM_BYTES
from serve.deps import (
    AssetReader,
    AssetWriter,
    Audit,
    Bounds,
    LockedAsset,
    OwnAsset,
    StudioParts,
    Transaction,
)
from serve.errors import AssetNotReady, ConsentNotNeeded
from serve.idempotency import CREATES
from serve.limits import StrictRoute
from serve.quotas import Quota
from serve.schemas import (
    Address,
    AssetChange,
    AssetDeleted,
    AssetPage,
    AssetRead,
    AssetUpload,
    ConsentAsk,
    ConsentEnded,
    ConsentRead,
    MadeDeleted,
    Moment,
    PhraseAsk,
    PhraseRead,
    Search,
    SpokenConsent,
    UploadAddress,
    UploadAsk,
    UploadOffer,
)
from serve.spoken_consents import Heard

DOWNLOAD_SECONDS = 15 * 60
FORM = {
    "required": True,
    "content": {"multipart/form-data": {"schema": {"$ref": "#/components/schemas/AssetUpload"}}},
}

SPOKEN_FORM = {
    "required": True,
    "content": {"multipart/form-data": {"schema": {"$ref": "#/components/schemas/SpokenConsent"}}},
}

router = APIRouter(prefix="/api/assets", tags=["assets"], route_class=StrictRoute)


async def upload_form(request: Request, user: AssetWriter) -> AsyncIterator[AssetUpload]:  # noqa: ARG001
    """The form, read by ourselves: the framework would read it before it knows who sends it."""
    async with request.form(max_files=1, max_fields=10, max_part_size=FORM_BYTES) as form:
        try:
            read = AssetUpload.model_validate(dict(form))
        except ValidationError as error:
            found = [each | {"loc": ("body", *each["loc"])} for each in error.errors()]
            raise RequestValidationError(found) from error
        yield read


async def checked_upload(
    user: AssetWriter,
    form: Annotated[AssetUpload, Depends(upload_form)],
    studio: StudioParts,
    bounds: Bounds,
) -> AsyncIterator[Asset]:
    """Outside of the transaction, which must not wait for a check to end."""
    async with uploads.take_in(studio, bounds, user.id, form) as asset:
        yield asset


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    openapi_extra={"requestBody": FORM},
    dependencies=[CREATES],
)
def create_asset(
    asset: Annotated[Asset, Depends(checked_upload, scope="function")],
    db: Transaction,
    quota: Quota,
    studio: StudioParts,
    response: Response,
) -> AssetRead:
    """Uploads a file of up to 25 MB. It is checked by its content, and kept as it is needed."""
    assets.add(db, asset)
    quota.check_uploads()
    response.headers["Location"] = f"/api/assets/{asset.id}"
    return asset_read(studio.storage, asset)


@router.post("/uploads", status_code=status.HTTP_201_CREATED, dependencies=[CREATES])
def announce_upload(
    ask: UploadAsk,
    user: AssetWriter,
    db: Transaction,
    quota: Quota,
    studio: StudioParts,
    response: Response,
) -> UploadOffer:
    """Announces a file, and says where to send it: straight to the storage, within the hour."""
    asset = assets.add(db, direct_uploads.announced(user.id, ask))
    quota.check_uploads()
    place = direct_uploads.place_for(studio.storage, asset)
    until = datetime.now(UTC) + timedelta(seconds=direct_uploads.ADDRESS_SECONDS)
    response.headers["Location"] = f"/api/assets/{asset.id}"
    upload = UploadAddress(address=place.url, headers=place.headers, expires_at=until)
    return UploadOffer(asset=asset_read(studio.storage, asset), upload=upload)


@router.get("")
def list_assets(
    user: AssetReader,
    db: Transaction,
    studio: StudioParts,
    kind: AssetKind | None = None,
    status: AssetStatus | None = None,
    q: Annotated[Search | None, Query(description="Part of the name.")] = None,
    consent: ConsentState | None = None,
    created_after: Moment | None = None,
    created_before: Moment | None = None,
    sort: AssetOrder = AssetOrder.NEWEST,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.")] = None,
) -> AssetPage:
    """Own assets."""
    wanted = assets.AssetFilter(kind, status, q, created_after, created_before, consent)
    after = place_of(cursor, sort)
    found = assets.page(db, user.id, wanted, order=sort, after=after, limit=limit)
    return asset_page(studio.storage, found, sort)


@router.get("/{asset_id}")
def read_asset(asset: OwnAsset, studio: StudioParts) -> AssetRead:
    """One of one's assets."""
    return asset_read(studio.storage, asset)


@router.patch("/{asset_id}")
def update_asset(
    user: AssetWriter,  # noqa: ARG001
    asset: LockedAsset,
    studio: StudioParts,
    change: AssetChange,
) -> AssetRead:
    """Renames an asset, or replaces its metadata."""
    asset.name = change.name or asset.name
    asset.labels = asset.labels if change.metadata is None else change.metadata
    return asset_read(studio.storage, asset)


@router.delete("/{asset_id}")
def delete_asset(
    user: AssetWriter,  # noqa: ARG001
    asset: OwnAsset,
    db: Transaction,
    studio: StudioParts,
    audit: Audit,
    force: Annotated[bool, Query(description="Cancels the jobs that use it.")] = False,
    lessons: Annotated[
        bool | None,
        Query(description="Deletes finished lessons too; by default those of portrait and voice."),
    ] = None,
) -> AssetDeleted:
    """Deletes an asset with everything derived from it, and says what that was."""
    done = delete_with_all(db, studio.storage, asset, force=force, lessons=lessons)
    audit("asset.deleted", f"asset:{done.id}", **done.model_dump(mode="json", exclude={"id"}))
    return done


@router.get("/{asset_id}/download")
def download_asset(asset: OwnAsset, studio: StudioParts) -> Address:
    """An address that works for 15 minutes."""
    if asset.status is not AssetStatus.READY:
        raise AssetNotReady(asset.status.value)
    expires_at = datetime.now(UTC) + timedelta(seconds=DOWNLOAD_SECONDS)
    address = studio.storage.presign_get(asset.storage_key, DOWNLOAD_SECONDS, filename=asset.name)
    return Address(address=address, expires_at=expires_at)


async def confirmed(asset_id: UUID, user: AssetWriter, studio: StudioParts, bounds: Bounds) -> None:
    """Outside of the transaction, which must not wait for a check to end."""
    await direct_uploads.confirm(studio, bounds, user.id, asset_id)


@router.post("/{asset_id}/confirm", dependencies=[Depends(confirmed)])
def confirm_upload(asset: OwnAsset, studio: StudioParts) -> AssetRead:
    """Has the file checked that was sent: `ready`, or `failed` with the reason. Twice is harmless;
    an answer of `processing` means that a check has begun already."""
    return asset_read(studio.storage, asset)


@router.get("/{asset_id}/consent")
def list_consents(asset: OwnAsset) -> list[ConsentRead]:
    """Every consent that was ever recorded for it, oldest first."""
    return [ConsentRead.model_validate(consent) for consent in asset.consents]


@router.post("/{asset_id}/consent", status_code=status.HTTP_201_CREATED, dependencies=[CREATES])
def record_consent(
    user: AssetWriter,
    asset: LockedAsset,
    ask: ConsentAsk,
    db: Transaction,
    audit: Audit,
    response: Response,
) -> ConsentRead:
    """Records that whoever is shown or heard has agreed, in place of what was recorded before."""
    if asset.kind not in consents.OF_PEOPLE:
        raise ConsentNotNeeded(asset.kind.value)
    recorded = Consent(asset_id=asset.id, recorded_by=user.id, **ask.model_dump())
    consents.record(db, recorded)
    audit("consent.recorded", f"asset:{asset.id}", **ask.model_dump(mode="json"))
    response.headers["Location"] = f"/api/assets/{asset.id}/consent"
    return ConsentRead.model_validate(recorded)


@router.delete("/{asset_id}/consent")
def revoke_consent(
    user: AssetWriter, asset: OwnAsset, db: Transaction, audit: Audit
) -> ConsentEnded:
    """Revokes it. No lesson uses the asset from then on: those that wait or are being made fail at
    once. Finished ones stay, and are listed."""
    ended = consent_ends.revoke(db, asset, user)
    stopped = [str(job) for job in ended.jobs_stopped]
    audit("consent.revoked", f"asset:{asset.id}", jobs_stopped=stopped)
    return ended


@router.delete("/{asset_id}/made")
def delete_made(
    user: AssetWriter,  # noqa: ARG001
    asset: OwnAsset,
    db: Transaction,
    studio: StudioParts,
    audit: Audit,
) -> MadeDeleted:
    """Deletes all that was made with an asset, finished lessons too; the asset itself stays.
    `GET /api/jobs?asset=…` lists the lessons."""
    done = consent_ends.delete_made(db, studio.storage, asset)
    audit("asset.made_deleted", f"asset:{asset.id}", **done.model_dump(mode="json"))
    return done


@router.post(
    "/{asset_id}/consent/phrase", status_code=status.HTTP_201_CREATED, dependencies=[CREATES]
)
def ask_consent_phrase(
    user: AssetWriter,  # noqa: ARG001
    asset: LockedAsset,
    ask: PhraseAsk,
    db: Transaction,
) -> PhraseRead:
    """Words that whoever is heard has to speak, once and within ten minutes, to prove the consent
    that is recorded."""
    return spoken_consents.ask_phrase(db, asset, ask.language)


async def spoken_form(request: Request, user: AssetWriter) -> AsyncIterator[SpokenConsent]:  # noqa: ARG001
    """The form, read by ourselves, as that of an upload."""
    async with request.form(max_files=1, max_fields=2, max_part_size=FORM_BYTES) as form:
        try:
            read = SpokenConsent.model_validate(dict(form))
        except ValidationError as error:
            found = [each | {"loc": ("body", *each["loc"])} for each in error.errors()]
            raise RequestValidationError(found) from error
        yield read


async def heard(
    asset_id: UUID,
    user: AssetWriter,
    form: Annotated[SpokenConsent, Depends(spoken_form)],
    studio: StudioParts,
    bounds: Bounds,
) -> AsyncIterator[Heard]:
    """Outside of the transaction, which must not wait for a check to end."""
    async with spoken_consents.listen(studio, bounds, user.id, asset_id, form) as found:
        yield found


@router.post(
    "/{asset_id}/consent/spoken",
    openapi_extra={"requestBody": SPOKEN_FORM},
    dependencies=[CREATES],
)
def speak_consent(
    found: Annotated[Heard, Depends(heard)],  # first: what follows opens the transaction
    user: AssetWriter,  # noqa: ARG001
    asset: OwnAsset,
    db: Transaction,
    studio: StudioParts,
    audit: Audit,
    response: Response,
) -> ConsentRead:
    """A recording of the phrase being spoken. The consent is `verified` by it, or `pending` with
    the reason why an administrator has to listen."""
    consent = spoken_consents.settle(db, studio.storage, asset, found)
    audit("consent.spoken", f"asset:{asset.id}", **found.told())
    response.headers["Location"] = f"/api/assets/{asset.id}/consent"
    return ConsentRead.model_validate(consent)
