from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from pipeline.errors import ClipLengthWrong, ClipsDiffer
from pipeline.lesson import SAMPLE_RATE, SAMPLES_PER_FRAME, Cue, FinishedScene, Samples
from pipeline.media.captions import lesson_cues
from pipeline.media.mux import join_clips, mux_clip
from pipeline.media.poster import write_poster
from pipeline.media.probe import probe, sound_levels
from pipeline.media.sound import read_sound
from pipeline.media.timeline import chapters
from tests.media import SEAMLESS_HERTZ, finished_scene, silent_clip, tone

AAC_FRAME_SECONDS = 1024 / SAMPLE_RATE
LENGTHS = (50, 77, 31)


@pytest.fixture
def scenes(tmp_path: Path) -> list[FinishedScene]:
    texts = ("Plants make food.", "Really! Look closely.", "Sugar is stored.")
    return [
        finished_scene(tmp_path, index, frames, text, title)
        for index, (frames, text, title) in enumerate(
            zip(LENGTHS, texts, ("Light", "Café & <b>", None), strict=True)
        )
    ]


def join(scenes: Sequence[FinishedScene], out: Path, cues: Sequence[Cue] | None = None) -> Path:
    join_clips(
        scenes,
        out,
        cues=lesson_cues(scenes) if cues is None else cues,
        chapters=chapters(scenes, "Plants"),
        language="en-us",
        metadata={"title": "Plänts", "comment": "AI-generated"},
    )
    return out


def packets(path: Path, kind: str) -> list[Any]:
    with av.open(str(path)) as container:
        stream = next(s for s in container.streams if s.type == kind)
        return [(p.pts, p.dts, p.duration, bytes(p)) for p in container.demux(stream) if p.size]


def chirp(count: int) -> Samples:
    """Sound in which every place is its own, to find out where it went."""
    return (0.3 * np.random.default_rng(1).normal(0, 0.3, count)).clip(-1, 1).astype(np.float32)


def test_a_clip_keeps_its_pictures_bit_for_bit(tmp_path: Path) -> None:
    silent, out = tmp_path / "silent.mp4", tmp_path / "clip.mp4"
    silent_clip(silent, 60)
    mux_clip(silent, tone(60 * SAMPLES_PER_FRAME), out)
    assert [p[3] for p in packets(out, "video")] == [p[3] for p in packets(silent, "video")]


def test_a_clip_has_both_tracks_of_one_length(tmp_path: Path) -> None:
    clip = finished_scene(tmp_path, 0, 131, "Food.").clip
    found = probe(clip)
    assert (found.video_codec, found.video_profile, found.pixel_format) == (
        "h264", "High", "yuv420p",
    )  # fmt: skip
    assert (found.audio_codec, found.audio_profile, found.sample_rate) == (
        "aac", "LC", SAMPLE_RATE,
    )  # fmt: skip
    assert (found.frames, found.fps) == (131, 25)
    assert found.video_seconds == pytest.approx(131 / 25)
    assert found.audio_seconds == pytest.approx(131 / 25, abs=AAC_FRAME_SECONDS)


def test_the_sound_of_a_clip_is_where_it_was(tmp_path: Path) -> None:
    samples = chirp(75 * SAMPLES_PER_FRAME)
    clip = finished_scene(tmp_path, 0, 75, "Food.", sound=samples).clip
    heard = read_sound(clip)
    lag = np.correlate(heard[19_000:41_000], samples[20_000:40_000], "valid").argmax()
    assert lag == 1000


def test_the_last_picture_may_be_part_silence(tmp_path: Path) -> None:
    silent, out = tmp_path / "silent.mp4", tmp_path / "clip.mp4"
    silent_clip(silent, 30)
    mux_clip(silent, tone(30 * SAMPLES_PER_FRAME - 700), out)
    assert probe(out).audio_seconds == pytest.approx(1.2, abs=AAC_FRAME_SECONDS)


@pytest.mark.parametrize("frames", [29, 32])
def test_a_clip_of_the_wrong_length_is_refused(tmp_path: Path, frames: int) -> None:
    silent = tmp_path / "silent.mp4"
    silent_clip(silent, 30)
    with pytest.raises(ClipLengthWrong):
        mux_clip(silent, tone(frames * SAMPLES_PER_FRAME), tmp_path / "clip.mp4")


def test_reordered_pictures_keep_their_order_and_start_at_zero(tmp_path: Path) -> None:
    silent, out = tmp_path / "silent.mp4", tmp_path / "clip.mp4"
    movflags = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    with av.open(str(silent), "w", format="mp4", options=movflags) as output:
        stream = output.add_stream("libx264", rate=25, options={"bf": "3", "preset": "fast"})
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for index in range(40):
            shade = np.full((64, 64, 3), index * 6, np.uint8)
            output.mux(stream.encode(av.VideoFrame.from_ndarray(shade, format="rgb24")))
        output.mux(stream.encode(None))
    mux_clip(silent, tone(40 * SAMPLES_PER_FRAME), out)
    with av.open(str(out)) as container:
        frames = list(container.decode(video=0))
    assert [frame.time for frame in frames] == pytest.approx([n / 25 for n in range(40)])
    shades = [frame.to_ndarray(format="gray").mean() for frame in frames]
    assert shades == sorted(shades)


def test_a_lesson_has_all_pictures_of_its_clips_and_even_time_stamps(
    tmp_path: Path, scenes: list[FinishedScene]
) -> None:
    lesson = packets(join(scenes, tmp_path / "lesson.mp4"), "video")
    clips = [packet for scene in scenes for packet in packets(scene.clip, "video")]
    assert [packet[3] for packet in lesson] == [packet[3] for packet in clips]
    assert [packet[0] for packet in lesson] == [512 * n for n in range(sum(LENGTHS))]


def test_a_lesson_is_what_players_and_people_expect(
    tmp_path: Path, scenes: list[FinishedScene]
) -> None:
    found = probe(join(scenes, tmp_path / "lesson.mp4"))
    assert found.index_first
    assert (found.video_codec, found.audio_codec, found.fps) == ("h264", "aac", 25)
    assert found.video_seconds == pytest.approx(sum(LENGTHS) / 25)
    assert found.audio_seconds == pytest.approx(sum(LENGTHS) / 25, abs=0.001)
    assert found.captions == ("eng",)
    assert found.chapters == ("Light", "Café & <b>")
    assert found.metadata["title"] == "Plänts"
    assert found.metadata["comment"] == "AI-generated"


def test_the_sound_of_a_lesson_has_no_seam(tmp_path: Path, scenes: list[FinishedScene]) -> None:
    heard = read_sound(join(scenes, tmp_path / "lesson.mp4"))
    bend = np.abs(np.diff(heard, 2))
    steepest = 0.25 * (2 * np.pi * SEAMLESS_HERTZ / SAMPLE_RATE) ** 2
    joins = np.cumsum(LENGTHS[:-1]) * SAMPLES_PER_FRAME
    assert all(bend[join - 2000 : join + 2000].max() < 1.5 * steepest for join in joins)


def test_every_scene_sounds_where_its_pictures_are(tmp_path: Path) -> None:
    sounds = [chirp(frames * SAMPLES_PER_FRAME) * (-1) ** n for n, frames in enumerate(LENGTHS)]
    scenes = [
        finished_scene(tmp_path, n, frames, "Food.", sound=sound)
        for n, (frames, sound) in enumerate(zip(LENGTHS, sounds, strict=True))
    ]
    heard = read_sound(join(scenes, tmp_path / "lesson.mp4"))
    for number, sound in enumerate(sounds):
        start = sum(LENGTHS[:number]) * SAMPLES_PER_FRAME
        window = heard[start + 9_000 : start + 31_000]
        assert np.correlate(window, sound[10_000:30_000], "valid").argmax() == 1000


def test_captions_are_a_soft_track_with_clear_screens_between(
    tmp_path: Path, scenes: list[FinishedScene]
) -> None:
    cues = [Cue("One\ntwo é", 0.2, 1.5), Cue("Three", 1.5, 2.0), Cue("Four", 3.0, 4.0)]
    track = packets(join(scenes, tmp_path / "lesson.mp4", cues), "subtitle")
    shown = [(pts / 1000, duration / 1000, data[2:].decode()) for pts, _, duration, data in track]
    assert [cue for cue in shown if cue[2]] == [
        (0.2, 1.3, "One\ntwo é"),
        (1.5, 0.5, "Three"),
        (3.0, 1.0, "Four"),
    ]
    assert (2.0, 1.0, "") in shown
    assert all(int.from_bytes(data[:2], "big") == len(data) - 2 for *_, data in track)


def test_a_lesson_without_captions_can_be_written(
    tmp_path: Path, scenes: list[FinishedScene]
) -> None:
    assert probe(join(scenes, tmp_path / "lesson.mp4", [])).frames == sum(LENGTHS)


def test_clips_of_another_size_are_refused(tmp_path: Path, scenes: list[FinishedScene]) -> None:
    other = finished_scene(tmp_path, 3, 30, "Food.", size=(64, 64))
    with pytest.raises(ClipsDiffer):
        join([*scenes, other], tmp_path / "lesson.mp4")


def test_a_scene_whose_sound_is_too_short_is_refused(
    tmp_path: Path, scenes: list[FinishedScene]
) -> None:
    wrong = replace(scenes[1], sound=scenes[2].sound)
    with pytest.raises(ClipLengthWrong):
        join([scenes[0], wrong], tmp_path / "lesson.mp4")


def test_the_poster_is_the_first_picture_in_its_colours(tmp_path: Path) -> None:
    from_clip, poster = tmp_path / "silent.mp4", tmp_path / "poster.jpg"
    silent_clip(from_clip, 5, (128, 96), shade=180)
    write_poster(from_clip, poster)
    with av.open(str(poster)) as container:
        picture = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert picture.shape == (96, 128, 3)
    expected = (180 - 16) * 255 / 219
    assert picture[40:60, 60:100].mean(axis=(0, 1)) == pytest.approx([expected] * 3, abs=2)


def test_levels_are_measured_on_the_file(tmp_path: Path) -> None:
    sound = tone(250 * SAMPLES_PER_FRAME, 997, 0.5)
    levels = sound_levels(finished_scene(tmp_path, 0, 250, "Food.", sound=sound).clip)
    assert levels.loudness == pytest.approx(-6.02 - 3.01, abs=0.1)
    assert levels.true_peak == pytest.approx(-6.02, abs=0.3)
