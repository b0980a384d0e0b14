"""A job's scenes as a live stream: what is done can be watched while the rest is made."""

import time
from collections.abc import Iterator
from functools import lru_cache

from db.jobs import ENDED
from db.models import Job, SceneRow, SceneStatus, StepStatus
from pipeline.artefacts import clip_facts
from pipeline.media.hls import HlsClip, playlist
from pipeline.storage import Storage

WINDOW_SECONDS = 3600
ADDRESS_SECONDS = 6 * WINDOW_SECONDS
REMEMBERED_CLIPS = 4096


def live_playlist(storage: Storage, job: Job) -> str:
    """The scenes from the first to the last one that has none unfinished before it. Blocks."""
    window = int(time.time() // WINDOW_SECONDS)
    clips = [_clip(storage, key, window) for key in _filmed_keys(job)]
    return playlist(clips, ended=job.status in ENDED or _all_filmed(job))


def _filmed_keys(job: Job) -> Iterator[str]:
    for scene in job.scenes:
        if not _is_filmed(scene) or scene.clip_key is None:
            return
        yield scene.clip_key


def _all_filmed(job: Job) -> bool:
    written = any(s.name == "script" and s.status is StepStatus.SUCCEEDED for s in job.steps)
    return written and bool(job.scenes) and all(map(_is_filmed, job.scenes))


def _is_filmed(scene: SceneRow) -> bool:
    return scene.status is SceneStatus.FILMED


@lru_cache(maxsize=REMEMBERED_CLIPS)
def _clip(storage: Storage, key: str, window: int) -> HlsClip:  # noqa: ARG001
    """Remembered for a while: a player asks every few seconds, and an address that stays the same
    lets it see that a scene is one it has. Artefacts never change."""
    address = storage.presign_get(key, ADDRESS_SECONDS)
    return HlsClip(address, clip_facts(storage, key).fragments)
