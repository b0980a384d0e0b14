"""Checks an uploaded recording of a voice and writes it anew as FLAC, mono, 44.1 kHz.

Only the demuxers and decoders of the kinds we take are ever opened, whatever the file claims: no
playlists, no references to other files or addresses.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.container import InputContainer
from av.error import FFmpegError, InvalidDataError
from numpy.typing import NDArray

from pipeline.errors import SoundUnreadable, VoiceClipped, VoiceLengthRefused, VoiceSilent
from pipeline.lesson import SAMPLE_RATE, Samples
from pipeline.media.sound import flac_bytes

SHORTEST_SECONDS, LONGEST_SECONDS = 3.0, 120.0
FRAME = SAMPLE_RATE // 50
"""20 ms: the time over which speech is told from silence."""
SILENCE_DB = -50.0
"""What is below this, relative to full scale, is silence in any room."""
ABOVE_FLOOR_DB = 9.0
"""Speech rises at least so far above the noise it is recorded in."""
FLOOR_PERCENTILE = 10
PAUSE_FRAMES = 25
"""A gap of up to half a second belongs to the speech."""
LEAST_SPEECH_SHARE = 0.15
FULL_SCALE = 0.999
"""Counted where three values in a row reach it: a clean wave only touches it."""
MOST_CLIPPED_PERCENT = 0.5

DEMUXERS = {
    b"RIFF": "wav",
    b"fLaC": "flac",
    b"OggS": "ogg",
    b"\x1aE\xdf\xa3": "matroska",
    b"ID3": "mp3",
}
CODECS = ("pcm_", "mp3", "flac", "vorbis", "opus", "aac", "alac")


def inspect_voice(source: Path, target: Path) -> dict[str, Any]:
    """Gives seconds, seconds and share of speech, and what was uploaded.

    Raises SoundUnreadable, VoiceLengthRefused, VoiceSilent and VoiceClipped.
    """
    try:
        with av.open(
            str(source), format=_demuxer(source), options={"protocol_whitelist": "file"}
        ) as recording:
            heard = _listen(recording)
    except FFmpegError as error:
        raise SoundUnreadable(f"it is damaged ({error.strerror})") from error
    samples = heard.samples
    _check_length(len(samples) / SAMPLE_RATE)
    speech_seconds = _speech_seconds(samples)
    if speech_seconds < LEAST_SPEECH_SHARE * len(samples) / SAMPLE_RATE:
        raise VoiceSilent
    _check_length(speech_seconds)
    if heard.clipped_percent > MOST_CLIPPED_PERCENT:
        raise VoiceClipped(round(heard.clipped_percent, 1))
    target.write_bytes(flac_bytes(samples))
    return {
        "content_type": "audio/flac",
        "seconds": round(len(samples) / SAMPLE_RATE, 3),
        "speech_seconds": round(speech_seconds, 3),
        "speech_ratio": round(speech_seconds * SAMPLE_RATE / len(samples), 3),
        "uploaded_codec": heard.codec,
        "uploaded_sample_rate": heard.sample_rate,
    }


@dataclass(slots=True)
class _Heard:
    codec: str
    sample_rate: int
    pieces: list[Samples] = field(default_factory=list)
    values: int = 0
    clipped: int = 0

    @property
    def samples(self) -> Samples:
        return np.concatenate(self.pieces) if self.pieces else np.zeros(0, np.float32)

    @property
    def clipped_percent(self) -> float:
        return 100 * self.clipped / max(1, self.values)


def _demuxer(source: Path) -> str:
    with source.open("rb") as file:
        head = file.read(16)
    for magic, name in DEMUXERS.items():
        if head.startswith(magic):
            return name
    if head[4:8] == b"ftyp":
        return "mov"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2:
        return "mp3"  # a frame of MPEG audio, layer III, without tags before it
    raise SoundUnreadable("it is not a WAV, MP3, FLAC, OGG, WebM or M4A file")


def _listen(recording: InputContainer) -> _Heard:
    if not recording.streams.audio:
        raise SoundUnreadable("there is no sound in it")
    stream = recording.streams.audio[0]
    codec = stream.codec_context.name
    if not codec.startswith(CODECS):
        raise SoundUnreadable(f"its sound is of a kind we do not take ({codec})")
    heard = _Heard(codec, stream.codec_context.sample_rate)
    resampler = av.AudioResampler(format="fltp", layout="mono", rate=SAMPLE_RATE)
    length = 0
    for frame in _frames(recording):
        _count_clipped(heard, frame)
        for piece in _resampled(resampler, frame):
            heard.pieces.append(piece)
            length += len(piece)
        _check_not_longer(length / SAMPLE_RATE, recording)
    heard.pieces += _resampled(resampler, None)
    return heard


def _frames(recording: InputContainer) -> Iterator[AudioFrame]:
    for packet in recording.demux(recording.streams.audio[0]):
        try:
            yield from packet.decode()
        except InvalidDataError:
            continue  # a damaged packet is skipped, as players do


def _resampled(resampler: av.AudioResampler, frame: AudioFrame | None) -> list[Samples]:
    try:
        frames = resampler.resample(frame)
    except ValueError as error:
        raise SoundUnreadable("its sample rate or channels change on the way") from error
    return [np.clip(np.nan_to_num(each.to_ndarray()[0]), -1, 1) for each in frames]


def _check_not_longer(seconds: float, recording: InputContainer) -> None:
    """Stops at the limit, and says the length that the file itself gives, if it does."""
    if seconds > LONGEST_SECONDS:
        stated = (recording.duration or 0) / av.time_base
        raise VoiceLengthRefused(round(max(seconds, stated), 1), SHORTEST_SECONDS, LONGEST_SECONDS)


def _check_length(seconds: float) -> None:
    if not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        raise VoiceLengthRefused(round(seconds, 1), SHORTEST_SECONDS, LONGEST_SECONDS)


def _count_clipped(heard: _Heard, frame: AudioFrame) -> None:
    """Counts values at full scale that stand in runs, in the recording's own rate."""
    values = _as_float(frame.to_ndarray(), frame.format.bits)
    if not frame.format.is_planar:
        values = values.reshape(-1, frame.layout.nb_channels).T
    full = np.abs(values) >= FULL_SCALE
    runs = full[:, :-2] & full[:, 1:-1] & full[:, 2:]
    heard.values += full.size
    heard.clipped += int(runs.sum())


def _as_float(values: NDArray[Any], bits: int) -> Samples:
    if values.dtype.kind == "f":
        return values.astype(np.float32)
    if values.dtype.kind == "u":
        return (values.astype(np.float32) - 128) / np.float32(127)
    return values.astype(np.float32) / np.float32(2 ** (bits - 1) - 1)


def _speech_seconds(samples: Samples) -> float:
    """How long something rises out of the silence, short gaps within it included.

    Told by level alone: steady noise and steady tones are no speech, music passes.
    """
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    power = np.square(frames, dtype=np.float64).mean(axis=1)
    level = 10 * np.log10(np.maximum(power, 1e-12))
    floor = np.percentile(level, FLOOR_PERCENTILE)
    spoken = np.flatnonzero(level > max(SILENCE_DB, floor + ABOVE_FLOOR_DB))
    if len(spoken) == 0:
        return 0.0
    gaps = np.diff(spoken)
    return (
        float(1 + gaps[gaps <= PAUSE_FRAMES].sum() + (gaps > PAUSE_FRAMES).sum())
        * FRAME
        / SAMPLE_RATE
    )
