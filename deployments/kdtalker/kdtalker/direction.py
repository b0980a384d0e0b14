"""What a scene is played from: everything a performance is told beside the portrait."""

from dataclasses import dataclass

from deployments.kdtalker.kdtalker.audio import Floats, Voice


@dataclass(frozen=True, slots=True, eq=False)
class Direction:
    """``present`` and ``speaking``, [voice.frames] in 0..1, say how far each frame is in the scene
    (0: the portrait's own pose) and how far its lips may follow the model (0: closed).

    ``lip_ratio`` is height by width of the portrait's own mouth. ``strength`` scales the movement
    of head and face, not that of the lips. ``relative`` takes only the movement since the first
    frame; otherwise the head turns to where the model wants it.
    """

    voice: Voice
    present: Floats
    speaking: Floats
    lip_ratio: float = 0.0
    strength: float = 1.0
    relative: bool = True
    seed: int = 0
