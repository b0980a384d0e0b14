"""Where presenter and slide stand in the frame: geometry only, in pixels."""

from dataclasses import dataclass, replace

from pipeline.lesson import Layout, VideoSpec

FACE_SHARE = {"frame": 0.30, "card": 0.36}
"""Height of the face we aim at, as part of the presenter's own height."""
MOST_ZOOM = 1.6
EYES_AT = 0.44
"""How far down the middle of the face is put, as part of the presenter's height."""
MOST_CROP = 0.8
"""The least part of a photograph's side that is kept to suit the shape of the frame."""
FACES_KEPT = 4.5
"""How many heights of its face are enough of any side: more of a strip would make the face tiny."""
SHOULDERS_OUT = 1.4
"""How far a cut-out figure may be wider than a narrow frame, as a multiple."""
SLIDE_SHARE = 0.6
"""Of a frame's height, that a slide above its presenter takes at most."""
CAPTIONS_REACH = 0.205
"""How far two lines of captions reach above the foot of such a presenter's card, as part of the
frame's shorter side."""
MOST_CAPTIONED = 0.56
"""A card does not grow beyond this part of it for its captions: the slide would be too small."""
LIPS_AT = 0.84
"""How far down a face the lower lip is."""
ROOM = 0.08
"""Empty space kept above and beside a cut-out figure, as part of its height: heads move."""


@dataclass(frozen=True, slots=True)
class Rect:
    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def even(self) -> "Rect":
        """On whole pairs of pixels, as NV12 needs; at least one pair."""
        left, top = round(self.left / 2) * 2, round(self.top / 2) * 2
        width = max(round(self.right / 2) * 2 - left, 2)
        height = max(round(self.bottom / 2) * 2 - top, 2)
        return Rect(left, top, width, height)


@dataclass(frozen=True, slots=True)
class Sitter:
    """A portrait to be placed: its size, the box round the face, and whether one sees through."""

    width: int
    height: int
    face: Rect
    cut_out: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """``crop`` of a portrait (in its pixels) shown at ``at`` (in the frame's, even)."""

    crop: Rect
    at: Rect
    card: Rect | None
    """Rounded and with a shadow; None where the presenter stands in the frame itself."""


@dataclass(frozen=True, slots=True)
class Plan:
    presenter: Placed | None
    slide: Rect | None


def plan(
    video: VideoSpec,
    sitter: Sitter,
    slide: tuple[int, int] | None,
    figure: Rect | None = None,
    captioned: bool = False,
) -> Plan:
    """``slide`` is its width and height; without one, every layout is the presenter's. ``figure``
    is the box round what is seen of a cut-out portrait: the empty space round it has no place in
    the frame, but for a little room to move in. ``captioned``: captions will lie over the foot of
    the frame, and no mouth must be there."""
    if figure is None:
        return _plan(video, sitter, slide, captioned)
    room = _with_room(sitter, figure)
    face = replace(sitter.face, left=sitter.face.left - room.left, top=sitter.face.top - room.top)
    alone = Sitter(round(room.width), round(room.height), face, True)
    made = _plan(video, alone, slide, captioned)
    if made.presenter is None:
        return made
    crop = made.presenter.crop
    crop = replace(crop, left=crop.left + room.left, top=crop.top + room.top)
    return replace(made, presenter=replace(made.presenter, crop=crop))


def _with_room(sitter: Sitter, figure: Rect) -> Rect:
    """The figure with a share of its height above and beside it, where the portrait has so much."""
    gap = round(ROOM * figure.height)
    left, top = max(figure.left - gap, 0), max(figure.top - gap, 0)
    return Rect(left, top, min(figure.right + gap, sitter.width) - left, figure.bottom - top)


def _plan(video: VideoSpec, sitter: Sitter, slide: tuple[int, int] | None, captioned: bool) -> Plan:
    layout: Layout = video.layout if slide else "presenter"
    width, height = video.size
    whole = Rect(0, 0, width, height)
    if slide is None or layout == "presenter":
        return Plan(_presenter_alone(whole, sitter), None)
    if layout == "slide":
        return Plan(None, _contain(whole, slide).even())
    return _side_by_side(whole, sitter, slide, captioned)


def _presenter_alone(frame: Rect, sitter: Sitter) -> Placed:
    if sitter.cut_out:
        return _standing(frame, sitter)
    shape, own = frame.width / frame.height, sitter.width / sitter.height
    if min(shape / own, own / shape) >= MOST_CROP:
        return Placed(_crop(sitter, shape, "frame"), frame, None)
    enough = FACES_KEPT * sitter.face.height
    narrowest = min(own * MOST_CROP, enough / sitter.height)
    flattest = max(own / MOST_CROP, sitter.width / enough)
    shape = min(max(shape, narrowest), flattest)
    card = _contain(_inset(frame, 0.07), (shape, 1)).even()
    return Placed(_crop(sitter, card.width / card.height, "card"), card, card)


def _standing(frame: Rect, sitter: Sitter) -> Placed:
    """A figure without a ground of its own stands on the lower edge of the frame."""
    scale = min(frame.height / sitter.height, SHOULDERS_OUT * frame.width / sitter.width)
    scale *= _zoom(sitter.face.height * scale, frame.height, "frame")
    width = min(sitter.width, frame.width / scale)
    height = min(sitter.height, frame.height / scale)
    left = _within(_middle(sitter.face) - width / 2, sitter.width - width)
    top = _within(sitter.face.top + sitter.face.height / 2 - height * EYES_AT,
                  sitter.height - height)  # fmt: skip
    at = Rect((frame.width - width * scale) / 2, frame.height - height * scale,
              width * scale, height * scale).even()  # fmt: skip
    return Placed(Rect(left, top, width, height), at, None)


def _side_by_side(frame: Rect, sitter: Sitter, slide: tuple[int, int], captioned: bool) -> Plan:
    """A wide frame has the presenter right of the slide, any other one below it."""
    gap = 0.03 * min(frame.width, frame.height)
    inner = Rect(gap, gap, frame.width - 2 * gap, frame.height - 2 * gap)
    if frame.width > frame.height:
        column = 0.24 * frame.width
        room = Rect(gap, gap, inner.width - column - gap, inner.height)
        shown = _contain(room, slide).even()
        side = min(column, inner.height)
    else:
        most = SLIDE_SHARE * frame.height
        if captioned:
            below = _captioned_card(sitter) * min(frame.width, frame.height)
            most = min(most, inner.height - gap - below)
        shown = _contain(Rect(gap, gap, inner.width, most), slide).even()
        shown = Rect(shown.left, round(gap / 2) * 2, shown.width, shown.height)
        side = min(inner.bottom - shown.bottom - gap, inner.width)
    card = Rect(inner.right - side, inner.bottom - side, side, side).even()
    return Plan(Placed(_crop(sitter, card.width / card.height, "card"), card, card), shown)


def _captioned_card(sitter: Sitter) -> float:
    """The least side of a card whose mouth is above captions, as part of the shorter side."""
    crop = _crop(sitter, 1, "card")
    lips = sitter.face.top + LIPS_AT * sitter.face.height
    return min(CAPTIONS_REACH * crop.height / max(crop.bottom - lips, 1), MOST_CAPTIONED)


def _crop(sitter: Sitter, shape: float, where: str) -> Rect:
    """The part of the portrait of the shape asked for, round the face, not larger than needed."""
    width = min(sitter.width, sitter.height * shape)
    height = width / shape
    zoom = _zoom(sitter.face.height, height, where)
    width, height = width / zoom, height / zoom
    middle = sitter.face.top + sitter.face.height / 2
    return Rect(
        _within(_middle(sitter.face) - width / 2, sitter.width - width),
        _within(middle - height * EYES_AT, sitter.height - height),
        width,
        height,
    )


def _zoom(face: float, height: float, where: str) -> float:
    """How much closer to come, so that a face ``face`` high fills its share of ``height``."""
    return min(max(FACE_SHARE[where] * height / face, 1.0), MOST_ZOOM)


def _middle(face: Rect) -> float:
    return face.left + face.width / 2


def _within(value: float, most: float) -> float:
    return min(max(value, 0.0), max(most, 0.0))


def _inset(frame: Rect, share: float) -> Rect:
    gap = share * min(frame.width, frame.height)
    return Rect(gap, gap, frame.width - 2 * gap, frame.height - 2 * gap)


def _contain(room: Rect, size: tuple[float, float]) -> Rect:
    """The largest rectangle of that shape in the middle of ``room``."""
    scale = min(room.width / size[0], room.height / size[1])
    width, height = size[0] * scale, size[1] * scale
    left = room.left + (room.width - width) / 2
    return Rect(left, room.top + (room.height - height) / 2, width, height)
