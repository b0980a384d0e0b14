"""Fetching single files from the hub, by huggingface_hub: its endpoint, token, proxy and offline
settings hold.

Its own download starts anew after a process ends, so files are fetched here into a place that
stays until they are whole. They come over plain HTTP, which can go on where it was cut off.
"""

import errno
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, cast

from deployments.model_manifest import HubFile, HubSource
from deployments.model_records import Record
from pipeline.errors import (
    HubClientMissing,
    HubFileGone,
    HubRefused,
    HubUnreachable,
    ModelDiskFull,
    ModelDownloadFailed,
    ModelFileWrong,
)

CHUNK = 1 << 20
SHA256_DIGITS, GIT_DIGITS = 64, 40


@dataclass(frozen=True, slots=True)
class Offer:
    """A file as the hub has it at one commit. ``path`` is its place among our models.

    ``etag`` is the hub's own hash of it: SHA-256 of a large file, git's blob hash of a small one.
    """

    path: str
    source: HubSource
    commit: str
    bytes_: int
    etag: str
    sha256: str | None

    def half(self, halves: Path) -> Path:
        """Where it stands until it is whole."""
        return halves / self.path.replace("/", "+") / self.etag


OnBytes = Callable[[int], None]
Commits = dict[tuple[str, str], str]


def find_offers(files: Sequence[HubFile], records: Mapping[str, Record]) -> list[Offer]:
    """What the hub has of these files. Of what was pulled before, the same commit is asked for.

    Raises HubClientMissing, HubUnreachable, HubRefused, HubFileGone, ModelFileWrong.
    """
    if find_spec("huggingface_hub") is None:
        raise HubClientMissing
    # the files of a repository belong together, so all are taken from one commit
    commits = {(known.repository, known.asked): known.commit for known in records.values()}
    offers = []
    for file in files:
        record = records.get(file.path)
        held = record.sha256 if record is not None and record.is_of(file) else file.sha256
        offer = _find(file, commits, held)
        commits.setdefault((offer.source.repository, offer.source.revision), offer.commit)
        offers.append(offer)
    return offers


def fetched_bytes(offer: Offer, halves: Path) -> int:
    half = offer.half(halves)
    return half.stat().st_size if half.is_file() else 0


def fetch(offer: Offer, halves: Path, on_bytes: OnBytes) -> tuple[Path, Record]:
    """Downloads the file, or the rest of it; returns where it is now, and what it proved to be.

    Raises HubUnreachable, HubRefused, HubFileGone, ModelDownloadFailed, ModelFileWrong and
    ModelDiskFull.
    """
    half = offer.half(halves)
    half.parent.mkdir(parents=True, exist_ok=True)
    for outdated in set(half.parent.iterdir()) - {half}:
        outdated.unlink()
    with _named_errors(offer.source, half.parent):
        _download(offer, half, on_bytes)
    on_bytes(offer.bytes_)
    record = prove(offer, half)
    if record is None:
        # to go on with it would never make it right
        half.unlink()
        raise ModelFileWrong(offer.path)
    return half, record


def prove(offer: Offer, path: Path) -> Record | None:
    """The record of the file at ``path``; None if there is none, or another than the offered."""
    if not path.is_file() or path.stat().st_size != offer.bytes_:
        return None
    sha256, git = hashlib.sha256(), hashlib.sha1(f"blob {offer.bytes_}\0".encode())
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            sha256.update(chunk)
            git.update(chunk)
    found = sha256.hexdigest()
    by_hub = found if len(offer.etag) == SHA256_DIGITS else git.hexdigest()
    if by_hub != offer.etag or offer.sha256 not in (None, found):
        return None
    return Record(
        repository=offer.source.repository,
        file=offer.source.file,
        asked=offer.source.revision,
        commit=offer.commit,
        bytes=offer.bytes_,
        sha256=found,
    )


def _find(file: HubFile, commits: Commits, held: str | None) -> Offer:
    """From the first source that has it."""
    for source in file.sources[:-1]:
        try:
            return _ask(file, source, commits, held)
        except HubFileGone:
            continue
    return _ask(file, file.sources[-1], commits, held)


def _ask(file: HubFile, source: HubSource, commits: Commits, held: str | None) -> Offer:
    from huggingface_hub import get_hf_file_metadata

    revision = commits.get((source.repository, source.revision), source.revision)
    with _named_errors(source):
        found = get_hf_file_metadata(_url(source, revision))
    etag, commit, size = found.etag, found.commit_hash, found.size
    if commit is None or size is None or len(etag or "") not in (SHA256_DIGITS, GIT_DIGITS):
        raise ModelDownloadFailed(file.path, "the hub does not say its commit, size and hash")
    assert etag is not None
    if len(etag) == SHA256_DIGITS and held not in (None, etag):
        raise ModelFileWrong(file.path)
    return Offer(file.path, source, commit, size, etag, held)


def _url(source: HubSource, revision: str) -> str:
    from huggingface_hub import hf_hub_url

    return hf_hub_url(source.repository, source.file, revision=revision)


def _download(offer: Offer, half: Path, on_bytes: OnBytes) -> None:
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

    if half.is_file() and half.stat().st_size > offer.bytes_:
        half.unlink()
    # packed bytes could not be gone on with
    headers = {**build_hf_headers(), "Accept-Encoding": "identity"}
    with half.open("ab") as out:
        http_get(
            _url(offer.source, offer.commit),
            out,
            resume_size=out.tell(),
            headers=headers,
            expected_size=offer.bytes_,
            tqdm_class=cast(Any, partial(_Bar, on_bytes)),
        )
        out.flush()
        os.fsync(out.fileno())


class _Bar:
    """In the place of tqdm's: tells how many bytes there are."""

    def __init__(self, on_bytes: OnBytes, *, initial: int = 0, **_: object) -> None:
        self._on_bytes, self._done = on_bytes, initial

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass

    def update(self, bytes_: float) -> None:
        """Fewer than none when the hub begins again."""
        self._done += int(bytes_)
        self._on_bytes(self._done)


@contextmanager
def _named_errors(source: HubSource, folder: Path | None = None) -> Iterator[None]:
    """What went wrong, as errors of ours. ``folder`` is what is written to."""
    from httpx2 import HTTPError
    from huggingface_hub.errors import HfHubHTTPError

    try:
        yield
    except HfHubHTTPError as error:
        raise _answered(source, error.response.status_code, str(error)) from error
    except (HTTPError, ConnectionError) as error:
        raise HubUnreachable(str(error) or type(error).__name__) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise ModelDiskFull(folder, "the disk is full") from error
        raise ModelDownloadFailed(f"{source.repository}/{source.file}", str(error)) from error


def _answered(
    source: HubSource, status: int, said: str
) -> HubRefused | HubFileGone | ModelDownloadFailed:
    """The hub answers 401 for a repository that it hides, and so for one that is not there."""
    if status in (401, 403):
        return HubRefused(source.repository, status)
    if status == 404:
        return HubFileGone(source.repository, source.file, source.revision)
    return ModelDownloadFailed(f"{source.repository}/{source.file}", said)
