"""Sound in and out of files: anything FFmpeg reads becomes mono ``Samples``, and back to FLAC."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.container import InputContainer
from av.error import FFmpegError, InvalidDataError
from numpy.typing import NDArray

from pipeline.errors import SoundUnreadable
from pipeline.lesson import SAMPLE_RATE, Samples

BLOCK = SAMPLE_RATE
"""Samples handed to an encoder at a time: one second."""

FORMATS = "wav,w64,aiff,flac,mp3,aac,ogg,matroska,webm,mov,mp4,m4a,caf,amr"
"""What is read. Not playlists and the like: they could make FFmpeg open other files or hosts."""
ONE_FILE = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}
"""Options to open a file with that may be anybody's: its name leads nowhere else either."""


def flac_bytes(samples: Samples) -> bytes:
    """FLAC, 16 bit, mono, ``SAMPLE_RATE``. The same samples give the same bytes."""
    file = BytesIO()
    with av.open(file, "w", format="flac") as output:
        stream = output.add_stream("flac", rate=SAMPLE_RATE, layout="mono", format="s16")
        for frame in sound_frames(blocks(samples), "s16"):
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return file.getvalue()


def read_sound(source: Path | bytes, max_seconds: float | None = None) -> Samples:
    """The whole sound of a file, as mono at ``SAMPLE_RATE``; at most its first ``max_seconds``.

    Raises SoundUnreadable when there is no sound in it.
    """
    pieces: list[Samples] = []
    left = np.inf if max_seconds is None else round(max_seconds * SAMPLE_RATE)
    for piece in stream_sound(source):
        pieces.append(piece if len(piece) <= left else piece[: int(left)])
        left -= len(pieces[-1])
        if left <= 0:
            break
    if not any(len(piece) for piece in pieces):
        raise SoundUnreadable("there is no sound in it")
    return np.concatenate(pieces)


def stream_sound(source: Path | bytes) -> Iterator[Samples]:
    """The sound of a file a little at a time, as mono at ``SAMPLE_RATE``.

    Channels are averaged, values that are no numbers become silence, and what is louder than full
    scale is clipped. Raises SoundUnreadable when the file is not one FFmpeg can read.
    """
    try:
        file = BytesIO(source) if isinstance(source, bytes) else str(source)
        with av.open(file, "r", options=ONE_FILE) as container:
            yield from _decoded(container)
    except FFmpegError as error:
        raise SoundUnreadable(error.strerror) from error


def _decoded(container: InputContainer) -> Iterator[Samples]:
    if not container.streams.audio:
        raise SoundUnreadable("there is no sound in it")
    resampler = av.AudioResampler(format="fltp", rate=SAMPLE_RATE)
    for packet in container.demux(container.streams.audio[0]):
        try:
            frames = packet.decode()
        except InvalidDataError:
            continue  # a damaged packet is skipped, as players do
        for frame in frames:
            yield from map(_mono, _resampled(resampler, frame))
    yield from map(_mono, _resampled(resampler, None))


def _resampled(resampler: av.AudioResampler, frame: AudioFrame | None) -> list[AudioFrame]:
    try:
        return resampler.resample(frame)
    except ValueError as error:
        raise SoundUnreadable("its sample rate or channels change on the way") from error


def _mono(frame: AudioFrame) -> Samples:
    mixed = frame.to_ndarray().mean(axis=0, dtype=np.float32)
    sound: Samples = np.clip(np.nan_to_num(mixed, posinf=0.0, neginf=0.0), -1, 1)
    return sound


def blocks(samples: Samples) -> Iterator[Samples]:
    """The samples in encoder-sized portions."""
    return (samples[start : start + BLOCK] for start in range(0, len(samples), BLOCK))


def _int16(piece: Samples) -> NDArray[np.int16]:
    return np.clip(np.round(piece * 32768), -32768, 32767).astype(np.int16)


def sound_frames(pieces: Iterator[Samples], form: str) -> Iterator[AudioFrame]:
    """FFmpeg frames with running time stamps; ``form`` is ``fltp`` or ``s16``."""
    start = 0
    for piece in pieces:
        data = piece.astype(np.float32) if form == "fltp" else _int16(piece)
        frame = AudioFrame.from_ndarray(data[None], format=form, layout="mono")
        frame.sample_rate, frame.pts = SAMPLE_RATE, start
        start += len(piece)
        yield frame
