"""Files that somebody wants to know the origin of."""

import shutil
from pathlib import Path
from typing import BinaryIO

from anyio.to_thread import run_sync

from pipeline.provenance.inspection import Inspection, inspect
from pipeline.workroom import workroom
from serve.deps import Slots, Studio


async def inspected(studio: Studio, slots: Slots, file: BinaryIO) -> Inspection:
    """What the file says; nothing of it is kept. Raises SoundUnreadable."""
    with workroom() as folder:
        source, anchors = folder / "uploaded", folder / "anchors.pem"
        await run_sync(_write, file, source)
        anchors.write_text(studio.anchors or "")
        async with slots.checks:
            return await run_sync(inspect, source, anchors)


def _write(file: BinaryIO, path: Path) -> None:
    with path.open("wb") as opened:
        shutil.copyfileobj(file, opened)
