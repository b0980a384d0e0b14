"""Zips made while they are sent, read by what reads them while they come."""

import io
import shutil
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from zipstream import ZipStream

from pipeline.errors import ArtefactMissing
from serve.archives import Piecewise, zipped

STORED, DEFLATED = 0, 8
HAS_DESCRIPTOR, IS_UTF8 = 1 << 3, 1 << 11
LOCAL, DESCRIPTOR = b"PK\x03\x04", b"PK\x07\x08"
TEXT = "Plants make their own food from light. " * 500
FILM = bytes(range(256)) * 4096
FILES: list[tuple[str, bytes]] = [
    ("index.html", TEXT.encode()),
    ("empty.txt", b""),
    ("Ä/lesson.mp4", FILM),
    ("Ä/poster.jpg", FILM[:70_000]),
]


def in_pieces(content: bytes) -> Piecewise:
    return Piecewise(len(content), (content[at : at + 9999] for at in range(0, len(content), 9999)))


def made() -> bytes:
    return b"".join(
        zipped(
            (path, in_pieces(content) if path.startswith("Ä") else content)
            for path, content in FILES
        )
    )


def read_as_it_comes(data: bytes) -> Iterator[tuple[str, bytes]]:
    """As java.util.zip.ZipInputStream does: from the front, without the directory at the end."""
    source = io.BytesIO(data)
    while (head := source.read(30))[:4] == LOCAL:
        flags, method = struct.unpack_from("<HH", head, 6)
        crc, packed_size, size, name_length, extra = struct.unpack_from("<IIIHH", head, 14)
        name = source.read(name_length).decode("utf-8" if flags & IS_UTF8 else "ascii")
        source.seek(extra, io.SEEK_CUR)
        if flags & HAS_DESCRIPTOR and method != DEFLATED:
            raise ValueError("only DEFLATED entries can have EXT descriptor")
        content = source.read(size) if method == STORED else inflated(source)
        if flags & HAS_DESCRIPTOR:
            mark, crc, packed_size, size = struct.unpack("<4sIII", source.read(16))
            assert mark == DESCRIPTOR
            assert packed_size > 0
        assert (zlib.crc32(content), len(content)) == (crc, size)
        yield name, content


def inflated(source: io.BytesIO) -> bytes:
    """One deflated entry; the source is left just behind it."""
    reader = zlib.decompressobj(-zlib.MAX_WBITS)
    content = b""
    while not reader.eof:
        content += reader.decompress(source.read(4096))
    source.seek(-len(reader.unused_data), io.SEEK_CUR)
    return content


def test_a_streamed_zip_is_read_as_it_comes() -> None:
    assert list(read_as_it_comes(made())) == FILES


def test_the_strict_reader_refuses_what_was_stored_as_it_came() -> None:
    stored = ZipStream()
    stored.add(iter([FILM]), "lesson.mp4", size=len(FILM))
    with pytest.raises(ValueError, match="EXT descriptor"):
        list(read_as_it_comes(b"".join(stored)))


def test_a_streamed_zip_is_read_by_its_directory_and_films_are_not_packed_again(
    tmp_path: Path,
) -> None:
    (tmp_path / "made.zip").write_bytes(made())
    with zipfile.ZipFile(tmp_path / "made.zip") as found:
        assert found.testzip() is None
        assert [(name, found.read(name)) for name in found.namelist()] == FILES
        film, page = found.getinfo("Ä/lesson.mp4"), found.getinfo("index.html")
    assert 0 <= film.compress_size - film.file_size < film.file_size / 1000
    assert page.compress_size < page.file_size / 10
    if unzip := shutil.which("unzip"):
        done = subprocess.run([unzip, "-tq", tmp_path / "made.zip"], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_files_are_read_only_when_their_turn_comes() -> None:
    read: list[int] = []

    def pieces(number: int) -> Iterator[bytes]:
        for _ in range(100):
            read.append(number)
            yield FILM

    films = (
        (f"{number}/lesson.mp4", Piecewise(100 * len(FILM), pieces(number))) for number in range(3)
    )
    sent = zipped(films)
    assert sum(map(len, islice(sent, 10))) > 0
    assert set(read) == {0}
    assert len(read) <= 10


def test_a_file_that_is_not_as_long_as_it_was_breaks_the_zip_off() -> None:
    for length in (len(FILM) - 1, len(FILM) + 1):
        with pytest.raises(ArtefactMissing):
            list(zipped([("lesson.mp4", Piecewise(length, iter([FILM])))]))
