"""oEmbed (oembed.com): a page that was given a player's address is told how to show it."""

import re
from urllib.parse import urlsplit

from serve.embeds import POSTER, Embedded, address_of, size_of, snippet
from serve.errors import PlayerNotFound
from serve.schemas import Oembed

PLAYER = re.compile(r"embed/(?P<token>[\w-]+)/?")
KEPT_SECONDS = 3600


def token_in(url: str, base: str) -> str:
    """The token in the address of a player of ours. Raises PlayerNotFound."""
    try:
        asked, ours = urlsplit(url), urlsplit(base)
    except ValueError as error:
        raise PlayerNotFound from error
    # not the scheme: a proxy may have taken the encryption off
    found = PLAYER.fullmatch(asked.path.removeprefix(ours.path))
    if asked.netloc != ours.netloc or found is None:
        raise PlayerNotFound
    return found["token"]


def describe(shown: Embedded, base: str, max_width: int | None, max_height: int | None) -> Oembed:
    """No larger than asked for, in pixels."""
    address, title = address_of(shown.embed, base), shown.job.title
    whole = size_of(shown.job)
    width, height = _within(whole, max_width, max_height)
    return Oembed(
        title=title,
        html=snippet(address, title, (width, height)),
        width=width,
        height=height,
        thumbnail_url=f"{address}/{POSTER}",
        thumbnail_width=whole[0],
        thumbnail_height=whole[1],
        provider_url=base,
        cache_age=KEPT_SECONDS,
    )


def _within(
    size: tuple[int, int], max_width: int | None, max_height: int | None
) -> tuple[int, int]:
    width, height = size
    # so, and not divided first: no float holds what somebody may ask for
    wide, high = min(max_width or width, width), min(max_height or height, height)
    share = min(wide / width, high / height)
    return max(1, int(width * share)), max(1, int(height * share))
