"""The stage of a scene, from what was asked for."""

from deployments.kdtalker.face import Face
from pipeline.engines import VideoRequest
from pipeline.media.compose import Stage
from pipeline.media.picture import Rgba, read_picture


def set_stage(ask: VideoRequest, portrait: Rgba, face: Face) -> Stage:
    """``portrait`` is that of ``ask``, read; raises what ``read_picture`` raises."""
    background = None if ask.background is None else read_picture(ask.background, 1)
    slide = None if ask.slide is None else read_picture(ask.slide, 1)
    return Stage(ask.video, portrait, face.box, background, slide, captioned=bool(ask.captions))
