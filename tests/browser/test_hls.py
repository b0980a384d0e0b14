"""The stream of the scenes done so far, played by hls.js and read by FFmpeg."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import av
import pytest
from av.audio.frame import AudioFrame
from playwright.sync_api import Page

from pipeline.lesson import SAMPLES_PER_FRAME, FinishedScene
from pipeline.media.hls import HlsClip, fragments, playlist
from tests.browser.conftest import FRAMES, HERE
from tests.browser.served import served


@pytest.fixture
def stream(tmp_path: Path, scenes: list[FinishedScene]) -> Iterator[tuple[Path, str]]:
    """A folder with the clips and a page that plays ``stream.m3u8``, and its address."""
    for name in ("hls.html", "hls.js"):
        shutil.copy(HERE / name, tmp_path)
    (tmp_path / "node_modules").symlink_to(HERE / "node_modules")
    for scene in scenes:
        shutil.copy(scene.clip, tmp_path)
    with served(tmp_path) as address:
        yield tmp_path, address


def write_playlist(folder: Path, scenes: Sequence[FinishedScene], ended: bool) -> None:
    clips = [HlsClip(scene.clip.name, fragments(scene.clip)) for scene in scenes]
    written = folder / "stream.new"
    written.write_text(playlist(clips, ended))
    written.replace(folder / "stream.m3u8")


def test_hls_js_plays_scenes_that_appear_while_it_plays(
    page: Page, stream: tuple[Path, str], scenes: list[FinishedScene]
) -> None:
    folder, address = stream
    write_playlist(folder, scenes[:1], ended=False)
    page.goto(f"{address}/hls.html")
    page.wait_for_function("document.getElementById('video').readyState >= 3")
    assert page.evaluate("document.getElementById('video').currentTime") < 0.1
    page.evaluate("document.getElementById('video').play()")
    page.wait_for_function("document.getElementById('video').currentTime > 1")
    write_playlist(folder, scenes, ended=True)
    page.wait_for_function("document.getElementById('video').ended")
    assert page.evaluate("document.getElementById('video').duration") == pytest.approx(6, abs=0.05)
    gaps = page.evaluate("document.getElementById('video').buffered.length")
    assert gaps == 1
    # where the machine is slow, it stalls, and is nudged
    slow = ("bufferStalledError", "bufferNudgeOnStall")
    failures = [what for what in page.evaluate("failures") if not what.startswith(slow)]
    assert failures == []


def test_ffmpeg_reads_every_scene_of_the_stream(
    stream: tuple[Path, str], scenes: list[FinishedScene]
) -> None:
    folder, address = stream
    for scene in scenes:
        write_playlist(folder, [scene], ended=True)
        with av.open(f"{address}/stream.m3u8") as container:
            frames = [frame for packet in container.demux() for frame in packet.decode()]
        sound = [frame.samples for frame in frames if isinstance(frame, AudioFrame)]
        assert len(frames) - len(sound) == FRAMES
        assert sum(sound) >= FRAMES * SAMPLES_PER_FRAME


def test_ffmpeg_finds_all_scenes_one_after_the_other(
    stream: tuple[Path, str], scenes: list[FinishedScene]
) -> None:
    folder, address = stream
    write_playlist(folder, scenes, ended=True)
    # packets, not pictures: its MP4 reader drops what comes after a clock that starts again
    with av.open(f"{address}/stream.m3u8") as container:
        pictures = [p.pts for p in container.demux(video=0) if p.size]
    assert len(pictures) == len(scenes) * FRAMES
    assert pictures.count(0) == len(scenes)
