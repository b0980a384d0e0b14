"""Pictures become clips that join by copying packets."""

import io
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.media.colour import Nv12, Rgb, blank, luma_of, to_nv12, to_rgb
from pipeline.media.encode import GROUP, can_encode, encode

SIZE = (256, 144)


def moving(count: int, size: tuple[int, int] = SIZE) -> Iterator[Nv12]:
    picture = blank(size)
    for index in range(count):
        luma_of(picture)[:] = 40
        luma_of(picture)[20:60, index % 200 : index % 200 + 40] = 200
        yield picture


def clip(count: int, size: tuple[int, int] = SIZE) -> bytes:
    return b"".join(piece.bytes_ for piece in encode(moving(count, size), size))


@pytest.mark.parametrize("count", [1, 2, GROUP - 1, GROUP, GROUP + 1, 2 * GROUP, 3 * GROUP + 7])
def test_clip_shows_every_picture_once_at_25_a_second(count: int) -> None:
    with av.open(io.BytesIO(clip(count))) as container:
        times = [float(frame.time) for frame in container.decode(video=0)]
    assert times == pytest.approx([index / 25 for index in range(count)])


def test_each_piece_is_a_group_that_begins_with_its_only_keyframe() -> None:
    pieces = list(encode(moving(2 * GROUP + 9), SIZE))
    assert [piece.frames for piece in pieces] == [GROUP, GROUP, 9]
    with av.open(io.BytesIO(b"".join(piece.bytes_ for piece in pieces))) as container:
        keys = [packet.is_keyframe for packet in container.demux(video=0) if packet.size]
    assert [index for index, key in enumerate(keys) if key] == [0, GROUP, 2 * GROUP]


def test_what_has_been_given_so_far_can_be_played() -> None:
    pieces = encode(moving(2 * GROUP + 9), SIZE)
    start = next(pieces).bytes_
    pieces.close()
    with av.open(io.BytesIO(start)) as container:
        assert sum(1 for _ in container.decode(video=0)) == GROUP


@pytest.mark.parametrize("size", [SIZE, (1280, 720)])
def test_clips_of_one_size_have_the_same_parameter_sets(size: tuple[int, int]) -> None:
    headers = []
    for count in (1, GROUP + 3):
        with av.open(io.BytesIO(clip(count, size))) as container:
            headers.append(container.streams.video[0].codec_context.extradata)
    assert headers[0] == headers[1]


@pytest.mark.parametrize("size", [SIZE, (1280, 720)])
def test_clip_is_high_profile_420_in_bt709_without_reordering(size: tuple[int, int]) -> None:
    with av.open(io.BytesIO(clip(5, size))) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        assert (context.profile, context.pix_fmt) == ("High", "yuv420p")
        assert (context.colorspace, context.color_range) == (1, 1)
        assert stream.average_rate == 25
        assert not container.streams.audio
        packets = [packet for packet in container.demux(video=0) if packet.size]
    assert all(packet.pts == packet.dts for packet in packets)


@pytest.mark.parametrize("size", [(512, 512), (1280, 720)])
def test_pictures_come_through_without_visible_loss(size: tuple[int, int]) -> None:
    wanted = [luma_of(picture).astype(float) for picture in moving(30, size)]
    with av.open(io.BytesIO(clip(30, size))) as container:
        shown = [luma_of(f.to_ndarray(format="nv12")) for f in container.decode(video=0)]
    loss = np.mean([np.square(a - b).mean() for a, b in zip(wanted, shown, strict=True)])
    assert 10 * np.log10(255**2 / loss) > 42


def test_no_pictures_make_no_clip() -> None:
    assert list(encode(iter(()), SIZE)) == []


def test_encoder_takes_no_more_pictures_than_the_piece_it_gives_needs() -> None:
    taken = []

    def counted() -> Iterator[Nv12]:
        for index, picture in enumerate(moving(5 * GROUP)):
            taken.append(index)
            yield picture

    pieces = encode(counted(), SIZE)
    next(pieces)
    assert len(taken) == GROUP + 1
    pieces.close()


def test_colours_come_through(tmp_path: Path) -> None:
    patches = [(200, 30, 40), (20, 150, 60), (30, 60, 210), (128, 128, 128)]
    rgb: Rgb = np.zeros((144, 256, 3), np.uint8)
    for index, colour in enumerate(patches):
        rgb[:, index * 64 : (index + 1) * 64] = colour
    assert np.abs(to_rgb(to_nv12(rgb))[:, 32::64].astype(int) - rgb[:, 32::64]).max() <= 3
    data = b"".join(piece.bytes_ for piece in encode(iter([to_nv12(rgb)]), SIZE))
    with av.open(io.BytesIO(data)) as container:
        shown = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert np.abs(shown[72, 32::64].astype(int) - rgb[72, 32::64]).max() <= 6


def test_machine_says_whether_it_can_encode() -> None:
    assert can_encode("libx264")
