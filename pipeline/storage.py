"""Artefacts, assets and exports as objects in an S3 bucket.

Every key starts with its owner, so that deleting a person's things is deleting a prefix; only
what waits for its check lies under ``tmp/``, for a day at most. An artefact's key holds the digest
of all that made it: if the object exists, the work is done. Everything here blocks; from async
code, call it through ``asyncio.to_thread``.
"""

import hashlib
import io
import json
from base64 import b64encode
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import UUID

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError
from botocore.response import StreamingBody
from pydantic import BaseModel

from pipeline.errors import ArtefactMissing, StorageRefused
from pipeline.prefixes import AT_ONCE, keys_below
from pipeline.s3 import (
    BUCKET_IS_OURS,
    FROM_ANY_PAGE,
    LEFTOVERS,
    TAKEN,
    UNKNOWN,
    ChunkReader,
    batches,
    error_code,
    s3_client,
    told,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PART_BYTES = 8 * 2**20
CHUNK_BYTES = 256 * 2**10
DELETE_BATCH = 1000
"""The most keys one S3 call deletes."""

# one part at a time, in the caller's thread: what is in memory is one part, whatever the size
TRANSFER = TransferConfig(
    multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES, use_threads=False
)


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as the store describes it. A listing does not tell the ``content_type``."""

    key: str
    bytes_: int
    etag: str
    modified: datetime
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class PresignedUpload:
    """Where to PUT one object without an account, and the headers that must come with it."""

    url: str
    headers: dict[str, str]


class Storage:
    """One bucket of an S3 store.

    ``public_endpoint_url`` is the store's address as browsers see it, for presigned addresses;
    where it is not given, they see the same as we do. Raises ArtefactMissing for an object that is
    not there, StorageUnavailable when the store does not answer, StorageRefused when it says no.
    """

    def __init__(
        self,
        endpoint_url: str | None,
        access_key: str,
        secret_key: str,
        bucket: str,
        region: str = "us-east-1",
        public_endpoint_url: str | None = None,
    ) -> None:
        self._bucket = bucket
        self._region = region

        def client(url: str | None) -> "S3Client":
            return s3_client(url, access_key, secret_key, region)

        self._s3 = client(endpoint_url)
        self._public = client(public_endpoint_url) if public_endpoint_url else self._s3

    def ensure_bucket(self) -> None:
        """Makes the bucket if need be, readable by range from web pages, swept of leftovers."""
        with told(self._bucket):
            self._make_bucket()
            self._s3.put_bucket_cors(Bucket=self._bucket, CORSConfiguration=FROM_ANY_PAGE)
            self._s3.put_bucket_lifecycle_configuration(
                Bucket=self._bucket, LifecycleConfiguration=LEFTOVERS
            )

    def _make_bucket(self) -> None:
        try:
            if self._region == "us-east-1":  # the one region that must not be named
                self._s3.create_bucket(Bucket=self._bucket)
            else:
                self._s3.create_bucket(
                    Bucket=self._bucket,
                    CreateBucketConfiguration={"LocationConstraint": self._region},  # type: ignore[typeddict-item]
                )
        except ClientError as error:
            if error_code(error) not in BUCKET_IS_OURS:
                raise

    def delete_bucket(self) -> None:
        """Deletes the bucket and everything in it."""
        self.delete_prefix("")
        with told(self._bucket):
            self._s3.delete_bucket(Bucket=self._bucket)

    def put(self, key: str, data: bytes, content_type: str) -> None:
        with told(key):
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=data, ContentType=content_type)

    def put_new(self, key: str, data: bytes, content_type: str) -> bool:
        """Whether it was put: an object that is there already stays as it is.

        In a store that knows no conditional writes, the last one stays.
        """
        with told(key):
            try:
                self._s3.put_object(
                    Bucket=self._bucket,
                    Key=key,
                    Body=data,
                    ContentType=content_type,
                    IfNoneMatch="*",
                )
            except ClientError as error:
                if error_code(error) in TAKEN:
                    return False
                if error_code(error) != UNKNOWN:
                    raise
                self.put(key, data, content_type)
        return True

    def put_file(self, key: str, path: Path, content_type: str) -> None:
        with told(key):
            self._s3.upload_file(
                str(path), self._bucket, key, {"ContentType": content_type}, Config=TRANSFER
            )

    def put_stream(self, key: str, chunks: Iterable[bytes], content_type: str) -> None:
        """Uploads as the chunks come, in parts. If they raise, no object appears."""
        with told(key):
            self._s3.upload_fileobj(
                io.BufferedReader(ChunkReader(chunks), PART_BYTES),
                self._bucket,
                key,
                {"ContentType": content_type},
                Config=TRANSFER,
            )

    def get(self, key: str) -> bytes:
        return b"".join(self.open(key))

    def open(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from ``start`` up to, not including, ``end``, in chunks."""
        with told(key):
            body = self._body(key, start, end)

        def chunks() -> Iterator[bytes]:
            with closing(body), told(key):
                yield from body.iter_chunks(CHUNK_BYTES)

        return chunks()

    def _body(self, key: str, start: int, end: int | None) -> StreamingBody:
        if start == 0 and end is None:  # an empty object has no range to ask for
            return self._s3.get_object(Bucket=self._bucket, Key=key)["Body"]
        last = "" if end is None else str(end - 1)
        range_ = f"bytes={start}-{last}"
        return self._s3.get_object(Bucket=self._bucket, Key=key, Range=range_)["Body"]

    def download(self, key: str, path: Path) -> None:
        """To a file, which appears only once it is whole."""
        with told(key):
            self._s3.download_file(self._bucket, key, str(path), Config=TRANSFER)

    def head(self, key: str) -> StoredObject | None:
        """What the store knows of the object; None if it isn't there."""
        try:
            with told(key):
                found = self._s3.head_object(Bucket=self._bucket, Key=key)
        except ArtefactMissing:
            return None
        return StoredObject(
            key, found["ContentLength"], found["ETag"], found["LastModified"], found["ContentType"]
        )

    def exists(self, key: str) -> bool:
        return self.head(key) is not None

    def list(self, prefix: str) -> Iterator[StoredObject]:
        pages = self._s3.get_paginator("list_objects_v2")
        with told(prefix):
            for page in pages.paginate(Bucket=self._bucket, Prefix=prefix):
                for found in page.get("Contents", ()):
                    yield StoredObject(
                        found["Key"], found["Size"], found["ETag"], found["LastModified"]
                    )

    def delete(self, keys: Iterable[str]) -> int:
        """Deletes what is there of these keys; returns how many were asked for."""
        count = 0
        for batch in batches(keys, DELETE_BATCH):
            with told(batch[0]):
                answer = self._s3.delete_objects(
                    Bucket=self._bucket,
                    Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True},
                )
            for failed in answer.get("Errors", ()):
                raise StorageRefused(f"{failed.get('Key')}: {failed.get('Message')}")
            count += len(batch)
        return count

    def delete_prefix(self, prefix: str) -> int:
        """Deletes every object whose key starts so; returns how many there were."""
        return self.delete(self._keys(prefix))

    def delete_prefixes(self, prefixes: Iterable[str]) -> int:
        """The same of many, none of which begins another, in few calls and several threads."""
        keys = keys_below(self._keys, prefixes)
        with ThreadPoolExecutor(AT_ONCE) as several:
            return sum(several.map(self.delete, batches(keys, DELETE_BATCH)))

    def _keys(self, prefix: str) -> Iterator[str]:
        return (found.key for found in self.list(prefix))

    def presign_get(
        self,
        key: str,
        seconds: int = 900,
        filename: str | None = None,
        content_type: str | None = None,
    ) -> str:
        """An address that reads the object. With a ``filename``, browsers save it under that."""
        wanted = {"Bucket": self._bucket, "Key": key}
        if filename is not None:
            wanted["ResponseContentDisposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
        if content_type is not None:
            wanted["ResponseContentType"] = content_type
        return self._public.generate_presigned_url("get_object", wanted, seconds)

    def presign_put(
        self,
        key: str,
        content_type: str,
        bytes_: int,
        sha256: str | None = None,
        seconds: int = 900,
    ) -> PresignedUpload:
        """An address that takes one object of this type, size and (hexadecimal) hash only.

        They are signed as headers, so the store refuses an upload that comes with others.
        """
        headers = {"Content-Type": content_type, "Content-Length": str(bytes_)}
        wanted = {"ContentType": content_type, "ContentLength": bytes_}
        if sha256 is not None:
            wanted["ChecksumSHA256"] = b64encode(bytes.fromhex(sha256)).decode()
            headers["x-amz-checksum-sha256"] = str(wanted["ChecksumSHA256"])
        url = self._public.generate_presigned_url(
            "put_object", {"Bucket": self._bucket, "Key": key, **wanted}, seconds
        )
        return PresignedUpload(url, headers)


def user_prefix(owner: UUID) -> str:
    """What the keys of all of a person's objects start with."""
    return f"users/{owner}/"


def asset_prefix(owner: UUID, asset: UUID) -> str:
    """What the keys of an asset's file and of all that is kept beside it start with."""
    return f"{user_prefix(owner)}assets/{asset}/"


def asset_key(owner: UUID, asset: UUID) -> str:
    return f"{asset_prefix(owner, asset)}file"


def thumbnail_key(owner: UUID, asset: UUID) -> str:
    """Where the small picture of a large one lies: beside it."""
    return f"{asset_prefix(owner, asset)}thumbnail"


def learnt_prefix(owner: UUID, asset: UUID) -> str:
    """What the keys of all that engines found out about an asset start with."""
    return f"{asset_prefix(owner, asset)}learnt/"


def spoken_key(owner: UUID, asset: UUID, consent: UUID) -> str:
    """Where it lies that somebody spoke a consent: beside the voice that it is about."""
    return f"{asset_prefix(owner, asset)}consents/{consent}.flac"


def learnt_key(owner: UUID, asset: UUID, engine: str, version: str) -> str:
    """Where what an engine found out about a recording is kept: beside it."""
    return f"{learnt_prefix(owner, asset)}{engine}-{digest(version)[:16]}"


def upload_key(asset: UUID) -> str:
    """Where a file waits to be checked. The store forgets what it finds there after a day."""
    return f"tmp/uploads/{asset}"


def artefact_prefix(owner: UUID, step: str, digest_: str) -> str:
    return f"{user_prefix(owner)}artefacts/{step}/{digest_}/"


def artefact_key(owner: UUID, step: str, digest_: str, file: str) -> str:
    return f"{artefact_prefix(owner, step, digest_)}{file}"


def export_prefix(owner: UUID, job: UUID) -> str:
    return f"{user_prefix(owner)}exports/{job}/"


def export_key(owner: UUID, job: UUID, name: str) -> str:
    return f"{export_prefix(owner, job)}{name}"


def digest(*parts: object) -> str:
    """SHA-256, in hexadecimal, of everything that makes a result what it is.

    Equal parts give equal digests in every process: JSON values, bytes, ids, enums, times,
    dataclasses and pydantic models of these. Raises TypeError for anything else, and ValueError
    for a number that is none.
    """
    canonical = json.dumps(
        parts, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_plain
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def _plain(part: object) -> object:
    match part:
        case bytes() | bytearray() | memoryview():
            return {"\0bytes": hashlib.sha256(part).hexdigest()}
        case UUID() | Path():
            return str(part)
        case datetime():
            return part.isoformat()
        case BaseModel():
            return part.model_dump(mode="json")
        case _ if is_dataclass(part):
            return {field.name: getattr(part, field.name) for field in fields(part)}
    raise TypeError(f"{type(part).__name__} has no canonical form")
